"""Microphone and loudspeaker in memory: sound from bytes, and into a WAV file.

Paced by the clock on a thread of their own, as with ALSA; they break as a card does by `unplug`, `stall`, `fail_with`.
"""

import contextlib
import logging
import threading
import wave
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

from callbox_device.interfaces import BoardError, PartFailed, PcmInfo
from callbox_device.model import pcm
from callbox_device.model.volume import Volume
from callbox_device.simulated.paced_thread import PacedThread
from callbox_device.wav import create_wav

log = logging.getLogger(__name__)


class _SimulatedDevice:
    """What both directions share."""

    _thread: PacedThread

    @property
    def is_open(self) -> bool:
        """Whether the PCM is open."""
        return self._thread.is_open

    @property
    def max_late_s(self) -> float:
        """The longest that a period had to wait for this machine: what a real card loses or plays as a gap."""
        return self._thread.max_late_s

    @property
    def device(self) -> str:
        """As `interfaces.AudioDevice.device`."""
        return self._thread.device

    def use(self, name: str) -> None:
        """As `interfaces.AudioDevice.use`."""
        self._thread.device = name

    def devices(self) -> list[PcmInfo]:
        """As `interfaces.AudioDevice.devices`."""
        return list(self._thread.known)

    def plug_in(self, device: PcmInfo | None = None) -> None:
        """There is one more to choose from; without `device`: what was pulled out is back, for the next start."""
        if device:
            self._thread.known.append(device)
        else:
            self._thread.is_plugged_in = True

    def missing(self) -> BoardError | None:
        """As `interfaces.Capture.missing`."""
        return self._thread.unplugged()

    def unplug(self) -> None:
        """Break down in mid-call, and be missing until `plug_in`."""
        self._thread.unplug()

    def stall(self) -> None:
        """Deliver or take nothing any more, which is found after `interfaces.STALL_S`. The next start works again."""
        self._thread.stall()

    def fail_with(self, error: BoardError | None) -> None:
        """Let the next start fail; None: not any more."""
        self._thread.missing = error


_WRITTEN_BYTES = pcm.RATE_HZ * pcm.BYTES_PER_FRAME // 2
"""Half a second goes into a file at once."""
_REMEMBERED_BYTES = 60 * pcm.RATE_HZ * pcm.BYTES_PER_FRAME


class SimulatedMicrophone(_SimulatedDevice):
    """Microphone in memory (`interfaces.Microphone`): hears `sound` from each start on, then silence."""

    def __init__(self, sound: bytes = b"") -> None:
        self._sound = sound
        self._thread = PacedThread("microphone", pcm.PERIOD_MS / 1000)
        self.overruns = 0

    def start(self, deliver: Callable[[bytes, float], None], failed: Callable[[BoardError], None]) -> "Future[None]":
        """As `interfaces.Microphone.start`."""
        pieces = iter(range(0, len(self._sound), pcm.PERIOD_BYTES))

        def tick(due_s: float) -> None:
            place = next(pieces, None)
            piece = b"" if place is None else self._sound[place : place + pcm.PERIOD_BYTES]
            deliver(piece.ljust(pcm.PERIOD_BYTES, b"\0"), due_s - pcm.PERIOD_MS / 1000)

        return self._thread.start(tick, failed)

    def stop(self) -> "Future[None]":
        """As `interfaces.Microphone.stop`."""
        return self._thread.stop()


class SimulatedSpeaker(_SimulatedDevice):
    """Loudspeaker in memory (`interfaces.Speaker`): writes what it plays into a WAV file, and keeps the last minute in
    `played`.

    `buffer_ms`: how much the card holds. `drift_ppm`: how much faster than the computer's its clock runs.
    """

    def __init__(self, path: Path | None = None, *, buffer_ms: float = 0, drift_ppm: float = 0) -> None:
        self._path = path
        self._thread = PacedThread("loudspeaker", pcm.PLAYBACK_PERIOD_MS / 1000 / (1 + drift_ppm / 1e6))
        self._buffer_periods = round(buffer_ms / pcm.PLAYBACK_PERIOD_MS)
        self._held: deque[bytes] = deque()
        self._to_flush = threading.Event()
        self._file: wave.Wave_write | None = None
        self._unwritten_bytes = 0
        self.played = bytearray()
        self.underruns = 0
        self.volume_percent: int | None = None

    @property
    def delay_ms(self) -> float:
        """As `interfaces.Speaker.delay_ms`."""
        return len(self._held) * float(pcm.PLAYBACK_PERIOD_MS) if self.is_open else 0.0

    def start(self, fill: Callable[[float], bytes], failed: Callable[[BoardError], None]) -> "Future[None]":
        """As `interfaces.Speaker.start`. Begins the file anew; when it can't be written any more, it ends, and the log
        says so.
        """
        volume = Volume(lambda _: False)

        def tick(due_s: float) -> None:
            if self._to_flush.is_set():
                self._to_flush.clear()
                self._held.clear()
            while len(self._held) <= self._buffer_periods:
                sound = fill(due_s + len(self._held) * pcm.PLAYBACK_PERIOD_MS / 1000)
                self._held.append(volume.apply(sound, self.volume_percent))
            self._play(self._held.popleft())

        return self._thread.start(tick, failed, self._begin, self._end)

    def flush(self) -> None:
        """As `interfaces.Speaker.flush`."""
        self._to_flush.set()

    def stop(self) -> "Future[None]":
        """As `interfaces.Speaker.stop`. The file is whole then."""
        return self._thread.stop()

    def _begin(self) -> None:
        self._held.clear()
        self._to_flush.clear()
        self._unwritten_bytes = 0
        try:
            self._file = create_wav(self._path) if self._path else None
        except OSError as error:
            raise PartFailed(f"The loudspeaker's file {self._path} can't be written: {error.strerror}.") from error

    def _end(self) -> None:
        self._write()
        self._close()

    def _play(self, period: bytes) -> None:
        self.played += period
        self._unwritten_bytes += len(period)
        if self._unwritten_bytes >= _WRITTEN_BYTES:  # 100 times a second it would cost as much as all the rest
            self._write()
            del self.played[:-_REMEMBERED_BYTES]

    def _write(self) -> None:
        if self._file and self._unwritten_bytes:
            try:
                self._file.writeframesraw(bytes(self.played[-self._unwritten_bytes :]))
            except OSError as error:
                log.warning("%s can't be written any more, and ends here: %s", self._path, error.strerror)
                self._close()
        self._unwritten_bytes = 0

    def _close(self) -> None:
        file, self._file = self._file, None
        if file:
            with contextlib.suppress(OSError):
                file.close()
