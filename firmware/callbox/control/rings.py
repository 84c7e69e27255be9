"""Rings: a bot, or the house, asks a person to talk. What becomes of them, as a table. Pure.

A ring opens no microphone and makes no call: a press that answers does.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum, StrEnum
from typing import Any

RESOLUTION_S = 0.001
"""A time that is nearer has come: a timer may be early by its clock's resolution, and would be set again and again."""
MAX_REASON_CHARS = 300
MAX_PENDING = 8
"""Rings that ring or wait."""
MAX_MISSED = 20
"""Missed rings that are kept; the oldest is dropped."""


class RingState(StrEnum):
    """States of the box, as far as rings go."""

    IDLE = "idle"
    """No call, no ring."""
    RINGING = "ringing"
    IN_CALL = "in call"
    """A call is on, being made or being ended, and no ring waits."""
    WAITING = "call waiting"
    """The same, and a ring waits for its end."""
    MISSED = "missed"
    """No call, no ring; no button was pressed since a ring was missed."""


class RingEvent(Enum):
    """Events of rings."""

    RING = "ring"
    """A new ring was accepted."""
    PRESS = "press"
    """A button that calls was pressed, or the handset lifted."""
    HOLD = "hold"
    """Such a button was held."""
    TIMEOUT = "timeout"
    """A ring has rung for `ring_s`, or its `until` has passed."""
    CALL_BEGAN = "call began"
    """By whatever."""
    CALL_ENDED = "call ended"


class RingAction(Enum):
    """Actions on rings."""

    ACCEPT = "it rings or waits, behind those that came before"
    ANSWER = "call its bot; what was missed counts as seen"
    DECLINE = "declined"
    MISS = "missed"
    SEE = "what was missed counts as seen; the press does what it does"


class RingOutcome(StrEnum):
    """Ends of a ring."""

    ANSWERED = "answered"
    DECLINED = "declined"
    MISSED = "missed"


_S, _E, _A = RingState, RingEvent, RingAction

TABLE: dict[tuple[RingState, RingEvent], RingAction | None] = {
    **{(state, _E.RING): _A.ACCEPT for state in RingState},
    (_S.IDLE, _E.PRESS): None,
    (_S.RINGING, _E.PRESS): _A.ANSWER,
    # In a call a press does what it always does: mostly it hangs up, and then the ring that waits rings.
    (_S.IN_CALL, _E.PRESS): None,
    (_S.WAITING, _E.PRESS): None,
    (_S.MISSED, _E.PRESS): _A.SEE,
    (_S.IDLE, _E.HOLD): None,
    (_S.RINGING, _E.HOLD): _A.DECLINE,
    (_S.IN_CALL, _E.HOLD): None,
    (_S.WAITING, _E.HOLD): None,
    (_S.MISSED, _E.HOLD): None,  # its press came before
    # A timer that was late.
    (_S.IDLE, _E.TIMEOUT): None,
    (_S.RINGING, _E.TIMEOUT): _A.MISS,
    (_S.IN_CALL, _E.TIMEOUT): None,
    (_S.WAITING, _E.TIMEOUT): _A.MISS,
    (_S.MISSED, _E.TIMEOUT): None,
    # What rings then waits, and what waited rings: the state says so.
    **{(state, _E.CALL_BEGAN): None for state in RingState},
    **{(state, _E.CALL_ENDED): None for state in RingState},
}
"""What each event does in each state; None: nothing, but that a call which began or ended is noted."""


class RingSound(StrEnum):
    """Sounds of a ring."""

    TONE = "tone"
    """The melody."""
    WORDS = "words"
    """The melody, then the reason, spoken."""


@dataclass(frozen=True, slots=True)
class Ring:
    """A request to talk."""

    id: str
    """Of whoever asks: the same id again is the same ring. Empty: the box gives it one."""
    reason: str = ""
    """For people and for the bot, one line."""
    bot: str | None = None
    """Name of the bot that an answer calls; None: the chosen one."""
    request_data: Mapping[str, Any] = field(default_factory=dict)
    """For the bot, JSON."""
    until: float | None = None
    """UNIX time in s after which it is missed; None: no such time."""
    sound: RingSound = RingSound.TONE


