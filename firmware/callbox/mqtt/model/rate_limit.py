"""Rate limit of retained topics. Pure: the time is a parameter."""

from dataclasses import dataclass, field

from callbox.control.rate_limit import RateLimit

RATE_HZ = 4.0
"""Publications of one retained topic a second, in the long run."""
BURST = 14
"""That may go at once, after a quiet time: a call takes a dozen until the bot is ready."""
_QUIET = RateLimit(BURST, 1 / RATE_HZ)


@dataclass(slots=True)
class TopicRateLimit:
    """A `RateLimit` for each topic."""

    _limits: dict[str, RateLimit] = field(default_factory=dict)

    def wait_s(self, topic: str, now_s: float) -> float:
        """Seconds until `topic` may be published; 0: now."""
        return self._limits.get(topic, _QUIET).wait_s(now_s)

    def take(self, topic: str, now_s: float) -> None:
        """Note that `topic` is published at `now_s`."""
        self._limits[topic] = self._limits.get(topic, _QUIET).taken(now_s)
