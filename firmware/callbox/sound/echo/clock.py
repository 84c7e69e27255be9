"""A sound card's clock, told from the times it gives for its periods. Pure.

The times jitter by milliseconds, because the thread that asks is scheduled late; the card itself is steady to some
200 ppm. So the times are averaged for seconds, and only a displacement that stays is believed: an underrun, a stall,
a flush, a card opened again.
"""

import math
import statistics

from callbox_device import pcm

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


class CardClock:
    """One card's own time line: `position` counts its samples, what it left out included. Not thread-safe."""

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
        """When the sample at `position` was or will be, in seconds of the clock that the times are told by."""
        return self._zero_s + position / pcm.RATE_HZ

    def position_at(self, at_s: float) -> int:
        """The sample that was or will be at `at_s`."""
        return round((at_s - self._zero_s) * pcm.RATE_HZ)

    def advance(self, at_s: float, not_before_s: float = -math.inf) -> tuple[int, int]:
        """One period more, whose first sample was or will be at `at_s`, and can't be before `not_before_s`.

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
