"""Decision logic of the play-out: situation × lag → operation, as in WebRTC's NetEq. Pure.

The *lag* is how long a packet on the fastest path waits from its arrival until its first sample goes to the card. It is
made of *headroom*, which a later packet may use up, and of what is carried over from the packet before, a part of
a playback period. *Target* is the headroom that the network's jitter asks for.
"""

from enum import Enum

from callbox_device.model import pcm

MARGIN_MS = 3.0
"""Headroom on a network without jitter: for this computer's own unpunctuality."""
CALM_MS = 2.0
"""More headroom than the target by less than this is left alone, or it would accelerate and expand in turn."""
WORTH_MS = 5.0
"""The least lag that is worth a cut."""
PRESSING_MS = 10.0
"""From here on it is cut at once, not only where a cut is inaudible."""
URGENT_MS = 2.0
"""So far below the target, sound is expanded at once: a packet missed is worse."""
HOPELESS_MS = 1000.0
"""So much lag is left out at once, not played fast."""


class Situation(Enum):
    """Situations: what there is to play."""

    NOTHING_YET = "nothing yet"
    """Nothing has come since the stream began or was flushed."""
    FIRST = "first"
    """The stream's first packet is here."""
    NEXT = "next"
    """The packet that continues what was played."""
    NOTHING = "nothing"
    """Nothing is here: late, lost, or the bot is silent."""
    BRIDGED = "bridged"
    """A later packet, and what is missing before it has been concealed meanwhile."""
    GAP = "gap"
    """A later packet, and something before it is missing."""
    VOID = "void"
    """As `GAP`, and so much was missing before that the concealment has faded to silence."""


class LagLevel(Enum):
    """Levels of the lag."""

    SHORT = "short"
    """The next late packet will be missed."""
    RIGHT = "right"
    LONG = "long"
    HOPELESS = "hopeless"


class Operation(Enum):
    """Operations: what is played next."""

    WAIT = "wait"
    """Silence; nothing is counted as missing."""
    BEGIN = "begin"
    """Play from the first packet on."""
    PLAY = "play"
    PREEMPTIVE_EXPAND = "preemptive expand"
    """Play, with a period of the voice twice."""
    ACCELERATE = "accelerate"
    """Play, without a period of the voice."""
    CONCEAL = "conceal"
    """Conceal without moving the play-out position: what is missing may only be late."""
    FILL_GAP = "fill gap"
    """Recover or conceal what is missing, and play on behind it."""
    RESUME = "resume"
    """Play on behind what was concealed; in a void also behind what is too much."""
    DROP_LAG = "drop lag"
    """Drop all that is too much."""


_F, _L, _A = Situation, LagLevel, Operation

TABLE: dict[tuple[Situation, LagLevel], Operation] = {
    **{(_F.NOTHING_YET, lag): _A.WAIT for lag in LagLevel},
    (_F.FIRST, _L.SHORT): _A.WAIT,
    (_F.FIRST, _L.RIGHT): _A.BEGIN,
    (_F.FIRST, _L.LONG): _A.BEGIN,  # what came in one heap at the start of a call is speech too
    (_F.FIRST, _L.HOPELESS): _A.DROP_LAG,
    (_F.NEXT, _L.SHORT): _A.PREEMPTIVE_EXPAND,
    (_F.NEXT, _L.RIGHT): _A.PLAY,
    (_F.NEXT, _L.LONG): _A.ACCELERATE,
    (_F.NEXT, _L.HOPELESS): _A.DROP_LAG,
    **{(_F.NOTHING, lag): _A.CONCEAL for lag in LagLevel},
    (_F.BRIDGED, _L.SHORT): _A.RESUME,
    (_F.BRIDGED, _L.RIGHT): _A.RESUME,
    (_F.BRIDGED, _L.LONG): _A.RESUME,
    (_F.BRIDGED, _L.HOPELESS): _A.DROP_LAG,
    (_F.GAP, _L.SHORT): _A.FILL_GAP,
    (_F.GAP, _L.RIGHT): _A.FILL_GAP,
    (_F.GAP, _L.LONG): _A.FILL_GAP,  # a jump in the middle of a word is worse than a lag that is reduced slowly
    (_F.GAP, _L.HOPELESS): _A.DROP_LAG,
    (_F.VOID, _L.SHORT): _A.FILL_GAP,
    (_F.VOID, _L.RIGHT): _A.FILL_GAP,
    (_F.VOID, _L.LONG): _A.RESUME,  # silence is the best place to catch up
    (_F.VOID, _L.HOPELESS): _A.DROP_LAG,
}
"""Every pair is decided."""


def spare_ms(headroom_ms: float, carried_ms: float) -> float:
    """Time in ms that may be left out so that no more than `headroom_ms` (above the target) is used up.

    Packets are fetched at the card's periods. A cut shortens what is carried over; only when nothing is left of that,
    the next packet is fetched a whole period earlier.
    """
    periods = (headroom_ms - CALM_MS) // pcm.PLAYBACK_PERIOD_MS
    return carried_ms + max(0.0, periods) * pcm.PLAYBACK_PERIOD_MS


def judge(headroom_ms: float, spare: float, waiting_ms: float) -> LagLevel:
    """Level of the lag. `headroom_ms`: above the target; `spare`: from `spare_ms`; `waiting_ms`: what is there."""
    if headroom_ms < 0:
        return LagLevel.SHORT
    if spare < WORTH_MS:
        return LagLevel.RIGHT
    return LagLevel.HOPELESS if min(spare, waiting_ms) >= HOPELESS_MS else LagLevel.LONG
