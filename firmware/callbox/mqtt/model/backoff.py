"""Reconnect back-off. Pure; the reasons: docs/decisions/0023-the-way-back.md."""

from dataclasses import dataclass
from enum import Enum

from callbox.backoff import Backoff

MAX_PAUSE_S = 60.0
"""Of the pause after refusals, unless `retry_s` is longer."""
MIN_STABLE_S = 10.0
"""A connection that was served for longer resets the back-off."""


class EndReason(Enum):
    """End of a connection attempt, or of a connection."""

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
    refusals: Backoff | None = None
    """Back-off after refusals; None: there was none since the last connection that was served."""

    def after(self, end: EndReason, served_s: float | None = None) -> tuple["ReconnectBackoff", tuple[float, float]]:
        """The next state, and the bounds of this pause in s, which is drawn uniformly.

        `served_s`: from SUBACK to the end of the connection; None: no SUBACK came.
        """
        if end is EndReason.ABSENT:
            return self, (self.retry_s / 2, self.retry_s * 3 / 2)
        refusals = (self.refusals or Backoff(self.retry_s, max(MAX_PAUSE_S, self.retry_s))).next()
        if end is EndReason.LOST and served_s is not None and served_s > min(refusals.bound_s, MIN_STABLE_S):
            return ReconnectBackoff(self.retry_s), (0.0, self.retry_s)
        # Accepted and closed at once, as with a duplicate client id, counts as a refusal. So does CONNACK without
        # SUBACK, however long it took: a cluster that is swamped by subscriptions does that.
        return ReconnectBackoff(self.retry_s, refusals), (0.0, refusals.bound_s)
