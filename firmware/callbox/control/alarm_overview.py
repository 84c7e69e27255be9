"""Alarms as they are shown, listed and published. Pure: the clocks come in."""

import heapq
from dataclasses import dataclass

from callbox.control.alarm_table import AlarmAction, AlarmKind, AlarmState
from callbox.control.alarms import MAX_ALARMS, Alarm, Alarms
from callbox.control.clock_history import ClockHistory, UnixTime

MAX_LISTED = 20
"""Pending ones in an overview, the next ones; also changes."""


@dataclass(frozen=True, slots=True)
class AlarmEntry:
    """An alarm as it is listed."""

    id: str
    kind: AlarmKind
    text: str
    state: AlarmState
    due_unix_s: float | None
    """None: unknown, while the clock isn't set."""
    left_s: float = 0.0
    """Seconds until then; below 0: so long ago."""
    weekdays: tuple[int, ...] = ()
    seconds: float = 0.0
    """Of a timer: what it was set to."""


@dataclass(frozen=True, slots=True)
class AlarmOverview:
    """Alarms as they are shown and published."""

    ringing: tuple[AlarmEntry, ...] = ()
    pending: tuple[AlarmEntry, ...] = ()
    """All but the missed ones, the next first; at most `MAX_LISTED`."""
    total: int = 0
    """Of the pending ones."""
    missed: tuple[AlarmEntry, ...] = ()
    clock_is_set: bool = True
    changes: tuple[tuple[AlarmAction, AlarmEntry], ...] = ()
    """What the last event did, at most `MAX_LISTED`."""

    @property
    def state(self) -> AlarmState | None:
        """State of the box: that of the alarm which matters most; None: all alarms are awaited, or there is none."""
        if self.ringing:
            return AlarmState.RINGING
        if any(entry.state is AlarmState.WAITING for entry in self.pending):
            return AlarmState.WAITING
        return AlarmState.MISSED if self.missed else None


def overview(alarms: Alarms, clock: ClockHistory) -> AlarmOverview:
    """Overview of them all."""
    pending = entries(alarms, clock, MAX_LISTED)
    return AlarmOverview(
        tuple(entry for entry in pending if entry.state is AlarmState.RINGING),
        tuple(pending),
        len(alarms.pending),
        tuple(_entry(alarm, clock) for alarm in alarms.missed),
        clock.is_set,
        tuple((change.action, _entry(change.alarm, clock)) for change in alarms.changes[:MAX_LISTED]),
    )


def entries(alarms: Alarms, clock: ClockHistory, count: int = MAX_ALARMS) -> list[AlarmEntry]:
    """At most `count` of those that are pending: what rings, then the next ones."""

    def order(alarm: Alarm) -> tuple[bool, float, str]:
        return alarm.state is not AlarmState.RINGING, clock.left_s(alarm.due), alarm.id

    return [_entry(alarm, clock) for alarm in heapq.nsmallest(count, alarms.pending.values(), key=order)]


def _entry(alarm: Alarm, clock: ClockHistory) -> AlarmEntry:
    left_s = clock.left_s(alarm.due)
    is_known = clock.is_set or isinstance(alarm.due, UnixTime)
    weekdays = tuple(sorted(alarm.local.weekdays)) if alarm.local else ()
    due_s = clock.unix_s + left_s if is_known else None
    return AlarmEntry(alarm.id, alarm.kind, alarm.text, alarm.state, due_s, left_s, weekdays, alarm.seconds)
