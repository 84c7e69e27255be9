"""Limit of how often something may happen: a token bucket. Pure: times come in, in s of one monotonic clock."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class RateLimit:
    """`burst` events at once, and one more each `period_s`. Immutable: an event makes the next one."""

    burst: int
    period_s: float
    tokens: float | None = None
    """Events that were left at `counted_s`, below 0 if more were taken than allowed; None: all of `burst`."""
    counted_s: float = 0.0

    def wait_s(self, now_s: float) -> float:
        """Pause before the next event, in s; 0: none."""
        return max(0.0, (1.0 - self._tokens(now_s)) * self.period_s)

    def taken(self, now_s: float) -> "RateLimit":
        """After an event at `now_s`, whether it waited or not."""
        return replace(self, tokens=self._tokens(now_s) - 1.0, counted_s=now_s)

    def _tokens(self, now_s: float) -> float:
        if self.tokens is None:
            return float(self.burst)
        return min(float(self.burst), self.tokens + max(0.0, now_s - self.counted_s) / self.period_s)
