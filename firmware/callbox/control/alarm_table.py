"""States, events and actions of alarms, timers and reminders, and the table of them. Pure."""

from collections.abc import Iterator
from enum import Enum, StrEnum


class AlarmKind(StrEnum):
    """Kinds of alarms."""

    ALARM = "alarm"
    TIMER = "timer"
    REMINDER = "reminder"
    RING = "ring"
    """A bot asked to ring later: at its time it becomes a ring (`callbox.control.rings`)."""


class AlarmState(StrEnum):
    """States of an alarm, timer or reminder."""

    SCHEDULED = "scheduled"
    RINGING = "ringing"
    WAITING = "waiting"
    """Its time came in a call, or a call began while it rang."""
    SNOOZED = "snoozed"
    MISSED = "missed"
    """It is over; no button was pressed since."""


class AlarmEvent(Enum):
    """Events of alarms."""

    DUE = "its time"
    DUE_IN_CALL = "its time, in a call"
    LATE = "its time was over an hour ago"
    PRESS = "press"
    """A button was pressed and released, or the same ordered from outside."""
    HOLD = "hold"
    """A button was held, or the handset lifted."""
    TIMEOUT = "timeout"
    """It has rung for `AlarmRules.ring_s`."""
    CALL_BEGAN = "call began"
    CALL_ENDED = "call ended"
    CANCEL = "cancelled"


class AlarmAction(StrEnum):
    """Actions on alarms."""

    RING = "rings"
    WAIT = "waits for the end of the call"
    """A soft tone tells it."""
    SNOOZE = "snoozed"
    """A timer, or with `AlarmRules.snooze_s` at 0: stopped."""
    STOP = "stopped"
    MISS = "missed"
    SEE = "seen"
    """The press does what it does beside."""
    CANCEL = "cancelled"


_S, _E, _A = AlarmState, AlarmEvent, AlarmAction
_AWAITED = {_E.DUE: _A.RING, _E.DUE_IN_CALL: _A.WAIT, _E.LATE: _A.MISS, _E.CANCEL: _A.CANCEL}

TABLE: dict[tuple[AlarmState, AlarmEvent], AlarmAction | None] = {
    **{(state, event): None for state in AlarmState for event in AlarmEvent},
    **{(_S.SCHEDULED, event): action for event, action in _AWAITED.items()},
    **{(_S.SNOOZED, event): action for event, action in _AWAITED.items()},
    (_S.RINGING, _E.PRESS): _A.SNOOZE,
    (_S.RINGING, _E.HOLD): _A.STOP,
    (_S.RINGING, _E.TIMEOUT): _A.MISS,
    (_S.RINGING, _E.CALL_BEGAN): _A.WAIT,
    (_S.RINGING, _E.CANCEL): _A.CANCEL,
    # In a call a press does what it always does: mostly it hangs up, and then what waits rings.
    (_S.WAITING, _E.CALL_ENDED): _A.RING,
    (_S.WAITING, _E.CANCEL): _A.CANCEL,
    (_S.MISSED, _E.PRESS): _A.SEE,
    (_S.MISSED, _E.HOLD): _A.SEE,
}
"""What each event does in each state; None: nothing."""


def markdown() -> str:
    """The table, a row for each state, as in docs/alarms.md."""
    head = "| | " + " | ".join(event.value for event in AlarmEvent) + " |\n"
    return head + "|---" * (len(AlarmEvent) + 1) + "|\n" + "".join(f"{row}\n" for row in _rows())


def _rows() -> Iterator[str]:
    for state in AlarmState:
        actions = [TABLE[state, event] for event in AlarmEvent]
        yield f"| **{state.value}** | {' | '.join(action.value if action else '–' for action in actions)} |"
