"""Elapsed time over restarts and clock steps, and when a clock is trusted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbox.control.clock_history import MAX_BOOTS, BootTime, ClockHistory, ClockReading, UnixTime, clock_is_set


def reading(unix_s, boot_s, boot_id="now", *, is_set=True):
    return ClockReading(unix_s, boot_s, boot_id, is_set)


def test_in_one_boot_no_step_of_the_clock_counts():
    clock = ClockHistory(reading(9_999_999.0, 150.0), (reading(1000.0, 50.0),))
    assert clock.left_s(BootTime("now", 200.0)) == 50
    assert clock.left_s(UnixTime(10_000_000.0)) == 1


@pytest.mark.parametrize(
    ("now", "earlier", "left_s"),
    [
        # Of 400 s 50 had passed when it was seen last, and since then 300 by the clock.
        (reading(1300.0, 20.0), (reading(1000.0, 150.0, "a"),), 50.0),
        # The clock isn't set: for how long it was off is unknown, so the 20 s count that it has run.
        (reading(5.0, 20.0, is_set=False), (reading(1000.0, 150.0, "a"),), 330.0),
        (reading(1300.0, 20.0), (reading(1000.0, 150.0, "a", is_set=False),), 330.0),
        # A boot between them, in which the clock wasn't set, counts with what it has run.
        (reading(5.0, 20.0, is_set=False), (reading(1000.0, 150.0, "a"), reading(7.0, 60.0, "b", is_set=False)), 270.0),
        (reading(1300.0, 20.0), (reading(1000.0, 150.0, "a"), reading(7.0, 60.0, "b", is_set=False)), 50.0),
        # The clock was put back meanwhile: it has run for 20 s at least.
        (reading(900.0, 20.0), (reading(1000.0, 150.0, "a"),), 330.0),
        # Nothing is known of that boot: it rings now rather than never.
        (reading(1300.0, 20.0), (), 0.0),
    ],
)
def test_a_timer_of_an_earlier_boot(now, earlier, left_s):
    assert ClockHistory(now, earlier).left_s(BootTime("a", 500.0)) == left_s


def test_a_clock_that_was_set_in_this_boot_is_relied_upon():
    assert ClockHistory(reading(5.0, 20.0, is_set=False), (reading(1.0, 3.0),)).is_set
    assert not ClockHistory(reading(5.0, 20.0, is_set=False), (reading(1.0, 3.0, "a"),)).is_set


def test_while_the_clock_is_not_set_the_time_is_what_is_known_at_least():
    earlier = (reading(1000.0, 150.0, "a"), reading(3.0, 60.0, "b", is_set=False))
    assert ClockHistory(reading(5.0, 20.0, is_set=False), earlier).unix_s == 1080
    assert ClockHistory(reading(1500.0, 20.0, is_set=False), earlier).unix_s == 1500
    assert ClockHistory(reading(500.0, 20.0), earlier).unix_s == 500


def test_what_is_kept_is_bounded_but_for_the_boots_that_alarms_count_from():
    earlier: tuple[ClockReading, ...] = ()
    for boot in range(MAX_BOOTS + 10):
        earlier = ClockHistory(reading(1.0, 1.0, str(boot)), earlier).kept({"3"})
    assert [kept.boot_id for kept in earlier] == ["3", *(str(boot) for boot in range(10, MAX_BOOTS + 10))]
    again = ClockHistory(reading(1.0, 2.0, "12", is_set=False), earlier).kept()
    assert (len(again), again[-1]) == (MAX_BOOTS, reading(1.0, 2.0, "12"))


@given(
    st.lists(st.tuples(st.floats(1, 1e5), st.floats(0, 1e5), st.booleans()), min_size=1, max_size=6),
    st.floats(0, 1e6),
)
def test_elapsed_time_is_never_more_than_has_passed(boots, seconds):
    """Boots of which each runs for a while and is off for a while; a clock is right where it is set, else anything."""
    true_s = 1e9
    earlier: tuple[ClockReading, ...] = ()
    moment, due_s = BootTime("0", seconds), true_s + seconds
    for number, (run_s, off_s, is_set) in enumerate(boots):
        true_s += run_s
        earlier = ClockHistory(reading(true_s if is_set else 7.0, run_s, str(number), is_set=is_set), earlier).kept()
        clock = ClockHistory(earlier[-1], earlier)
        left_s = clock.left_s(moment)
        assert left_s >= due_s - true_s - 1e-3
        if is_set and boots[0][2]:
            assert left_s == pytest.approx(due_s - true_s, abs=1e-3)
        true_s += off_s


@pytest.mark.parametrize(
    ("year", "synchronised", "has_rtc", "expected"),
    [
        (1970, True, True, False),
        (2024, None, True, False),
        (2026, False, True, True),
        (2026, False, False, False),
        (2026, True, False, True),
        (2026, None, False, True),
    ],
)
def test_a_clock_is_trusted_if_it_is_synchronised_or_runs_while_the_machine_is_off(
    year, synchronised, has_rtc, expected
):
    assert clock_is_set(year, synchronised, has_rtc=has_rtc) is expected
