"""Rate limit of what a page sends. Pure."""

from callbox.control.rate_limit import RateLimit

RATE_PER_S = 400.0
"""A page in a call sends some 100 messages a second: 50 periods of its microphone, 50 requests of its loudspeaker."""
BURST = 400
"""What a browser that was suspended for a moment may send at once."""


class PageRateLimit:
    """Of one page."""

    def __init__(self) -> None:
        self._limit = RateLimit(BURST, 1 / RATE_PER_S)

    def delay_s(self, now_s: float) -> float:
        """Seconds to wait before a message that is read at `now_s` of any monotonic clock is handled; 0: none."""
        delay_s = self._limit.wait_s(now_s)
        self._limit = self._limit.taken(now_s)
        return delay_s
