"""Times of a page's button in the box's time. Pure.

A page's clock is another one, and messages take longer at one time than at another. The quickest message so far gives
the offset of the clocks. Edges keep their distances, as a short press and a bouncing contact must, also when a quicker
message corrects the offset between them.
"""

import math

_DRIFT = 1e-3
"""Clocks drift by less than this share of the time that passes: an old offset isn't kept for ever."""
_MAX_AGE_S = 5.0
"""A message that arrives now is of something at most so long ago: a page so late has been suspended."""
_KEEPS_DISTANCE_S = 5.0
"""After an edge: bounces, a double press, a hold."""


class ClockOffset:
    """Estimate for one page."""

    def __init__(self) -> None:
        self._offset_s: float | None = None
        self._arrived_s = 0.0
        self._first_edge_ms, self._first_edge_s = -math.inf, 0.0

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

    def edge_at_s(self, page_ms: float, now_s: float) -> float:
        """The same of an edge. Within 5 s of an earlier one it has its distance to that, and may lie in the future."""
        at_s = self.at_s(page_ms, now_s)
        since_s = (page_ms - self._first_edge_ms) / 1000
        if 0 <= since_s <= _KEEPS_DISTANCE_S:
            return self._first_edge_s + since_s
        self._first_edge_ms, self._first_edge_s = page_ms, at_s
        return at_s
