"""The same board in memory: presses by call, sound from and to WAV files, lamps that remember.

Real classes of the product, for the demo and for tests; the program can't tell them from `gpio` and `alsa`.
Sound is paced by the clock, a period each 20 ms, on a thread as with ALSA.
"""

import threading
import time
import wave
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

from callbox_device import pcm
from callbox_device.board import BoardError, Edge, PartFailed, PartMissing, SoundDevice


class SimulatedButton:
    """Fulfils `board.Button`. Any thread may press."""

    def __init__(self) -> None:
        self._on_edge: Callable[[Edge], None] | None = None
        self.closed = False
        """Whether a finger is down."""

    @property
    def is_watched(self) -> bool:
        """Whether a press would be noticed."""
        return self._on_edge is not None

    def start(self, on_edge: Callable[[Edge], None]) -> bool:
        """As `board.Button.start`."""
        self._on_edge = on_edge
        return self.closed

    def press(self, at_s: float | None = None) -> None:
        """A finger goes down."""
        self._move(True, at_s)

    def release(self, at_s: float | None = None) -> None:
        """It comes up."""
        self._move(False, at_s)

    def click(self, duration_ms: float = 100) -> None:
        """Down and up again; the edges carry their times, so that nobody has to wait."""
        now_s = time.monotonic()
        self.press(now_s - duration_ms / 1000)
        self.release(now_s)

    def close(self) -> None:
        """As `board.Button.close`."""
        self._on_edge = None

    def _move(self, closed: bool, at_s: float | None) -> None:
        self.closed = closed
        if self._on_edge:
            self._on_edge(Edge(closed, time.monotonic() if at_s is None else at_s))


class SimulatedLamp:
    """Fulfils `board.Lamp`; remembers."""

    def __init__(self) -> None:
        self.brightness = 0.0
        self.history: list[tuple[float, float]] = []
        """(time.monotonic() in s, brightness) of each change; the last 10 000."""

    def set(self, brightness: float) -> None:
        """As `board.Lamp.set`."""
        if brightness != self.brightness:
            self.brightness = brightness
            self.history.append((time.monotonic(), brightness))
            del self.history[:-10_000]

    def close(self) -> None:
        """As `board.Lamp.close`."""
        self.set(0.0)


SIMULATED = SoundDevice("simulated", "in memory")


