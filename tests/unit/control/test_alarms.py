"""What becomes of alarms, timers and reminders."""

from datetime import UTC, date, datetime, time
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbox.control.alarm_overview import MAX_LISTED, overview
from callbox.control.alarm_table import TABLE, AlarmAction, AlarmEvent, AlarmKind, AlarmState, markdown
from callbox.control.alarms import MAX_LATE_S, MAX_MISSED, AlarmRules, Alarms, at_local_time, in_seconds
from callbox.control.clock_history import BootTime, ClockHistory, ClockReading, UnixTime
from callbox.control.local_time import LocalTime

E, A, S, K = AlarmEvent, AlarmAction, AlarmState, AlarmKind
BERLIN = ZoneInfo("Europe/Berlin")
RULES = AlarmRules(BERLIN, ring_s=600.0, snooze_s=540.0)
WORKDAYS = frozenset(range(5))


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


NOW_S = utc("2026-11-29T10:00")
"""A Sunday, 11:00 in Berlin."""


def clock(seconds=0.0, step_s=0.0, *, is_set=True):
    """`seconds` later, when the clock was stepped by `step_s`."""
    return ClockHistory(ClockReading(NOW_S + seconds + step_s, 100.0 + seconds, "boot", is_set))


def alarm(local, kind=K.ALARM):
    made = at_local_time("wake", kind, local, clock(), BERLIN)
    assert made
    return made


def alarms(*all_):
    made = Alarms()
    for one in all_:
        made = made.added(one)
    return made


def state(made, id_="wake"):
    return made.pending[id_].state


def after(made, *events, at=0.0):
    for event in events:
        made = made.on(event, clock(at), RULES)
    return made


TEA = in_seconds("tea", K.TIMER, 60, clock(), "Tea")
WAKE = alarm(LocalTime(time(12)))
"""In an hour."""


def test_every_pair_is_decided():
    assert set(TABLE) == set(product(AlarmState, AlarmEvent))
    assert all(f"| **{state.value}** |" in markdown() for state in AlarmState)


def test_a_timer_rings_at_its_time_and_a_press_stops_it():
    made = alarms(TEA)
    assert made.at(clock(59.9), RULES).pending == made.pending
    assert made.wait_s(clock(59.0), RULES) == pytest.approx(1)
    ringing = made.at(clock(60), RULES)
    assert ringing.is_ringing
    assert [(change.action, change.alarm.id) for change in ringing.changes] == [(A.RING, "tea")]
    assert ringing.wait_s(clock(61), RULES) == 599
    stopped = after(ringing, E.PRESS, at=61)
    assert ([change.action for change in stopped.changes], stopped.pending) == ([A.STOP], {})
    assert stopped.wait_s(clock(61), RULES) is None


def test_a_press_snoozes_an_alarm_and_a_hold_stops_it():
    ringing = alarms(WAKE).at(clock(3600), RULES)
    snoozed = after(ringing, E.PRESS, at=3610)
    assert (state(snoozed), snoozed.wait_s(clock(3610), RULES)) == (S.SNOOZED, 540)
    again = snoozed.at(clock(3610 + 540, step_s=-9000), RULES)  # by elapsed time
    assert state(again) is S.RINGING
    assert after(again, E.HOLD, at=4200).pending == {}
    without = AlarmRules(BERLIN, snooze_s=0)
    assert ringing.on(E.PRESS, clock(3610), without).pending == {}


def test_one_press_is_for_all_that_ring_and_leaves_the_others_alone():
    ringing = alarms(TEA, WAKE, in_seconds("eggs", K.TIMER, 30, clock())).at(clock(60), RULES)
    assert sorted(one.id for one in ringing.pending.values() if one.state is S.RINGING) == ["eggs", "tea"]
    assert list(after(ringing, E.PRESS, at=61).pending) == ["wake"]


def test_what_rings_on_is_missed_until_a_press():
    missed = alarms(TEA).at(clock(60), RULES).at(clock(660), RULES)
    assert (missed.pending, [one.state for one in missed.missed]) == ({}, [S.MISSED])
    seen = after(missed, E.PRESS, at=700)
    assert (seen.missed, [change.action for change in seen.changes]) == ((), [A.SEE])


