"""Exponential back-off: how long the pause after another failure may be. Pure."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Backoff:
    """Upper bound of a pause, which doubles with each failure. Immutable: `next` and `reset` return another.

    Where many boxes would come back in one moment, the pause is drawn between 0 and `bound_s` (full jitter).
    """

    first_s: float = 1.0
    """Bound after the first failure, in s."""
    max_s: float = 60.0
    """Largest bound, in s."""
    bound_s: float = 0.0
    """Bound of the pause that is due now, in s; 0 before the first failure."""

    def next(self) -> "Backoff":
        """After one more failure."""
        return replace(self, bound_s=min(max(2 * self.bound_s, self.first_s), self.max_s))

    def reset(self) -> "Backoff":
        """After a success."""
        return replace(self, bound_s=0.0)
