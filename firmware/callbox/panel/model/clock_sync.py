"""When an edge of a page's button happened, in the box's time. Pure.

A page's clock is another one, and the way here takes longer at one time than at another. The quickest message so far
tells how the clocks differ; by that difference the edges keep their distances, as a bouncing contact's must.
"""

import math

_DRIFT = 1e-3
"""Two clocks run apart by less than so much of the time that passes: an old message isn't believed for ever."""
_OLDEST_S = 5.0
"""Nothing that arrives now happened earlier than that ago: a page so late has stood still."""


class PageClock:
    """Of one page."""

    def __init__(self) -> None:
        self._difference_s: float | None = None
        self._arrived_s = 0.0

    def at_s(self, page_ms: float, now_s: float) -> float:
        """The time of what happened at `page_ms` of the page's clock and arrived at `now_s`: 0 to 5 s before that.

        A page that tells no time at all is believed to tell what is now.
        """
        if not math.isfinite(page_ms):
            return now_s
        difference_s = now_s - page_ms / 1000
        if self._difference_s is not None:
            difference_s = min(difference_s, self._difference_s + _DRIFT * (now_s - self._arrived_s))
        self._difference_s, self._arrived_s = difference_s, now_s
        return min(now_s, max(now_s - _OLDEST_S, page_ms / 1000 + difference_s))