def test_in_a_call_it_waits_for_its_end():
    in_call = after(alarms(TEA), E.CALL_BEGAN)
    waiting = in_call.at(clock(60), RULES)
    assert [change.action for change in waiting.changes] == [A.WAIT]
    assert after(waiting, E.PRESS, E.HOLD, at=7000).pending == waiting.pending
    assert waiting.at(clock(7000), RULES).pending == waiting.pending
    assert after(waiting, E.CALL_ENDED, at=7000).is_ringing
    assert state(after(alarms(TEA).at(clock(60), RULES), E.CALL_BEGAN), "tea") is S.WAITING


def test_what_is_too_late_does_not_ring():
    late = alarms(WAKE).at(clock(0, step_s=3600 + MAX_LATE_S + 1), RULES)
    assert (late.pending, [one.id for one in late.missed]) == ({}, ["wake"])
    assert alarms(WAKE).at(clock(0, step_s=3600 + MAX_LATE_S), RULES).is_ringing


def test_a_repeated_alarm_comes_again_and_once_after_weeks():
    daily = alarm(LocalTime(time(7), weekdays=WORKDAYS))
    assert daily.due == UnixTime(utc("2026-11-30T06:00"))
    ringing = alarms(daily).at(clock(20 * 3600), RULES)
    snoozed = after(ringing, E.PRESS, at=20 * 3600)
    assert isinstance(snoozed.pending["wake"].due, BootTime)
    stopped = after(snoozed.at(clock(20.2 * 3600), RULES), E.HOLD, at=20.2 * 3600)
    assert stopped.pending["wake"].due == UnixTime(utc("2026-12-01T06:00"))
    three_weeks = alarms(daily).at(clock(21 * 86400), RULES)
    assert (len(three_weeks.missed), three_weeks.pending["wake"].due) == (1, UnixTime(utc("2026-12-21T06:00")))


def test_a_clock_that_is_put_back_rings_none_twice():
    made = alarms(alarm(LocalTime(time(12), weekdays=frozenset(range(7))))).at(clock(3600), RULES)
    stopped = after(made, E.HOLD, at=3600)
    assert stopped.at(clock(3700, step_s=-3700), RULES).pending == stopped.pending
    assert stopped.pending["wake"].due == UnixTime(NOW_S + 25 * 3600)


def test_cancelled_in_every_state():
    ringing = alarms(WAKE).at(clock(3600), RULES)
    for made in (alarms(WAKE), ringing, after(ringing, E.PRESS), after(ringing, E.CALL_BEGAN)):
        assert made.on(E.CANCEL, clock(), RULES, "wake").pending == {}
    assert alarms(WAKE).on(E.CANCEL, clock(), RULES, "tea").pending == alarms(WAKE).pending


def test_missed_ones_are_bounded():
    made = alarms(*(in_seconds(str(number), K.TIMER, number, clock()) for number in range(1, MAX_MISSED + 5)))
    missed = made.at(clock(60), RULES).at(clock(660), RULES).missed
    assert (len(missed), missed[-1].id) == (MAX_MISSED, str(MAX_MISSED + 4))


@pytest.mark.parametrize(
    ("local", "now", "due"),
    [
        (LocalTime(time(7)), "2026-11-29T05:59:59", "2026-11-29T06:00"),
        (LocalTime(time(7)), "2026-11-29T06:00", "2026-11-30T06:00"),
        (LocalTime(time(7), date(2026, 12, 24)), "2026-11-29T06:00", "2026-12-24T06:00"),
        (LocalTime(time(7), zone=ZoneInfo("America/New_York")), "2026-11-29T06:00", "2026-11-29T12:00"),
        (LocalTime(time(7), weekdays=frozenset({2})), "2026-11-29T06:00", "2026-12-02T06:00"),
        # Summer time begins: 02:30 is left out, and is 03:30 (RFC 5545, 3.3.5).
        (LocalTime(time(2, 30)), "2026-03-28T23:30", "2026-03-29T01:30"),
        # It ends: 02:30 comes twice, and the first counts.
        (LocalTime(time(2, 30)), "2026-10-24T23:30", "2026-10-25T00:30"),
        (LocalTime(time(2, 30)), "2026-10-25T00:30", "2026-10-26T01:30"),
        # A Friday that Samoa left out (2011): 07:00 of it would have been 07:00 of Saturday.
        (LocalTime(time(7), zone=ZoneInfo("Pacific/Apia")), "2011-12-30T17:00", "2011-12-31T17:00"),
    ],
)
def test_the_next_time(local, now, due):
    assert local.next_after(utc(now), BERLIN) == utc(due)


