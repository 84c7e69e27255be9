"""What of a report's number of lost packets is lost for good, and not merely on its way. No clock.

A receiver counts what it expects less what has come (RFC 3550, A.3). Where packets overtake each other, one that is
late is "lost" at the moment of a report, and isn't in the next.
"""

from collections import deque

CALM = 240
"""Jitter (RFC 3550, 6.4.1) up to which no packet overtakes one sent 20 ms later: 5 ms, of 48 kHz. The spare copies
of a network that loses a tenth make 3, delays of 0 to 25 ms make 8, of 20 to 80 ms 13."""
REPORTS = 3
"""Above it counts what was missing in so many reports in a row. At 20 to 80 ms one report in ten misses one, of two
in a row one pair in fifty, of three none."""
UNDER_WAY = 4
"""And less what may be under way at any moment: packets overtake by up to so many times the mean jitter."""
_TICKS_PER_PACKET = 960


class Losses:
    """Of one stream."""

    def __init__(self) -> None:
        self._missing: deque[int] = deque([0] * REPORTS, maxlen=REPORTS)
        self._lost = 0

    def new(self, missing: int, jitter: int) -> int:
        """Told of each report: how many are missing since the beginning. Returns how many more are known to be lost."""
        self._missing.append(missing)
        certain = missing if jitter <= CALM else min(self._missing) - UNDER_WAY * jitter // _TICKS_PER_PACKET
        before, self._lost = self._lost, max(self._lost, certain)
        return self._lost - before
