"""Microphone and loudspeaker in a browser's page: devices that run at a pace of their own, break, are busy or missing.

The page attaches as an `AudioPeer` and exchanges sound by messages. Fed from the event loop; callbacks are called in a
thread of the device.
"""

import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Protocol

from callbox.text import one_line
from callbox_device.interfaces import STALL_S, BoardError, PartFailed, PartMissing, PcmInfo
from callbox_device.model import pcm
from callbox_device.model.volume import Volume

BROWSER = PcmInfo("browser", "the browser that shows the panel")
OPEN_TIMEOUT_S = 5.0
"""A browser with permission opens its microphone within a second."""
MAX_BACKLOG_PERIODS = 25
"""Half a second of the microphone. More that isn't read is an overrun, as with ALSA."""
MAX_CREDIT_PERIODS = 100
"""One second of the loudspeaker."""


class AudioPeer(Protocol):
    """The page's side of a device. Called on any thread; returns at once."""

    def open(self) -> None:
        """Open; answered by the first `push` or `request`, or by `fail`."""

    def close(self) -> None:
        """Close."""

    def play(self, period: bytes) -> None:
        """Sound for a loudspeaker, `PLAYBACK_PERIOD_BYTES`."""

    def flush(self) -> None:
        """Discard what is not played yet."""


class _BrowserDevice:
    """What both directions share: the attached page, and the thread that serves the device while it is open."""

    role = "device"

    def __init__(self) -> None:
        self._peer: AudioPeer | None = None
        self._events: queue.Queue[bytes | int | BoardError | None] = queue.Queue()
        self._thread: threading.Thread | None = None
        self._is_started = False
        self._is_plugged_in = True
        self.is_open = False
        """Whether sound is transferred at this moment."""

    @property
    def peer(self) -> AudioPeer | None:
        """The attached page; None: none, and each start fails."""
        return self._peer

    def attach(self, peer: AudioPeer | None) -> None:
        """Use `peer` from now on; None: none. A device that another one has open fails."""
        before, self._peer = self._peer, peer
        if before is not None and before is not peer:
            self._events.put(PartFailed(f"The page with the {self.role} is closed."))

    def fail(self, reason: str) -> None:
        """Fail with `reason`, which the browser gave."""
        self._events.put(PartFailed(f"The browser denies its {self.role}: {one_line(reason, 200)}"))

    def missing(self) -> BoardError | None:
        """As `interfaces.Capture.missing`."""
        if not self._is_plugged_in:
            return PartMissing(f"The {self.role} is pulled out.")
        return (
            None if self._peer else PartMissing(f"No page offers its {self.role}: open the panel, and touch the page.")
        )

    def unplug(self) -> None:
        """Fail as a card that is pulled out, and be missing until `plug_in`."""
        self._is_plugged_in = False
        self._events.put(PartFailed(f"The {self.role} was pulled out."))

    def plug_in(self) -> None:
        """Work again from the next start on."""
        self._is_plugged_in = True

    def stop(self) -> "Future[None]":
        """As `interfaces.Microphone.stop`."""
        if self._thread:
            self._events.put(None)
            self._thread.join()
            self._thread = None
        stopped: Future[None] = Future()
        stopped.set_result(None)
        return stopped

    def _start(self, serve: Callable[[bytes | int], None], failed: Callable[[BoardError], None]) -> "Future[None]":
        opened: Future[None] = Future()
        if self._is_started:
            raise RuntimeError(f"the {self.role} is already started")
        if missing := self.missing():
            opened.set_exception(missing)
            return opened
        self._events, self._is_started = queue.Queue(), True
        arguments = (self._peer, serve, failed, opened)
        self._thread = threading.Thread(target=self._run, args=arguments, name=f"browser {self.role}", daemon=True)
        self._thread.start()
        return opened

    def _run(
        self,
        peer: AudioPeer,
        serve: Callable[[bytes | int], None],
        failed: Callable[[BoardError], None],
        opened: "Future[None]",
    ) -> None:
        peer.open()
        try:
            while True:
                try:
                    event = self._events.get(timeout=STALL_S if self.is_open else OPEN_TIMEOUT_S)
                except queue.Empty:
                    event = PartFailed(f"The browser's {self.role} sends nothing.")
                if event is None or isinstance(event, BoardError):
                    break
                if not self.is_open:
                    self.is_open = True
                    opened.set_result(None)
                serve(event)
        finally:
            self.is_open = False
            peer.close()
            self._is_started = False
        if not opened.done():
            opened.set_exception(event or PartFailed(f"The {self.role} was closed before it was open."))
        elif event is not None:
            failed(event)


class BrowserMicrophone(_BrowserDevice):
    """Microphone of a page (`interfaces.Microphone`), which delivers by `push`."""

    role = "microphone"

    def __init__(self) -> None:
        super().__init__()
        self.overruns = 0

    def start(self, deliver: Callable[[bytes, float], None], failed: Callable[[BoardError], None]) -> "Future[None]":
        """As `interfaces.Microphone.start`."""

        def serve(period: bytes | int) -> None:
            if isinstance(period, bytes):
                deliver(period, time.monotonic() - pcm.PERIOD_MS / 1000)

        return self._start(serve, failed)

    def push(self, period: bytes) -> None:
        """Take a captured `period` of `PERIOD_BYTES`; another size, or what exceeds the backlog, is dropped."""
        if len(period) != pcm.PERIOD_BYTES:
            return
        if self._events.qsize() >= MAX_BACKLOG_PERIODS:
            self.overruns += 1
            return
        self._events.put(period)


class BrowserSpeaker(_BrowserDevice):
    """Loudspeaker of a page (`interfaces.Speaker`), which asks for sound by `request`, at the pace of its own clock."""

    role = "loudspeaker"

    def __init__(self) -> None:
        super().__init__()
        self._delay_ms = 0.0
        self.underruns = 0
        self.volume_percent: int | None = None

    @property
    def delay_ms(self) -> float:
        """As `interfaces.Speaker.delay_ms`, as the page reported it last."""
        return self._delay_ms if self.is_open else 0.0

    def start(self, fill: Callable[[float], bytes], failed: Callable[[BoardError], None]) -> "Future[None]":
        """As `interfaces.Speaker.start`."""
        volume = Volume(lambda _: False)

        def serve(periods: bytes | int) -> None:
            for number in range(periods if isinstance(periods, int) else 0):
                peer = self._peer
                playout_s = time.monotonic() + (self._delay_ms + number * pcm.PLAYBACK_PERIOD_MS) / 1000
                if peer is not None:
                    peer.play(volume.apply(fill(playout_s), self.volume_percent))

        self._delay_ms = 0.0
        return self._start(serve, failed)

    def request(self, periods: int, delay_ms: float, underruns: int = 0) -> None:
        """Send so many more periods, 0 to 100; what is sent now is played after `delay_ms`, 0 to 2000."""
        self._delay_ms = min(max(delay_ms, 0.0), 2000.0)
        self.underruns += min(max(underruns, 0), MAX_CREDIT_PERIODS)
        self._events.put(min(max(periods, 0), MAX_CREDIT_PERIODS))

    def flush(self) -> None:
        """As `interfaces.Speaker.flush`."""
        if self.is_open and self._peer is not None:
            self._peer.flush()
