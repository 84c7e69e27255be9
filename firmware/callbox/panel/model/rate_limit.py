"""Limit for what a page sends: a token bucket. Pure."""

RATE_PER_S = 400.0
"""A page in a call sends some 100 messages a second: 50 periods of its microphone, 50 requests of its loudspeaker."""
BURST = 400
"""What a browser that was suspended for a moment may send at once."""


class RateLimit:
    """Bucket of one page, full at first."""

    def __init__(self) -> None:
        self._tokens = float(BURST)
        self._at_s: float | None = None

    def delay_s(self, now_s: float) -> float:
        """Seconds to wait before a message that is read at `now_s` of any monotonic clock is handled; 0: none."""
        if self._at_s is not None:
            self._tokens = min(BURST, self._tokens + RATE_PER_S * (now_s - self._at_s))
        self._at_s = now_s
        self._tokens -= 1
        return max(0.0, -self._tokens / RATE_PER_S)
