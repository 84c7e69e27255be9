"""What a press means: the box as a telephone line. Pure.

Acts on the press itself, not on its release, so that a person sees the lamp at once. A double press is told
to the world and otherwise ignored: a nervous double click dials once, and doesn't dial and cancel.
"""

from dataclasses import dataclass
from enum import Enum


class Line(Enum):
    """Where the telephone line stands."""

    IDLE = "idle"
    """On the hook."""
    DIALLING = "dialling"
    """A call is being made; the bot isn't ready."""
    TALKING = "talking"
    """The bot is ready."""
    HANGING_UP = "hanging up"
    REDIALLING = "redialling"
    """Hanging up, and a new call is wanted after that."""


class Happening(Enum):
    """What can happen to the line."""

    PRESSED = "pressed"
    DOUBLE_PRESSED = "double-pressed"
    CALL_ORDERED = "call ordered"
    """From outside: there shall be a call."""
    HANG_UP_ORDERED = "hang-up ordered"
    """From outside: there shall be none."""
    BOT_READY = "bot ready"
    ENDING = "session ending"
    """The client is `disconnecting`, by whomever."""
    ENDED = "session ended"
    """The client is `disconnected` or in `error`."""
    STANDBY_DUE = "standby due"
    """It is time for a session that waits for the next press; told by hot standby only."""


class Order(Enum):
    """What the box must do."""

    CONNECT = "connect()"
    """Also takes up a session that stands by, or is being made for that."""
    STAND_BY = "stand_by()"
    DISCONNECT = "disconnect()"


@dataclass(frozen=True, slots=True)
class Step:
    """A decided pair: go to `to`; carry out `order`, if there is one."""

    to: Line
    order: Order | None = None


_L, _H = Line, Happening

TABLE: dict[tuple[Line, Happening], Step] = {
    (_L.IDLE, _H.PRESSED): Step(_L.DIALLING, Order.CONNECT),
    (_L.IDLE, _H.CALL_ORDERED): Step(_L.DIALLING, Order.CONNECT),
    # Not a call: the microphone stays closed, and the line on the hook, whatever becomes of that session.
    (_L.IDLE, _H.STANDBY_DUE): Step(_L.IDLE, Order.STAND_BY),
    # The session that stood by: a press in this moment calls when that is done.
    (_L.IDLE, _H.ENDING): Step(_L.HANGING_UP),
    (_L.DIALLING, _H.PRESSED): Step(_L.HANGING_UP, Order.DISCONNECT),
    (_L.DIALLING, _H.HANG_UP_ORDERED): Step(_L.HANGING_UP, Order.DISCONNECT),
    (_L.DIALLING, _H.BOT_READY): Step(_L.TALKING),
    (_L.DIALLING, _H.ENDED): Step(_L.IDLE),
    (_L.TALKING, _H.PRESSED): Step(_L.HANGING_UP, Order.DISCONNECT),
    (_L.TALKING, _H.HANG_UP_ORDERED): Step(_L.HANGING_UP, Order.DISCONNECT),
    (_L.TALKING, _H.ENDED): Step(_L.IDLE),
    (_L.HANGING_UP, _H.PRESSED): Step(_L.REDIALLING),
    (_L.HANGING_UP, _H.CALL_ORDERED): Step(_L.REDIALLING),
    (_L.HANGING_UP, _H.ENDED): Step(_L.IDLE),
    (_L.REDIALLING, _H.PRESSED): Step(_L.HANGING_UP),
    (_L.REDIALLING, _H.HANG_UP_ORDERED): Step(_L.HANGING_UP),
    (_L.REDIALLING, _H.ENDED): Step(_L.DIALLING, Order.CONNECT),
}
"""The pairs that move the line."""

IGNORED: frozenset[tuple[Line, Happening]] = frozenset(
    {
        # The second press of a double click belongs to the first.
        *((line, _H.DOUBLE_PRESSED) for line in Line),
        # It is so already.
        *((line, _H.CALL_ORDERED) for line in (_L.DIALLING, _L.TALKING, _L.REDIALLING)),
        *((line, _H.HANG_UP_ORDERED) for line in (_L.IDLE, _L.HANGING_UP)),
        # bot-ready that crossed with a hang-up.
        (_L.HANGING_UP, _H.BOT_READY),
        (_L.REDIALLING, _H.BOT_READY),
        # Said again, or what ENDED will say.
        *((line, _H.ENDING) for line in Line if line is not _L.IDLE),
        (_L.TALKING, _H.BOT_READY),
        (_L.IDLE, _H.BOT_READY),
        (_L.IDLE, _H.ENDED),
        # The line is in use; it is due again when that is over.
        *((line, _H.STANDBY_DUE) for line in Line if line is not _L.IDLE),
    }
)
"""The pairs that are decided to mean nothing."""


def step(line: Line, happening: Happening) -> Step:
    """What `happening` does to `line`."""
    return TABLE.get((line, happening), Step(line))
