"""Microphone and loudspeaker over pyalsaaudio: one thread for each open PCM.

The thread that opens a PCM also closes it. Calls block for one period at most, as long as the card runs;
pyalsaaudio lets other threads run meanwhile. The only module that imports alsaaudio.
"""

import errno
import importlib.util
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from callbox_device import pcm
from callbox_device.board import BoardError, PartBusy, PartFailed, PartMissing, SoundDevice

log = logging.getLogger(__name__)

CAPTURE_PERIODS = 4
"""80 ms between the card and a late thread."""


class _PcmThread:
    """One PCM and the thread that owns it. Start and stop in any order, from any thread."""

    def __init__(self, direction: str, device: str, period_frames: int, periods: int) -> None:
        self.direction = direction
        self.device = device
        self._period_frames = period_frames
        self._periods = periods
        self._lock = threading.Lock()
        self._leave = threading.Event()
        self._stopped: Future[None] = _done()
        self.is_open = False

    def start(self, work: Callable[[Any], None], failed: Callable[[BoardError], None]) -> Future[None]:
        """Open the PCM in a new thread and let `work` handle period by period."""
        with self._lock:
            if not self._stopped.done():
                raise RuntimeError(f"{self.device} is already started")
            self._leave = threading.Event()
            opened: Future[None] = Future()
            self._stopped = Future()
            threading.Thread(
                target=self._live,
                args=(work, failed, opened, self._leave, self._stopped),
                name=f"alsa {self.direction}",
                daemon=True,  # a card that hangs in the kernel must not keep the process
            ).start()
            return opened

    def stop(self) -> Future[None]:
        """Ask the thread to close the PCM and end."""
        with self._lock:
            self._leave.set()
            waiter: Future[None] = Future()  # of the caller's own, which may be cancelled
            self._stopped.add_done_callback(lambda _: _settle(waiter, None))
            return waiter

    def _live(
        self,
        work: Callable[[Any], None],
        failed: Callable[[BoardError], None],
        opened: "Future[None]",
        leave: threading.Event,
        stopped: "Future[None]",
    ) -> None:
        try:
            device = open_pcm(self.direction, self.device, self._period_frames, self._periods)
        except BoardError as error:
            stopped.set_result(None)
            _settle(opened, error)
            return
        trouble: BoardError | None = None
        try:
            self.is_open = True
            _settle(opened, None)
            while not leave.is_set():
                work(device)
        except BoardError as error:
            trouble = error
        except Exception as error:
            log.debug("%s", self.device, exc_info=True)
            trouble = PartFailed(f"The sound card behind {self.device!r} stopped working: {error}.")
        self._close(device)
        if trouble and not leave.is_set():
            failed(trouble)
        stopped.set_result(None)

    def _close(self, device: Any) -> None:
        try:
            if self.direction == "playback":
                device.drop()  # close() alone would play what is left
            device.close()
        except Exception as error:  # a card that is gone
            log.debug("Closing %s: %s", self.device, error)
        self.is_open = False


class _Part:
    """A PCM that can be chosen: what both directions share."""

    _thread: _PcmThread

    @property
    def device(self) -> str:
        """The PCM's name."""
        return self._thread.device

    def use(self, name: str) -> None:
        """As `board.SoundPart.use`."""
        self._thread.device = name

    def devices(self) -> list[SoundDevice]:
        """As `board.SoundPart.devices`: ``default``, then every card by name, with ALSA's conversions."""
        return sound_devices(self._thread.direction)

    @property
    def is_open(self) -> bool:
        """Whether the PCM is open."""
        return self._thread.is_open

    def stop(self) -> Future[None]:
        """As `board.Microphone.stop`."""
        return self._thread.stop()


