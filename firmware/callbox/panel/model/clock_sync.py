"""Times of a page's button in the box's time. Pure.

A page's clock is another one, and messages take longer at one time than at another. The quickest message so far gives
the offset of the clocks; by that offset the edges keep their distances, as a bouncing contact's must.
"""

import math

_DRIFT = 1e-3
"""Clocks drift by less than this share of the time that passes: an old offset isn't kept for ever."""
_MAX_AGE_S = 5.0
"""A message that arrives now is of something at most so long ago: a page so late has been suspended."""


class ClockOffset:
    """Estimate for one page."""

    def __init__(self) -> None:
        self._offset_s: float | None = None
        self._arrived_s = 0.0

    def at_s(self, page_ms: float, now_s: float) -> float:
        """The time of what happened at `page_ms` of the page's clock and arrived at `now_s`: 0 to 5 s before that.

        `page_ms` that isn't finite: `now_s`.
        """
        if not math.isfinite(page_ms):
            return now_s
        offset_s = now_s - page_ms / 1000
        if self._offset_s is not None:
            offset_s = min(offset_s, self._offset_s + _DRIFT * (now_s - self._arrived_s))
        self._offset_s, self._arrived_s = offset_s, now_s
        return min(now_s, max(now_s - _MAX_AGE_S, page_ms / 1000 + offset_s))
