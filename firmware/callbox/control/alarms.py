"""The alarms, timers and reminders of a box, and what becomes of them. Pure: clocks, time zone and limits come in.

None of them makes a call or opens the microphone.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, tzinfo

from callbox.control.alarm_table import TABLE, AlarmAction, AlarmEvent, AlarmKind, AlarmState
from callbox.control.clock_history import BootTime, ClockHistory, Moment, UnixTime
from callbox.control.local_time import LocalTime
from callbox.control.rings import RESOLUTION_S

MAX_ALARMS = 1000
"""Alarms, timers and reminders of a box."""
MAX_LATE_S = 3600.0
"""What is later, because the box was off or the clock was stepped, doesn't ring any more: it is missed."""
MAX_MISSED = 20
"""Missed ones that are kept; the oldest is dropped."""


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
        in_call = {AlarmEvent.CALL_BEGAN: True, AlarmEvent.CALL_ENDED: False}.get(event, self.in_call)
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
