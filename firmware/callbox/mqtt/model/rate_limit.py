"""Rate limit of retained topics. Pure: the time is a parameter."""

from dataclasses import dataclass, field

RATE_HZ = 4.0
"""Publications of one retained topic a second, in the long run."""
BURST = 14
"""That may go at once, after a quiet time: a call takes a dozen until the bot is ready."""


@dataclass(slots=True)
class TopicRateLimit:
    """One token bucket for each topic."""

    rate_hz: float = RATE_HZ
    burst: int = BURST
    _buckets: dict[str, tuple[float, float]] = field(default_factory=dict)
    """Tokens, and when they were counted."""

    def wait_s(self, topic: str, now_s: float) -> float:
        """Until `topic` may be published, in s; 0: now."""
        return max(0.0, (1.0 - self._tokens(topic, now_s)) / self.rate_hz)

    def take(self, topic: str, now_s: float) -> None:
        """Note that `topic` is published at `now_s`."""
        self._buckets[topic] = self._tokens(topic, now_s) - 1.0, now_s

    def _tokens(self, topic: str, now_s: float) -> float:
        tokens, counted_s = self._buckets.get(topic, (float(self.burst), now_s))
        return min(float(self.burst), tokens + max(0.0, now_s - counted_s) * self.rate_hz)
