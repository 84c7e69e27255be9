"""Call control: the states of a call, as a table. Pure. What a press means is in `gesture_actions`."""

from dataclasses import dataclass
from enum import Enum


class CallState(Enum):
    """States of a call."""

    IDLE = "idle"
    """On the hook."""
    DIALLING = "dialling"
    """A call is being made; the bot isn't ready."""
    TALKING = "talking"
    """The bot is ready."""
    HANGING_UP = "hanging up"
    REDIALLING = "redialling"
    """Hanging up, and a new call is wanted after that."""


class CallEvent(Enum):
    """Events of a call."""

    CALL_ORDERED = "call ordered"
    """By a gesture, or from outside: there shall be a call."""
    HANG_UP_ORDERED = "hang-up ordered"
    """By a gesture, or from outside: there shall be none."""
    BOT_READY = "bot ready"
    ENDING = "session ending"
    """The client is `disconnecting`, by whomever."""
    ENDED = "session ended"
    """The client is `disconnected` or in `error`."""
    STANDBY_DUE = "standby due"
    """It is time for a session that waits for the next press; told by hot standby only."""


class CallAction(Enum):
    """Actions of the box."""

    CONNECT = "connect()"
    """Also takes up a session that stands by, or is being made for that."""
    STAND_BY = "stand_by()"
    DISCONNECT = "disconnect()"


@dataclass(frozen=True, slots=True)
class Transition:
    """A decided pair: go to `to`; carry out `action`, if there is one."""

    to: CallState
    action: CallAction | None = None


_S, _E = CallState, CallEvent

TABLE: dict[tuple[CallState, CallEvent], Transition] = {
    (_S.IDLE, _E.CALL_ORDERED): Transition(_S.DIALLING, CallAction.CONNECT),
    # Not a call: the microphone stays closed, and the line on the hook, whatever becomes of that session.
    (_S.IDLE, _E.STANDBY_DUE): Transition(_S.IDLE, CallAction.STAND_BY),
    # The session that stood by: a call that is ordered in this moment is made when that is done.
    (_S.IDLE, _E.ENDING): Transition(_S.HANGING_UP),
    (_S.DIALLING, _E.HANG_UP_ORDERED): Transition(_S.HANGING_UP, CallAction.DISCONNECT),
    (_S.DIALLING, _E.BOT_READY): Transition(_S.TALKING),
    (_S.DIALLING, _E.ENDED): Transition(_S.IDLE),
    (_S.TALKING, _E.HANG_UP_ORDERED): Transition(_S.HANGING_UP, CallAction.DISCONNECT),
    (_S.TALKING, _E.ENDED): Transition(_S.IDLE),
    (_S.HANGING_UP, _E.CALL_ORDERED): Transition(_S.REDIALLING),
    (_S.HANGING_UP, _E.ENDED): Transition(_S.IDLE),
    (_S.REDIALLING, _E.HANG_UP_ORDERED): Transition(_S.HANGING_UP),
    (_S.REDIALLING, _E.ENDED): Transition(_S.DIALLING, CallAction.CONNECT),
}
"""The pairs that move the line."""

IGNORED: frozenset[tuple[CallState, CallEvent]] = frozenset(
    {
        # It is so already.
        *((state, _E.CALL_ORDERED) for state in (_S.DIALLING, _S.TALKING, _S.REDIALLING)),
        *((state, _E.HANG_UP_ORDERED) for state in (_S.IDLE, _S.HANGING_UP)),
        # bot-ready that crossed with a hang-up.
        (_S.HANGING_UP, _E.BOT_READY),
        (_S.REDIALLING, _E.BOT_READY),
        # Said again, or what ENDED will say.
        *((state, _E.ENDING) for state in CallState if state is not _S.IDLE),
        (_S.TALKING, _E.BOT_READY),
        (_S.IDLE, _E.BOT_READY),
        (_S.IDLE, _E.ENDED),
        # The line is in use; it is due again when that is over.
        *((state, _E.STANDBY_DUE) for state in CallState if state is not _S.IDLE),
    }
)
"""The pairs that are decided to mean nothing."""


def transition(state: CallState, event: CallEvent) -> Transition:
    """The transition of `state` on `event`; a pair outside `TABLE` stays."""
    return TABLE.get((state, event), Transition(state))
