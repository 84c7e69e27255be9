"""How often each packet to the bot is sent again. A state machine without a clock.

The bot's own jitter buffer (aiortc 1.16, which every Pipecat server runs) holds sound back by 80 ms, and by 280 ms for
the rest of the call once a single packet is missing. A spare copy that comes before the next packet prevents that. What
is sent again is the protected packet itself: a receiver's replay protection drops the one it doesn't need (RFC 3711,
3.3.2). So while copies are sent, the bot's reports tell of what was lost in spite of them.
"""

from enum import Enum

MOST_COPIES = 3
"""Before each packet the last three go again: outages of 60 ms are bridged, with 200 small packets a second."""
FIRST_COPIES = 1
"""A call begins with one: the first loss of a call would come before any report of it."""
FIRST_CALM_S = 20.0
"""How long nothing must be lost before a copy less is tried. Where it is needed, that costs 100 ms of speech."""
LONGEST_CALM_S = 320.0
MUCH = 2
"""So many lost in one report, in spite of a copy: bursts, or a tenth of all. One copy more would be too little."""
SOON_S = 60.0
"""Loss within this time of trying with less: the trial was too early, and the next one waits twice as long."""


class Seen(Enum):
    """What a report brings."""

    MUCH = "the bot has missed several"
    LOSS = "the bot has missed packets"
    HINT = "it hasn't, but we have: the same Wi-Fi, the other way"
    CLEAR = "nobody has missed any, for a short time"
    CALM = "nobody has for long enough"


NEXT_COPIES = {
    (0, Seen.MUCH): 1,  # without copies nothing unusual: 3 of 100 do
    (0, Seen.LOSS): 1,
    (0, Seen.HINT): 1,  # the next one lost may be ours
    (0, Seen.CLEAR): 0,
    (0, Seen.CALM): 0,
    (1, Seen.MUCH): 3,
    (1, Seen.LOSS): 2,  # the copy was lost as well: an outage, or a very bad network
    (1, Seen.HINT): 1,
    (1, Seen.CLEAR): 1,
    (1, Seen.CALM): 0,
    (2, Seen.MUCH): 3,
    (2, Seen.LOSS): 3,
    (2, Seen.HINT): 2,
    (2, Seen.CLEAR): 2,
    (2, Seen.CALM): 1,
    (3, Seen.MUCH): 3,
    (3, Seen.LOSS): 3,
    (3, Seen.HINT): 3,
    (3, Seen.CLEAR): 3,
    (3, Seen.CALM): 2,
}
"""Every pair of state and observation."""


class Redundancy:
    """Up at once, down step by step. `now_s` from any clock that only grows."""

    def __init__(self, now_s: float) -> None:
        self._copies = FIRST_COPIES
        self._calm_s = FIRST_CALM_S
        self._calm_since_s = now_s
        self._lessened_s: float | None = None

    @property
    def copies(self) -> int:
        """How often each packet is to be sent again."""
        return self._copies

    def report(self, now_s: float, *, lost: int, incoming_lost: bool) -> None:
        """A receiver report has come: how many packets to the bot were lost since the last, and whether ours were."""
        seen = self._seen(now_s, lost=lost, incoming_lost=incoming_lost)
        before, self._copies = self._copies, NEXT_COPIES[self._copies, seen]
        if seen is not Seen.CLEAR:
            self._calm_since_s = now_s
        if self._copies < before:
            self._lessened_s = now_s
        elif self._copies > before:
            too_early = self._lessened_s is not None and now_s - self._lessened_s <= SOON_S
            self._calm_s = min(self._calm_s * 2, LONGEST_CALM_S) if too_early else FIRST_CALM_S

    def _seen(self, now_s: float, *, lost: int, incoming_lost: bool) -> Seen:
        if lost:
            return Seen.MUCH if lost >= MUCH else Seen.LOSS
        if incoming_lost:
            return Seen.HINT
        return Seen.CALM if now_s - self._calm_since_s >= self._calm_s else Seen.CLEAR