class AlsaMicrophone(_Part):
    """Fulfils `board.Microphone`. `device` is an ALSA PCM name: ``default``, ``plughw:CARD=Device``."""

    def __init__(self, device: str = "default") -> None:
        self._thread = _PcmThread("capture", device, pcm.PERIOD_FRAMES, CAPTURE_PERIODS)
        self.overruns = 0

    def start(self, deliver: Callable[[bytes, float], None], failed: Callable[[BoardError], None]) -> Future[None]:
        """As `board.Microphone.start`."""
        captured = bytearray()

        def work(device: Any) -> None:
            frames, data = device.read()
            if frames < 0:
                # What was captured up to here is whole periods and a rest that the gap has spoilt.
                captured.clear()
                if frames != -errno.EPIPE:
                    raise PartFailed(f"The microphone stopped: {_reason(-frames)}.")
                self.overruns += 1
                return
            captured.extend(data[: frames * pcm.BYTES_PER_FRAME])
            while len(captured) >= pcm.PERIOD_BYTES:
                waiting_frames = len(captured) // pcm.BYTES_PER_FRAME + max(0, device.avail())
                captured_s = time.monotonic() - waiting_frames / pcm.RATE_HZ
                deliver(bytes(captured[: pcm.PERIOD_BYTES]), captured_s)
                del captured[: pcm.PERIOD_BYTES]

        return self._thread.start(work, failed)


class AlsaSpeaker(_Part):
    """Fulfils `board.Speaker`. `buffer_ms`: how much the card holds, 40 ms or more."""

    def __init__(self, device: str = "default", *, buffer_ms: int = 80) -> None:
        self._thread = _PcmThread(
            "playback", device, pcm.PLAYBACK_PERIOD_FRAMES, max(2, round(buffer_ms / pcm.PLAYBACK_PERIOD_MS))
        )
        self._to_flush = threading.Event()
        self._delay_ms = 0.0
        self.underruns = 0

    @property
    def delay_ms(self) -> float:
        """As `board.Speaker.delay_ms`; what it was when the last period was asked for."""
        return self._delay_ms if self.is_open else 0.0

    def start(self, fill: Callable[[float], bytes], failed: Callable[[BoardError], None]) -> Future[None]:
        """As `board.Speaker.start`."""
        waiting = bytearray()

        def work(device: Any) -> None:
            if self._to_flush.is_set():
                self._to_flush.clear()
                waiting.clear()
                device.drop()  # write() begins anew
            if not waiting:
                held_frames = max(0, device.info()["buffer_size"] - max(0, device.avail()))
                self._delay_ms = held_frames / pcm.RATE_HZ * 1000
                waiting.extend(fill(time.monotonic() + held_frames / pcm.RATE_HZ))
            frames = device.write(bytes(waiting))
            if frames >= 0:
                del waiting[: frames * pcm.BYTES_PER_FRAME]
            elif frames == -errno.EPIPE:
                self.underruns += 1  # the same period is written again
            else:
                raise PartFailed(f"The loudspeaker stopped: {_reason(-frames)}.")

        self._to_flush.clear()
        return self._thread.start(work, failed)

    def flush(self) -> None:
        """As `board.Speaker.flush`."""
        self._to_flush.set()


def open_pcm(direction: str, device: str, period_frames: int, periods: int) -> Any:
    """Open an ALSA PCM for s16le mono 48 kHz. Raises `BoardError`."""
    try:
        import alsaaudio
    except ImportError as error:
        raise PartMissing(f"Sound needs pyalsaaudio ({error}): pip install 'callbox[alsa]'.") from error
    kind = alsaaudio.PCM_CAPTURE if direction == "capture" else alsaaudio.PCM_PLAYBACK
    try:
        opened = alsaaudio.PCM(
            type=kind,
            mode=alsaaudio.PCM_NORMAL,
            rate=pcm.RATE_HZ,
            channels=pcm.CHANNELS,
            format=alsaaudio.PCM_FORMAT_S16_LE,
            periodsize=period_frames,
            periods=periods,
            device=device,
        )
    except alsaaudio.ALSAAudioError as error:
        raise _trouble(direction, device, str(error), alsaaudio.cards()) from error
    granted = opened.info()
    got = (granted["rate"], granted["channels"], granted["format_name"])
    wanted = (pcm.RATE_HZ, pcm.CHANNELS, "S16_LE")
    if got != wanted:
        opened.close()
        raise PartFailed(
            f"{device!r} gives {got[0]} Hz, {got[1]} channels, {got[2]}; needed are {wanted[0]} Hz, 1 channel, S16_LE. "
            "A name that begins with plughw: in place of hw: converts."
        )
    return opened


