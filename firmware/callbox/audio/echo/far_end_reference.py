"""Far-end reference of the canceller: a second of what the loudspeaker plays; clocks of sound cards.

The times jitter by milliseconds, because the thread that asks is scheduled late; the card itself is steady to some
200 ppm. So the times are averaged for seconds, and only a displacement that stays is believed: an underrun, a stall,
a flush, a card opened again.

Noted where the card asks for it, not where the bot sent it: what was flushed, concealed or stretched in between is
known here. Both cards tell times, `DeviceClock` smooths them; drift between them is taken up sample by sample, and only
a displacement makes a jump.
"""

import math
import statistics
import threading
import time
from collections.abc import Callable

from callbox_device.model import pcm

WINDOW_S = 10.0
"""Averaged over. Jitter of 2 ms becomes 0.05 ms; at 200 ppm the average lags by a steady 2 ms."""
OUTLIER_S = 0.003
"""A time that is further off counts as if it were off by this."""
SURE_PERIODS = 25
"""From so many averaged periods on it is known what an outlier is."""
STEP_S = 0.015
"""A time that is further off is jitter at its worst, or a displacement."""
STEADY_PERIODS = 5
"""So many periods in a row, off to the same side: displaced. In a card's sawtooth the side changes sooner."""
LOST_S = 0.5
"""Further off than any jitter: displaced, at once."""


class DeviceClock:
    """Time line of one card: `position` counts its samples, including what it left out. Not thread-safe."""

    def __init__(self, period_frames: int) -> None:
        self.position = 0
        """Of the next period's first sample."""
        self._period_frames = period_frames
        self._window = WINDOW_S * pcm.RATE_HZ / period_frames
        self._zero_s = 0.0
        """When position 0 was."""
        self._seen = 0
        self._off_s: list[float] = []

    @property
    def is_running(self) -> bool:
        """Whether any time was told."""
        return self._seen > 0

    def time_s(self, position: int) -> float:
        """Time of the sample at `position`, in seconds of the clock that the times are told by."""
        return self._zero_s + position / pcm.RATE_HZ

    def position_at(self, at_s: float) -> int:
        """Position of the sample at `at_s`."""
        return round((at_s - self._zero_s) * pcm.RATE_HZ)

    def advance(self, at_s: float, not_before_s: float = -math.inf) -> tuple[int, int]:
        """Count one period more, whose first sample is at `at_s`, and can't be before `not_before_s`.

        Returns ``(frames, periods)``: the last so many periods, this one included, lie so many frames later than was
        thought (earlier, when negative); ``(0, 0)`` as a rule. `position` includes it.
        """
        start = self.position
        self.position += self._period_frames
        if not self._seen:
            self._zero_s = at_s - start / pcm.RATE_HZ
            self._seen = 1
            return 0, 0
        off_s = at_s - self.time_s(start)
        if abs(off_s) <= STEP_S:
            self._off_s.clear()
            self._seen += 1
            if self._seen > SURE_PERIODS:
                off_s = min(max(off_s, -OUTLIER_S), OUTLIER_S)
            self._zero_s += off_s / min(self._seen, self._window)
            return 0, 0
        if self._off_s and (off_s > 0) != (self._off_s[-1] > 0):
            self._off_s.clear()
        self._off_s.append(off_s)
        certain = abs(off_s) >= LOST_S or self.time_s(start) < not_before_s - STEP_S
        if not certain and len(self._off_s) < STEADY_PERIODS:
            return 0, 0
        moved = round((off_s if certain else statistics.median(self._off_s)) * pcm.RATE_HZ)
        periods = 1 if certain else len(self._off_s)
        self._seen = periods  # what was averaged before says little of the new place
        self._off_s.clear()
        self.position += moved
        return moved, periods


LEAD_MS = 10
"""The reference runs early by this: a canceller finds an echo that comes late, never one that came before its cause,
and cards' times are off by milliseconds."""
KEPT_FRAMES = pcm.RATE_HZ
"""1 s: what the loudspeaker's card holds, and how late the microphone's thread may be."""
SLACK_FRAMES = 24
"""0.5 ms off is left alone: less than that is the averages' own noise, and each correction costs the canceller some."""
JUMP_FRAMES = 30
"""Up to here one sample a period is corrected, as drift brings it (200 ppm: 0.2). What is further off came at once and
is corrected at once: the canceller finds a jump sooner than it follows a slide."""
_DELAY_SMOOTHING = 50
"""Periods."""


