"""Copies of each packet that are sent to the bot. State machine without a clock.

The bot's own jitter buffer (aiortc 1.16, which every Pipecat server runs) holds sound back by 80 ms, and by 280 ms for
the rest of the call once a single packet is missing. A spare copy that comes before the next packet prevents that. What
is sent again is the protected packet itself: a receiver's replay protection drops the one it doesn't need (RFC 3711,
3.3.2). So while copies are sent, the bot's reports tell of what was lost in spite of them.
"""

from enum import Enum

MAX_COPIES = 3
"""Before each packet the last three go again: outages of 60 ms are bridged, with 200 small packets a second."""
FIRST_COPIES = 1
"""A call begins with one: the first loss of a call would come before any report of it."""
FIRST_CALM_S = 20.0
"""Time without a loss before one copy less is tried. A wrong trial costs 100 ms of speech."""
MAX_CALM_S = 320.0
MANY_LOST = 2
"""Packets lost in one report in spite of a copy: bursts, or a tenth of all. One copy more would be too little."""
TOO_EARLY_S = 60.0
"""Loss within this time after a reduction: the next one waits twice as long."""


class Observation(Enum):
    """Observation of one receiver report."""

    MUCH = "the bot has missed several"
    LOSS = "the bot has missed packets"
    HINT = "it has not, but we have: the same Wi-Fi, the other direction"
    CLEAR = "neither side has missed any, for a short time"
    CALM = "neither side has for long enough"


NEXT_COPIES = {
    (0, Observation.MUCH): 1,  # without copies nothing unusual: 3 of 100 do
    (0, Observation.LOSS): 1,
    (0, Observation.HINT): 1,  # the next one lost may be ours
    (0, Observation.CLEAR): 0,
    (0, Observation.CALM): 0,
    (1, Observation.MUCH): 3,
    (1, Observation.LOSS): 2,  # the copy was lost as well: an outage, or a very bad network
    (1, Observation.HINT): 1,
    (1, Observation.CLEAR): 1,
    (1, Observation.CALM): 0,
    (2, Observation.MUCH): 3,
    (2, Observation.LOSS): 3,
    (2, Observation.HINT): 2,
    (2, Observation.CLEAR): 2,
    (2, Observation.CALM): 1,
    (3, Observation.MUCH): 3,
    (3, Observation.LOSS): 3,
    (3, Observation.HINT): 3,
    (3, Observation.CLEAR): 3,
    (3, Observation.CALM): 2,
}
"""Every pair of state and observation."""


class Redundancy:
    """Number of copies: raised at once, reduced step by step. `now_s` from any monotonic clock."""

    def __init__(self, now_s: float) -> None:
        self._copies = FIRST_COPIES
        self._calm_s = FIRST_CALM_S
        self._calm_since_s = now_s
        self._reduced_s: float | None = None

    @property
    def copies(self) -> int:
        """Copies of each packet beside the first, 0 to `MAX_COPIES`."""
        return self._copies

    def report(self, now_s: float, *, lost: int, incoming_lost: bool) -> None:
        """Take a receiver report: packets to the bot lost since the last, and whether any to us were."""
        observation = self._observe(now_s, lost=lost, incoming_lost=incoming_lost)
        before, self._copies = self._copies, NEXT_COPIES[self._copies, observation]
        if observation is not Observation.CLEAR:
            self._calm_since_s = now_s
        if self._copies < before:
            self._reduced_s = now_s
        elif self._copies > before:
            too_early = self._reduced_s is not None and now_s - self._reduced_s <= TOO_EARLY_S
            self._calm_s = min(self._calm_s * 2, MAX_CALM_S) if too_early else FIRST_CALM_S

    def _observe(self, now_s: float, *, lost: int, incoming_lost: bool) -> Observation:
        if lost:
            return Observation.MUCH if lost >= MANY_LOST else Observation.LOSS
        if incoming_lost:
            return Observation.HINT
        return Observation.CALM if now_s - self._calm_since_s >= self._calm_s else Observation.CLEAR