def is_installed() -> bool:
    """Whether pyalsaaudio is there."""
    return importlib.util.find_spec("alsaaudio") is not None


def sound_cards() -> list[str]:
    """The names of this machine's sound cards; none if pyalsaaudio isn't there."""
    try:
        import alsaaudio
    except ImportError:
        return []
    return list(alsaaudio.cards())


def sound_devices(direction: str) -> list[SoundDevice]:
    """The PCMs for ``capture`` or ``playback`` that a person would choose from; none without pyalsaaudio."""
    try:
        import alsaaudio
    except ImportError:
        return []
    return choices(alsaaudio.pcms(alsaaudio.PCM_CAPTURE if direction == "capture" else alsaaudio.PCM_PLAYBACK))


def choices(names: list[str]) -> list[SoundDevice]:
    """Of all PCMs that ALSA knows by name: ``default``, and each card with ALSA's conversions. Pure.

    A card is called by its own name, which stays with it; its number depends on what was plugged in first.
    """
    found = [SoundDevice("default", "whatever ALSA's configuration calls default")] if "default" in names else []
    for name in names:
        kind, _, place = name.partition(":")
        if kind == "plughw":  # the card itself, with ALSA converting rate and channels
            card, _, number = place.removeprefix("CARD=").partition(",DEV=")
            found.append(SoundDevice(name, f"{card}, device {number or '0'}"))
    return found


def recommended(devices: list[SoundDevice]) -> SoundDevice | None:
    """What a person should take who doesn't know better: the first card that is no screen's, else what is. Pure."""
    cards = [device for device in devices if device.name.startswith("plughw:")]
    heard = [device for device in cards if "hdmi" not in device.name.lower()]
    return next(iter([*heard, *devices]), None)


def missing_card(device: str, cards: list[str]) -> str | None:
    """Why `device` can't work on a machine with these `cards`; None: nothing speaks against it.

    Looks at the name only, and opens nothing: a microphone is not opened to see whether it is there.
    """
    name, _, rest = device.partition(":")
    if name not in ("hw", "plughw", "sysdefault", "front", "dsnoop", "dmix"):
        return None
    card = rest.split(",", maxsplit=1)[0].removeprefix("CARD=")
    known = card in cards or (card.isdigit() and int(card) < len(cards)) or (not card and bool(cards))
    return None if known else f"There is no sound card {card!r}. {_cards(cards)}"


def _trouble(direction: str, device: str, reason: str, cards: list[str]) -> BoardError:
    part = "microphone" if direction == "capture" else "loudspeaker"
    if "busy" in reason:
        return PartBusy(
            f"The {part} {device!r} is held by another program. `fuser -v /dev/snd/*` says which; "
            "or use `default`, which can be shared."
        )
    if "No such" in reason or "not found" in reason:
        return PartMissing(f"There is no {part} {device!r}. {_cards(cards)}")
    if "Permission" in reason:
        return PartMissing(f"No permission for the {part} {device!r}: add this user to the group `audio`.")
    return PartFailed(f"The {part} {device!r} can't be opened: {reason}.")


def _cards(cards: list[str]) -> str:
    if not cards:
        return "This machine has no sound card at all: is it plugged in, is its driver loaded? (`aplay -l`)"
    return f"The cards here are: {', '.join(cards)}. For example: plughw:CARD={cards[0]}"


def _reason(number: int) -> str:
    return errno.errorcode.get(number, str(number))


def _settle(future: "Future[None]", error: BaseException | None) -> None:
    """End `future`, unless nobody wants it any more."""
    if future.set_running_or_notify_cancel():
        if error is None:
            future.set_result(None)
        else:
            future.set_exception(error)


def _done() -> "Future[None]":
    future: Future[None] = Future()
    future.set_result(None)
    return future