class FarEndReference:
    """Far-end reference. `played`: loudspeaker's thread; `at`: microphone's; the rest: any. `clock_s` is for tests."""

    def __init__(self, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._clock_s = clock_s
        self._lock = threading.Lock()
        self._speaker = DeviceClock(pcm.PLAYBACK_PERIOD_FRAMES)
        self._microphone = DeviceClock(pcm.PERIOD_FRAMES)
        self._kept = bytearray()
        """Ends at the loudspeaker's position."""
        self._read_at: int | None = None
        """Where the next 20 ms begin on the loudspeaker's time line."""
        self.delay_ms = 0.0
        """From a period's being handed to the card until it is heard, measured; smoothed over half a second."""
        self.realigned = 0
        """How often the reference had to jump while it was in use: underruns, stalls, lost capture."""

    def played(self, period: bytes, audible_s: float) -> None:
        """Note `period` (`PLAYBACK_PERIOD_BYTES`), just handed to the card, audible from `audible_s` on (monotonic)."""
        now_s = self._clock_s()
        delay_ms = (audible_s - now_s) * 1000
        with self._lock:
            first = not self._speaker.is_running
            self.delay_ms += (delay_ms - self.delay_ms) / (1 if first else _DELAY_SMOOTHING)
            moved, periods = self._speaker.advance(audible_s, now_s)
            self._kept += period
            if moved:
                self._replace(moved, periods)
            del self._kept[: len(self._kept) - KEPT_FRAMES * pcm.BYTES_PER_FRAME]

    def _replace(self, moved: int, periods: int) -> None:
        """Put the last periods where they are audible: after silence, or in place of what was flushed."""
        displaced = self._kept[-periods * pcm.PLAYBACK_PERIOD_BYTES :]
        del self._kept[-len(displaced) :]
        if moved > 0:
            self._kept += bytes(min(moved, KEPT_FRAMES) * pcm.BYTES_PER_FRAME)
        else:
            del self._kept[max(0, len(self._kept) + moved * pcm.BYTES_PER_FRAME) :]
        self._kept += displaced

    def at(self, captured_s: float) -> bytes:
        """Sound that was audible (`LEAD_MS` early) while the microphone captured its next period, `PERIOD_BYTES`.

        Call it once for each period, with the time of its first sample. Silence where nothing was played.
        """
        with self._lock:
            start = self._microphone.position
            moved, _ = self._microphone.advance(captured_s)
            if not self._speaker.is_running:
                return pcm.SILENT_PERIOD
            wanted = self._speaker.position_at(self._microphone.time_s(start + moved) + LEAD_MS / 1000)
            off = 0 if self._read_at is None else wanted - self._read_at
            if abs(off) > JUMP_FRAMES:
                self.realigned += abs(off) > STEP_S * pcm.RATE_HZ
                off = 0
            taken = pcm.PERIOD_FRAMES + _slip(off)
            sound = self._sound(wanted - off, taken)
            if pcm.peak_dbfs(sound) <= pcm.MIN_DBFS:  # silence can be cut anywhere
                self._read_at = wanted + pcm.PERIOD_FRAMES
                return pcm.SILENT_PERIOD
            self._read_at = wanted - off + taken
            return (sound + sound[-pcm.BYTES_PER_FRAME :])[: pcm.PERIOD_BYTES]

    def _sound(self, start: int, frames: int) -> bytes:
        """Frames of the loudspeaker's time line from `start` on; silence where nothing is kept."""
        first = start - self._speaker.position + len(self._kept) // pcm.BYTES_PER_FRAME
        last = first + frames
        before = bytes(min(frames, max(0, -first)) * pcm.BYTES_PER_FRAME)
        sound = before + self._kept[max(0, first) * pcm.BYTES_PER_FRAME : max(0, last) * pcm.BYTES_PER_FRAME]
        return sound.ljust(frames * pcm.BYTES_PER_FRAME, b"\0")


def _slip(off: int) -> int:
    """Samples to take beyond a period, when the reference is `off` samples behind."""
    return 0 if abs(off) <= SLACK_FRAMES else 1 if off > 0 else -1
