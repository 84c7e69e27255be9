"""Reconnect back-off. Pure; the reasons: docs/decisions/0023-the-way-back.md."""

from dataclasses import dataclass, replace
from enum import Enum

MAX_PAUSE_S = 60.0
"""Of the pause after refusals, unless `retry_s` is longer."""
MIN_STABLE_S = 10.0
"""A connection that lasted longer resets the back-off."""


class EndReason(Enum):
    """How a connection attempt, or a connection, ended."""

    ABSENT = "absent"
    """Unreachable, or no CONNACK before the keep-alive timeout: the attempt cost the broker nothing."""
    REFUSED = "refused"
    """The broker answered, and refused the connection."""
    LOST = "lost"
    """An accepted connection ended."""


@dataclass(frozen=True, slots=True)
class ReconnectBackoff:
    """State of the back-off: `after` gives the next pause."""

    retry_s: float = 1.0
    """Mean pause while the broker is unreachable; a long one spreads the reconnects of a large fleet."""
    refused_s: float = 1.0
    """Upper bound of the pause after the next refusal; doubles with each."""

    def after(self, end: EndReason, lasted_s: float) -> tuple["ReconnectBackoff", tuple[float, float]]:
        """The next state, and the bounds of this pause in s, which is drawn uniformly.

        `lasted_s`: from the start of the attempt to its end.
        """
        if end is EndReason.ABSENT:
            return self, (self.retry_s / 2, self.retry_s * 3 / 2)
        if end is EndReason.LOST and lasted_s > min(self.refused_s, MIN_STABLE_S):
            return replace(self, refused_s=self.retry_s), (0.0, self.retry_s)
        # Accepted and closed at once, as with a duplicate client id, counts as a refusal.
        bound_s = max(self.refused_s, self.retry_s)
        return replace(self, refused_s=min(2 * bound_s, max(MAX_PAUSE_S, self.retry_s))), (0.0, bound_s)
