"""Hang-up that a bot ordered: after its last word was played. Pure: times come in, in s of one monotonic clock."""

import math
from dataclasses import dataclass, replace

ANSWER_S = 8.0
"""How long a bot that is silent since its order is waited for: its model gets the result, and may answer."""
PAUSE_S = 1.5
"""Silence after its last word: shorter pauses are between two sentences."""
MAX_S = 60.0
"""The call ends so long after the order at the latest, whatever is said."""


@dataclass(frozen=True, slots=True)
class DeferredHangUp:
    """A hang-up that waits. Immutable: each event makes the next."""

    ordered_s: float
    is_answering: bool = False
    """Whether the bot's model answers, or the bot is heard."""
    has_spoken: bool = False
    """Whether the bot was heard since the order."""
    silent_since_s: float = -math.inf

    @property
    def due_s(self) -> float:
        """Time of the hang-up, as far as is known now."""
        limit_s = self.ordered_s + MAX_S
        if self.is_answering:
            return limit_s
        pause_s = PAUSE_S if self.has_spoken else ANSWER_S
        return min(limit_s, max(self.ordered_s, self.silent_since_s) + pause_s)

    def on(self, now_s: float, *, speaking: bool, answering: bool) -> "DeferredHangUp":
        """The next one: `speaking`: whether the bot is heard; `answering`: whether its model makes an answer."""
        is_answering = speaking or answering
        silent_since_s = now_s if self.is_answering and not is_answering else self.silent_since_s
        return replace(
            self,
            is_answering=is_answering,
            has_spoken=self.has_spoken or speaking,
            silent_since_s=silent_since_s,
        )