def test_a_date_that_has_passed():
    past = LocalTime(time(7), date(2026, 11, 29))
    assert at_local_time("late", K.ALARM, past, clock(), BERLIN) is None
    made = alarms(alarm(LocalTime(time(12), date(2026, 11, 29))))
    # Its zone was changed, and there it is over: it rings as it was.
    assert made.in_zone(ZoneInfo("Asia/Tokyo")).pending == made.pending


def test_a_timer_of_an_earlier_boot_counts_from_this_one_when_the_clock_is_set():
    earlier = (ClockReading(NOW_S, 50.0, "earlier", True),)
    made = alarms(in_seconds("tea", K.TIMER, 60, ClockHistory(earlier[0])))
    unset = ClockHistory(ClockReading(NOW_S + 20, 5.0, "boot", False), earlier)
    assert made.in_this_boot(unset) is made
    now = ClockHistory(ClockReading(NOW_S + 20, 5.0, "boot", True), earlier)
    assert made.in_this_boot(now).pending["tea"].due == BootTime("boot", 45.0)


def test_another_time_zone_of_the_box():
    made = alarms(WAKE, TEA).in_zone(ZoneInfo("Europe/London"))
    assert made.pending["wake"].due == UnixTime(NOW_S + 7200)
    assert made.pending["tea"] is TEA


@given(st.integers(0, 2 * 365 * 86400), st.times().filter(lambda at: at.tzinfo is None), st.sets(st.integers(0, 6)))
def test_the_next_time_is_after_now_and_within_days(seconds, at, days):
    local = LocalTime(at, weekdays=frozenset(days))
    due_s = local.next_after(NOW_S + seconds, BERLIN)
    assert due_s
    assert 0 < due_s - NOW_S - seconds <= (8 if days else 1) * 86400 + 3600
    local_due = datetime.fromtimestamp(due_s, BERLIN)
    assert not days or local_due.weekday() in days
    assert local_due.time() == at or local_due.utcoffset() != datetime.fromtimestamp(due_s - 7200, BERLIN).utcoffset()


def test_the_overview():
    made = alarms(WAKE, TEA, *(in_seconds(str(number), K.TIMER, 5000, clock()) for number in range(MAX_LISTED)))
    listed = overview(made.at(clock(60), RULES), clock(60))
    assert [entry.id for entry in listed.ringing] == ["tea"]
    assert [entry.id for entry in listed.pending[:2]] == ["tea", "wake"]
    assert (listed.total, len(listed.pending)) == (MAX_LISTED + 2, MAX_LISTED)
    assert [(action, entry.id) for action, entry in listed.changes] == [(A.RING, "tea")]
    assert listed.pending[1].due_unix_s == NOW_S + 3600
    daily = overview(alarms(alarm(LocalTime(time(7), weekdays=WORKDAYS))), clock())
    assert daily.pending[0].weekdays == (0, 1, 2, 3, 4)


def test_when_a_timer_rings_is_unknown_while_the_clock_is_not_set():
    listed = overview(alarms(WAKE, TEA), clock(is_set=False))
    assert [(entry.due_unix_s is None, entry.left_s) for entry in listed.pending] == [(True, 60.0), (False, 3600.0)]
    assert not listed.clock_is_set


def test_set_to_the_same():
    assert TEA.is_same(in_seconds("tea", K.TIMER, 60, clock(5), "Tea"))
    assert not TEA.is_same(in_seconds("tea", K.TIMER, 61, clock(), "Tea"))
    ringing = alarms(TEA).at(clock(60), RULES).pending["tea"]
    assert ringing.is_same(TEA)


def test_the_state_of_the_box_is_that_of_the_alarm_which_matters_most():
    ringing = alarms(TEA).at(clock(60), RULES)
    states = (alarms(TEA), ringing, after(ringing, E.CALL_BEGAN), ringing.at(clock(660), RULES), Alarms())
    assert [overview(made, clock()).state for made in states] == [None, S.RINGING, S.WAITING, S.MISSED, None]