@dataclass(frozen=True, slots=True)
class EndedRing:
    """A ring that has ended, and how."""

    ring: Ring
    outcome: RingOutcome


@dataclass(frozen=True, slots=True)
class Rings:
    """The rings of a box. Immutable: each event makes the next."""

    pending: tuple[Ring, ...] = ()
    """Those that ring or wait; the first is the one that is answered."""
    missed: tuple[Ring, ...] = ()
    """Since the last press, the oldest first."""
    in_call: bool = False
    ended: EndedRing | None = None
    """The one that ended last."""

    @property
    def state(self) -> RingState:
        """State of the box."""
        if self.in_call:
            return RingState.WAITING if self.pending else RingState.IN_CALL
        if self.pending:
            return RingState.RINGING
        return RingState.MISSED if self.missed else RingState.IDLE

    @property
    def is_on(self) -> bool:
        """Whether a call is on, or it rings."""
        return self.in_call or bool(self.pending)

    @property
    def current(self) -> Ring | None:
        """The ring that rings, or waits before all others."""
        return self.pending[0] if self.pending else None

    def on(self, event: RingEvent, ring: Ring | None = None) -> "tuple[Rings, RingAction | None]":
        """The rings after `event`, and what it did. `ring`: the one that it is about; None: the current one.

        For `RingEvent.RING` the new one, which is none of the pending.
        """
        action = TABLE[self.state, event]
        in_call = {RingEvent.CALL_BEGAN: True, RingEvent.CALL_ENDED: False}.get(event, self.in_call)
        about = ring or self.current
        if action is None or (about is None and action is not RingAction.SEE):
            return replace(self, in_call=in_call), None
        if action is RingAction.SEE or about is None:
            return replace(self, missed=()), action
        others = tuple(other for other in self.pending if other.id != about.id)
        match action:
            case RingAction.ACCEPT:
                return replace(self, pending=(*others, about)), action
            case RingAction.ANSWER:
                # At once: another ring that waits doesn't ring until the call has begun.
                return Rings(others, (), True, EndedRing(about, RingOutcome.ANSWERED)), action
            case RingAction.DECLINE:
                return replace(self, pending=others, ended=EndedRing(about, RingOutcome.DECLINED)), action
            case RingAction.MISS:  # pragma: no branch - there is no other action
                missed = (*self.missed, about)[-MAX_MISSED:]
                return replace(self, pending=others, missed=missed, ended=EndedRing(about, RingOutcome.MISSED)), action


def timeout(rings: Rings, now: float, rang_s: float, ring_s: float) -> "tuple[Ring | None, float | None]":
    """The ring whose time is up, if there is one; else in how many s that of the next one will be, None: never.

    `now`: UNIX time. `rang_s`: for how long the current ring has rung; a ring that waits rings for `ring_s` too, later.
    """
    left = {ring.id: ring.until - now for ring in rings.pending if ring.until is not None}
    if rings.state is RingState.RINGING and rings.current:
        rings_on_s = ring_s - rang_s
        left[rings.current.id] = min(left.get(rings.current.id, rings_on_s), rings_on_s)
    for ring in rings.pending:
        if left.get(ring.id, 1.0) <= RESOLUTION_S:
            return ring, None
    return None, min(left.values(), default=None)


def call_data(ring: Ring) -> dict[str, Any]:
    """Fields for the bot of the ring that was answered: `ring` in its request data."""
    return {"id": ring.id, "reason": ring.reason, "request_data": dict(ring.request_data)}


def markdown() -> str:
    """The table, a row for each state, as in docs/rings.md."""
    head = "| | " + " | ".join(event.value for event in RingEvent) + " |\n"
    return head + "|---" * (len(RingEvent) + 1) + "|\n" + "".join(f"{row}\n" for row in _rows())


def _rows() -> Iterator[str]:
    for state in RingState:
        actions = [TABLE[state, event] for event in RingEvent]
        yield f"| **{state.value}** | {' | '.join(action.value if action else '–' for action in actions)} |"