class _Clockwork:
    """A thread that does something each 20 ms, late by no more than the scheduler is."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._leave = threading.Event()
        self._thread: threading.Thread | None = None
        self._broken: BoardError | None = None
        self.is_open = False
        self.missing: BoardError | None = None
        """Set it, and the next start fails with it."""
        self.device = SIMULATED.name
        self.known = [SIMULATED]
        """The devices that there are; `device` names one, or the next start fails."""

    def start(self, tick: Callable[[], None], failed: Callable[[BoardError], None]) -> "Future[None]":
        """Begin; as `board.Microphone.start`."""
        opened: Future[None] = Future()
        missing = self.missing or self._unknown()
        if missing:
            opened.set_exception(missing)
            return opened
        if self._thread and self._thread.is_alive():
            raise RuntimeError(f"{self._name} is already started")
        self._leave, self._broken, self.is_open = threading.Event(), None, True
        self._thread = threading.Thread(target=self._live, args=(tick, failed), name=self._name, daemon=True)
        self._thread.start()
        opened.set_result(None)
        return opened

    def stop(self) -> "Future[None]":
        """End; as `board.Microphone.stop`."""
        self._leave.set()
        if self._thread:
            self._thread.join()
        stopped: Future[None] = Future()
        stopped.set_result(None)
        return stopped

    def unplug(self) -> None:
        """The card is pulled out."""
        self._broken = PartFailed(f"The {self._name} was pulled out.")
        self._leave.set()

    def _unknown(self) -> BoardError | None:
        names = [device.name for device in self.known]
        if self.device in names:
            return None
        return PartMissing(f"There is no {self._name} {self.device!r}; there are: {', '.join(names)}.")

    def _live(self, tick: Callable[[], None], failed: Callable[[BoardError], None]) -> None:
        next_s = time.monotonic()
        while not self._leave.wait(max(0.0, next_s - time.monotonic())):
            tick()
            next_s += pcm.PERIOD_MS / 1000
        self.is_open = False
        if self._broken:
            failed(self._broken)


class _Part:
    """What both directions share."""

    _clockwork: _Clockwork

    @property
    def is_open(self) -> bool:
        """Whether the PCM is open."""
        return self._clockwork.is_open

    @property
    def device(self) -> str:
        """As `board.SoundPart.device`."""
        return self._clockwork.device

    def use(self, name: str) -> None:
        """As `board.SoundPart.use`."""
        self._clockwork.device = name

    def devices(self) -> list[SoundDevice]:
        """As `board.SoundPart.devices`."""
        return list(self._clockwork.known)

    def plug_in(self, device: SoundDevice) -> None:
        """There is one more to choose from."""
        self._clockwork.known.append(device)

    def unplug(self) -> None:
        """Break down in mid-call."""
        self._clockwork.unplug()

    def fail_with(self, error: BoardError | None) -> None:
        """Let the next start fail; None: not any more."""
        self._clockwork.missing = error


class SimulatedMicrophone(_Part):
    """Fulfils `board.Microphone`: hears `sound` from each start on, then silence."""

    def __init__(self, sound: bytes = b"") -> None:
        self._sound = sound
        self._clockwork = _Clockwork("microphone")
        self.overruns = 0

    def start(self, deliver: Callable[[bytes], None], failed: Callable[[BoardError], None]) -> "Future[None]":
        """As `board.Microphone.start`."""
        pieces = iter(range(0, len(self._sound), pcm.PERIOD_BYTES))

        def tick() -> None:
            place = next(pieces, None)
            piece = b"" if place is None else self._sound[place : place + pcm.PERIOD_BYTES]
            deliver(piece.ljust(pcm.PERIOD_BYTES, b"\0"))

        return self._clockwork.start(tick, failed)

    def stop(self) -> "Future[None]":
        """As `board.Microphone.stop`."""
        return self._clockwork.stop()


class SimulatedSpeaker(_Part):
    """Fulfils `board.Speaker`: writes what it plays into a WAV file, or keeps the last minute in `played`."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._clockwork = _Clockwork("loudspeaker")
        self._file: wave.Wave_write | None = None
        self.played = bytearray()
        self.underruns = 0

    def start(self, fill: Callable[[], bytes], failed: Callable[[BoardError], None]) -> "Future[None]":
        """As `board.Speaker.start`. Begins the file anew."""
        if self._path and not self._clockwork.missing:
            self._file = _create(self._path)

        def tick() -> None:
            period = fill()
            if self._file:
                self._file.writeframesraw(period)
            self.played += period
            del self.played[: -60 * pcm.RATE_HZ * pcm.BYTES_PER_FRAME]

        return self._clockwork.start(tick, failed)

    def stop(self) -> "Future[None]":
        """As `board.Speaker.stop`. The file is whole then."""
        stopped = self._clockwork.stop()
        if self._file:
            self._file.close()
            self._file = None
        return stopped


def read_wav(path: Path) -> bytes:
    """The sound in a WAV file, as s16le mono 48 kHz.

    Takes 16-bit PCM of one channel at 48 kHz or a whole fraction of it (8, 16, 24 kHz); `ValueError` says
    what else it found.
    """
    try:
        with wave.open(str(path), "rb") as file:
            rate_hz, channels, width = file.getframerate(), file.getnchannels(), file.getsampwidth()
            frames = file.readframes(file.getnframes())
    except (wave.Error, EOFError) as error:
        raise ValueError(f"{path} is no WAV file that can be read: {error}") from error
    if channels != 1 or width != 2 or pcm.RATE_HZ % rate_hz:
        raise ValueError(
            f"{path} has {channels} channels, {8 * width} bits, {rate_hz} Hz; "
            "needed are 1 channel, 16 bits, and 8000, 16000, 24000 or 48000 Hz"
        )
    return _stretch(frames, pcm.RATE_HZ // rate_hz)


def _stretch(frames: bytes, factor: int) -> bytes:
    """`factor` samples for each, on straight lines between them."""
    if factor == 1:
        return frames
    values = pcm.samples(frames)
    stretched = pcm.samples(bytes(len(frames) * factor))
    following = values[1:] + values[-1:]
    for place, (here, there) in enumerate(zip(values, following, strict=True)):
        for part in range(factor):
            stretched[place * factor + part] = here + (there - here) * part // factor
    return stretched.tobytes()


def _create(path: Path) -> wave.Wave_write:
    file = wave.open(str(path), "wb")  # noqa: SIM115 - open as long as the loudspeaker is
    file.setnchannels(pcm.CHANNELS)
    file.setsampwidth(pcm.BYTES_PER_FRAME)
    file.setframerate(pcm.RATE_HZ)
    return file
