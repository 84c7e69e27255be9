"""A microphone and a loudspeaker that are somewhere else: in a page of a browser that lends its own.

As a sound card they are opened, run at a pace of their own, break, and can be busy or gone. The sound comes and goes
by messages; who carries them is a `Lender`. Fed from the event loop; what the program is told comes on a thread here.
"""

import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Protocol

from callbox_device.interfaces import STALL_S, BoardError, PartFailed, PartMissing, PcmInfo
from callbox_device.model import pcm
from callbox_device.model.volume import Volume

FAR = PcmInfo("browser", "the browser that shows the panel")
OPENS_WITHIN_S = 5.0
"""A browser that has leave opens its microphone within a second."""
BACKLOG_PERIODS = 25
"""Half a second of the microphone. A program that fetches no more has an overrun, as with ALSA."""
MOST_CREDIT = 100
"""A second of the loudspeaker: more nobody can hold."""


class Lender(Protocol):
    """Who lends a part, and carries its sound. Called on any thread; returns at once."""

    def open(self) -> None:
        """Begin; the answer is a first sign of life (`feed`, `take`), or `fail`."""

    def close(self) -> None:
        """End."""

    def play(self, period: bytes) -> None:
        """Sound for a loudspeaker, `PLAYBACK_PERIOD_BYTES`."""

    def flush(self) -> None:
        """Forget what is still to be played."""


class _FarPart:
    """What both directions share: whose part it is, and the thread that serves it while it is open."""

    role = "part"

    def __init__(self) -> None:
        self._lender: Lender | None = None
        self._signs: queue.Queue[bytes | int | BoardError | None] = queue.Queue()
        self._thread: threading.Thread | None = None
        self._is_plugged_in = True
        self.is_open = False
        """Whether sound goes to and fro at this moment."""

    @property
    def lender(self) -> Lender | None:
        """Who lends it; None: nobody, and no start will work."""
        return self._lender

    def lend(self, lender: Lender | None) -> None:
        """From now on it is `lender`'s. An open part of another one breaks."""
        before, self._lender = self._lender, lender
        if before is not None and before is not lender:
            self._signs.put(PartFailed(f"The page that lent its {self.role} is gone."))

    def fail(self, reason: str) -> None:
        """The lender can't, or can't any more."""
        self._signs.put(PartFailed(f"The browser does not give its {self.role}: {reason}"))

    def unplug(self) -> None:
        """As if it were a card that is pulled out."""
        self._is_plugged_in = False
        self._signs.put(PartFailed(f"The {self.role} was pulled out."))

    def plug_in(self) -> None:
        """It is back, for the next start."""
        self._is_plugged_in = True

    def stop(self) -> "Future[None]":
        """As `interfaces.Microphone.stop`."""
        if self._thread:
            self._signs.put(None)
            self._thread.join()
            self._thread = None
        stopped: Future[None] = Future()
        stopped.set_result(None)
        return stopped

    def _start(self, serve: Callable[[bytes | int], None], failed: Callable[[BoardError], None]) -> "Future[None]":
        opened: Future[None] = Future()
        if self._thread and self._thread.is_alive():
            raise RuntimeError(f"the {self.role} is already started")
        if not self._is_plugged_in or self._lender is None:
            lost = f"No page lends its {self.role}: open the panel, and let it."
            opened.set_exception(PartMissing(lost if self._is_plugged_in else f"The {self.role} is pulled out."))
            return opened
        self._signs = queue.Queue()
        arguments = (self._lender, serve, failed, opened)
        self._thread = threading.Thread(target=self._live, args=arguments, name=f"far {self.role}", daemon=True)
        self._thread.start()
        return opened

    def _live(
        self,
        lender: Lender,
        serve: Callable[[bytes | int], None],
        failed: Callable[[BoardError], None],
        opened: "Future[None]",
    ) -> None:
        lender.open()
        try:
            while True:
                try:
                    sign = self._signs.get(timeout=STALL_S if self.is_open else OPENS_WITHIN_S)
                except queue.Empty:
                    sign = PartFailed(f"The browser's {self.role} does nothing.")
                if sign is None or isinstance(sign, BoardError):
                    break
                if not self.is_open:
                    self.is_open = True
                    opened.set_result(None)
                serve(sign)
        finally:
            self.is_open = False
            lender.close()
        if not opened.done():
            opened.set_exception(sign or PartFailed(f"The {self.role} was closed before it was open."))
        elif sign is not None:
            failed(sign)


class FarMicrophone(_FarPart):
    """Opened and closed as `interfaces.Microphone`; the lender brings what it captures by `feed`."""

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

    def feed(self, period: bytes) -> None:
        """The lender captured `period`, `PERIOD_BYTES`; anything else, or too much at once, is dropped."""
        if len(period) != pcm.PERIOD_BYTES:
            return
        if self._signs.qsize() >= BACKLOG_PERIODS:
            self.overruns += 1
            return
        self._signs.put(period)


class FarSpeaker(_FarPart):
    """Opened and closed as `interfaces.Speaker`; the lender asks for sound by `take`, at the pace of its own clock."""

    role = "loudspeaker"

    def __init__(self) -> None:
        super().__init__()
        self._delay_ms = 0.0
        self.underruns = 0
        self.volume_percent: int | None = None

    @property
    def delay_ms(self) -> float:
        """As `interfaces.Speaker.delay_ms`, as the lender told it last."""
        return self._delay_ms if self.is_open else 0.0

    def start(self, fill: Callable[[float], bytes], failed: Callable[[BoardError], None]) -> "Future[None]":
        """As `interfaces.Speaker.start`."""
        volume = Volume(lambda _: False)

        def serve(periods: bytes | int) -> None:
            for number in range(periods if isinstance(periods, int) else 0):
                lender = self._lender
                heard_s = time.monotonic() + (self._delay_ms + number * pcm.PLAYBACK_PERIOD_MS) / 1000
                if lender is not None:
                    lender.play(volume.apply(fill(heard_s), self.volume_percent))

        self._delay_ms = 0.0
        return self._start(serve, failed)

    def take(self, periods: int, delay_ms: float, underruns: int = 0) -> None:
        """The lender has room for so many periods; what it gets now is heard after `delay_ms`, 0 to 2000."""
        self._delay_ms = min(max(delay_ms, 0.0), 2000.0)
        self.underruns += underruns
        self._signs.put(min(max(periods, 0), MOST_CREDIT))

    def flush(self) -> None:
        """As `interfaces.Speaker.flush`."""
        if self.is_open and self._lender is not None:
            self._lender.flush()
