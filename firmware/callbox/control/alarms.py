"""Alarms, timers and reminders: what becomes of them, as a table. Pure: clocks, time zone and limits come in.

None of them makes a call or opens the microphone.
"""

import heapq
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import Enum, StrEnum

from callbox.control.clock_history import BootTime, ClockHistory, Moment, UnixTime
from callbox.control.rings import RESOLUTION_S

MAX_ALARMS = 1000
"""Alarms, timers and reminders of a box."""
MAX_LATE_S = 3600.0
"""What is later, because the box was off or the clock was stepped, doesn't ring any more: it is missed."""
MAX_MISSED = 20
"""Missed ones that are kept; the oldest is dropped."""
MAX_LISTED = 20
"""Pending ones in an overview, the next ones; also changes."""


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


@dataclass(frozen=True, slots=True)
class LocalTime:
    """A time of day: once, or on weekdays."""

    at: time
    day: date | None = None
    """None: the next day on which it is that time."""
    weekdays: frozenset[int] = frozenset()
    """0: Monday; empty: once."""
    zone: tzinfo | None = None
    """None: that of the box."""

    def next_after(self, unix_s: float, box_zone: tzinfo) -> float | None:
        """UNIX time of the first occurrence after `unix_s`; None: its date has passed.

        RFC 5545, 3.3.5: a time that a change of the offset leaves out is counted with the offset before the change; of
        one that comes twice, the first counts.
        """
        zone = self.zone or box_zone
        # From the day before: in a gap the time is later than it says.
        day = self.day or datetime.fromtimestamp(unix_s, zone).date() - timedelta(days=1)
        for days in range(1 if self.day else 10):
            moment = datetime.combine(day + timedelta(days=days), self.at, zone)
            if (not self.weekdays or moment.weekday() in self.weekdays) and moment.timestamp() > unix_s:
                return moment.timestamp()
        return None


