"""How long a box waits before it tries its broker again. Pure; the reasons: docs/decisions/0023-the-way-back.md."""

from dataclasses import dataclass, replace
from enum import Enum

MAX_PAUSE_S = 60.0
MIN_STABLE_S = 10.0
"""A connection that lasted so long was one, whatever was before it."""


class EndReason(Enum):
    """How an attempt at a broker, or a connection with it, ended."""

    ABSENT = "absent"
    """Nobody took the connection, or who took it said nothing. It cost the broker nothing."""
    REFUSED = "refused"
    """Somebody answered, and did not let us in."""
    LOST = "lost"
    """We were in."""


@dataclass(frozen=True, slots=True)
class ReconnectBackoff:
    """What is to be waited after the next end of an attempt."""

    retry_s: float = 1.0
    """The mean pause at a broker that isn't there: short for a house, long for a fleet, which is spread by it."""
    refused_s: float = 1.0
    """At most so long after the next refusal; doubles with each."""

    def after(self, end: EndReason, lasted_s: float) -> tuple["ReconnectBackoff", tuple[float, float]]:
        """The pauses from now on, and the least and the longest of this one, in s; it is drawn evenly.

        `lasted_s`: from the attempt's beginning to its end.
        """
        if end is EndReason.ABSENT:
            return self, (self.retry_s / 2, self.retry_s * 3 / 2)
        if end is EndReason.LOST and lasted_s > min(self.refused_s, MIN_STABLE_S):  # this is news
            return replace(self, refused_s=self.retry_s), (0.0, self.retry_s)
        # Let in and thrown out again, as when two boxes have one name, is a refusal too.
        bound_s = max(self.refused_s, self.retry_s)
        return replace(self, refused_s=min(2 * bound_s, max(MAX_PAUSE_S, self.retry_s))), (0.0, bound_s)