@dataclass(frozen=True, slots=True)
class AlarmRules:
    """Rules that hold for all alarms."""

    zone: tzinfo = UTC
    """Time zone of the box."""
    ring_s: float = 600.0
    """For how long one rings until it is missed."""
    snooze_s: float = 540.0
    """How long after a press it rings again; 0: a press stops."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """An alarm, timer or reminder."""

    id: str
    kind: AlarmKind
    due: Moment
    """When it rings, or rings again."""
    text: str = ""
    """For people, one line."""
    local: LocalTime | None = None
    """Local time that it was set to; None: it was set to `seconds`."""
    seconds: float = 0.0
    after_s: float = 0.0
    """UNIX time after which the next occurrence of `local` lies: when it was set, later that of the last one."""
    state: AlarmState = AlarmState.SCHEDULED
    rings_since_s: float = 0.0
    """In `RINGING`: boot time."""
    bot: str = ""
    """Of `AlarmKind.RING`: name of the bot that an answer calls; empty: the chosen one."""

    def is_same(self, other: "Alarm") -> bool:
        """Whether `other` was set to the same."""
        return replace(other, due=self.due, after_s=self.after_s) == replace(
            self, state=AlarmState.SCHEDULED, rings_since_s=0.0
        )

    def in_zone(self, zone: tzinfo) -> "Alarm":
        """The same, of a box in `zone`."""
        if self.local is None or self.state is not AlarmState.SCHEDULED:
            return self
        due_s = self.local.next_after(self.after_s, zone)
        return self if due_s is None else replace(self, due=UnixTime(due_s))


@dataclass(frozen=True, slots=True)
class AlarmChange:
    """Change of an alarm."""

    action: AlarmAction
    alarm: Alarm
    """As it was before."""


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


@dataclass(frozen=True, slots=True)
class Alarms:
    """The alarms of a box. Immutable: each event makes the next."""

    pending: Mapping[str, Alarm] = field(default_factory=dict)
    """By their ids."""
    missed: tuple[Alarm, ...] = ()
    """Since the last press, the oldest first; each in state `MISSED`."""
    in_call: bool = False
    changes: tuple[AlarmChange, ...] = ()
    """What the last event did."""

    @property
    def is_ringing(self) -> bool:
        """Whether one rings by itself, which one of `AlarmKind.RING` never does."""
        ringing = (alarm for alarm in self.pending.values() if alarm.state is AlarmState.RINGING)
        return any(alarm.kind is not AlarmKind.RING for alarm in ringing)

    def added(self, alarm: Alarm) -> "Alarms":
        """With `alarm`, in place of one with its id."""
        return replace(self, pending={**self.pending, alarm.id: alarm}, changes=())

    def in_zone(self, zone: tzinfo) -> "Alarms":
        """The alarms of a box that is in `zone` now."""
        return replace(self, pending={id_: alarm.in_zone(zone) for id_, alarm in self.pending.items()}, changes=())

    def in_this_boot(self, clock: ClockHistory) -> "Alarms":
        """The same, those of earlier boots counted from this one: no later step of the clock moves them.

        Unchanged while the clock isn't set, for how much time has passed isn't known then.
        """
        moved = {
            id_: replace(alarm, due=clock.after(clock.left_s(alarm.due)))
            for id_, alarm in self.pending.items()
            if clock.is_set and isinstance(alarm.due, BootTime) and alarm.due.boot_id != clock.now.boot_id
        }
        return replace(self, pending={**self.pending, **moved}, changes=()) if moved else self

    def on(self, event: AlarmEvent, clock: ClockHistory, rules: AlarmRules, id_: str | None = None) -> "Alarms":
        """After `event`, of the alarm `id_`; None: of all."""
        in_call = {_E.CALL_BEGAN: True, _E.CALL_ENDED: False}.get(event, self.in_call)
        about = [alarm for alarm in self._all() if id_ in (None, alarm.id)]
        return self._after(((alarm, event) for alarm in about), clock, rules, in_call)

    def at(self, clock: ClockHistory, rules: AlarmRules) -> "Alarms":
        """After what is due at `clock`."""
        events = ((alarm, self._time_event(alarm, clock, rules)) for alarm in self._all())
        return self._after(((alarm, event) for alarm, event in events if event), clock, rules, self.in_call)

    def wait_s(self, clock: ClockHistory, rules: AlarmRules) -> float | None:
        """Seconds until `at` will change something, if no clock is stepped; None: never."""
        waits = [clock.left_s(alarm.due) for alarm in self.pending.values() if alarm.state in _TIMED]
        waits += [
            rules.ring_s - (clock.now.boot_s - alarm.rings_since_s)
            for alarm in self.pending.values()
            if alarm.state is AlarmState.RINGING
        ]
        return max(0.0, min(waits)) if waits else None

    def overview(self, clock: ClockHistory) -> AlarmOverview:
        """Overview of them all."""
        pending = self.entries(clock, MAX_LISTED)
        return AlarmOverview(
            tuple(entry for entry in pending if entry.state is AlarmState.RINGING),
            tuple(pending),
            len(self.pending),
            tuple(_entry(alarm, clock) for alarm in self.missed),
            clock.is_set,
            tuple((change.action, _entry(change.alarm, clock)) for change in self.changes[:MAX_LISTED]),
        )

    def entries(self, clock: ClockHistory, count: int = MAX_ALARMS) -> list[AlarmEntry]:
        """At most `count` of those that are pending: what rings, then the next ones."""

        def order(alarm: Alarm) -> tuple[bool, float, str]:
            return alarm.state is not AlarmState.RINGING, clock.left_s(alarm.due), alarm.id

        return [_entry(alarm, clock) for alarm in heapq.nsmallest(count, self.pending.values(), key=order)]

    def _all(self) -> list[Alarm]:
        return [*self.pending.values(), *self.missed]

    def _time_event(self, alarm: Alarm, clock: ClockHistory, rules: AlarmRules) -> AlarmEvent | None:
        if alarm.state in _TIMED:
            left_s = clock.left_s(alarm.due)
            if left_s > RESOLUTION_S:
                return None
            if left_s < -MAX_LATE_S:
                return AlarmEvent.LATE
            return AlarmEvent.DUE_IN_CALL if self.in_call else AlarmEvent.DUE
        is_over = clock.now.boot_s - alarm.rings_since_s >= rules.ring_s - RESOLUTION_S
        return AlarmEvent.TIMEOUT if alarm.state is AlarmState.RINGING and is_over else None

    def _after(
        self, events: Iterable[tuple[Alarm, AlarmEvent]], clock: ClockHistory, rules: AlarmRules, in_call: bool
    ) -> "Alarms":
        actions = ((alarm, TABLE[alarm.state, event]) for alarm, event in events)
        changes = tuple(
            AlarmChange(_without_snooze(alarm, action, rules), alarm) for alarm, action in actions if action
        )
        if not changes:
            return replace(self, in_call=in_call, changes=())
        pending, missed = dict(self.pending), list(self.missed)
        for change in changes:
            alarm, action = change.alarm, change.action
            if action is AlarmAction.SEE:
                missed.remove(alarm)
                continue
            if action is AlarmAction.MISS:
                missed.append(replace(alarm, state=AlarmState.MISSED))
            following = _following(alarm, action, clock, rules)
            if following:
                pending[alarm.id] = following
            else:
                del pending[alarm.id]
        return Alarms(pending, tuple(missed[-MAX_MISSED:]), in_call, changes)


_TIMED = (AlarmState.SCHEDULED, AlarmState.SNOOZED)


def in_seconds(alarm_id: str, kind: AlarmKind, seconds: float, clock: ClockHistory, text: str = "") -> Alarm:
    """Alarm in so many seconds, whatever the wall clock says meanwhile."""
    return Alarm(alarm_id, kind, clock.after(seconds), text, None, seconds)


def at_local_time(
    alarm_id: str, kind: AlarmKind, local: LocalTime, clock: ClockHistory, zone: tzinfo, text: str = ""
) -> Alarm | None:
    """Alarm at `local`; None: that has passed."""
    now_s = clock.unix_s
    due_s = local.next_after(now_s, zone)
    return None if due_s is None else Alarm(alarm_id, kind, UnixTime(due_s), text, local, after_s=now_s)


def _without_snooze(alarm: Alarm, action: AlarmAction, rules: AlarmRules) -> AlarmAction:
    is_stop = action is AlarmAction.SNOOZE and (alarm.kind is AlarmKind.TIMER or not rules.snooze_s)
    return AlarmAction.STOP if is_stop else action


def _following(alarm: Alarm, action: AlarmAction, clock: ClockHistory, rules: AlarmRules) -> Alarm | None:
    """What becomes of `alarm` by `action`; None: it is over."""
    occurrence_s = alarm.due.s if isinstance(alarm.due, UnixTime) else alarm.after_s
    match action:
        case AlarmAction.RING:
            return replace(alarm, state=AlarmState.RINGING, rings_since_s=clock.now.boot_s)
        case AlarmAction.WAIT:
            return replace(alarm, state=AlarmState.WAITING)
        case AlarmAction.SNOOZE:
            again = clock.after(rules.snooze_s)
            return replace(alarm, state=AlarmState.SNOOZED, due=again, after_s=occurrence_s)
    if action is AlarmAction.CANCEL or alarm.local is None:
        return None
    # After an outage of weeks one of them is missed, and not each.
    after_s = max(occurrence_s, clock.unix_s - MAX_LATE_S)
    due_s = alarm.local.next_after(after_s, rules.zone) if alarm.local.weekdays else None
    return replace(alarm, state=AlarmState.SCHEDULED, due=UnixTime(due_s), after_s=after_s) if due_s else None


def _entry(alarm: Alarm, clock: ClockHistory) -> AlarmEntry:
    left_s = clock.left_s(alarm.due)
    is_known = clock.is_set or isinstance(alarm.due, UnixTime)
    weekdays = tuple(sorted(alarm.local.weekdays)) if alarm.local else ()
    due_s = clock.unix_s + left_s if is_known else None
    return AlarmEntry(alarm.id, alarm.kind, alarm.text, alarm.state, due_s, left_s, weekdays, alarm.seconds)


def markdown() -> str:
    """The table, a row for each state, as in docs/alarms.md."""
    head = "| | " + " | ".join(event.value for event in AlarmEvent) + " |\n"
    return head + "|---" * (len(AlarmEvent) + 1) + "|\n" + "".join(f"{row}\n" for row in _rows())


def _rows() -> Iterator[str]:
    for state in AlarmState:
        actions = [TABLE[state, event] for event in AlarmEvent]
        yield f"| **{state.value}** | {' | '.join(action.value if action else '–' for action in actions)} |"
