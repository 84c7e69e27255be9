"""Quiet hours by the time of day."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbox.control.quiet_hours import QuietHours, seconds_to_next_minute

NIGHT = QuietHours(time(22), time(7))
NAP = QuietHours(time(13), time(14, 30))
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("hours", "local", "expected"),
    [
        (NIGHT, time(21, 59, 59), False),
        (NIGHT, time(22), True),
        (NIGHT, time(0), True),
        (NIGHT, time(6, 59, 59), True),
        (NIGHT, time(7), False),
        (NAP, time(12, 59), False),
        (NAP, time(13), True),
        (NAP, time(14, 29, 59), True),
        (NAP, time(14, 30), False),
        (NAP, time(0), False),
    ],
)
def test_the_first_minute_belongs_to_them_and_the_last_does_not(hours, local, expected):
    assert hours.contains(local) is expected


def changes(hours, first, days):
    """Moments, in UTC, at which quiet hours begin or end, looked at minute by minute in Berlin."""
    found, before = [], None
    for minute in range(days * 24 * 60):
        moment = first + timedelta(minutes=minute)
        now = hours.contains(moment.astimezone(BERLIN).time())
        if before is not None and now != before:
            found.append((moment, now))
        before = now
    return found


def test_a_night_in_which_clocks_are_put_forward_is_an_hour_shorter():
    [(began, _), (ended, _)] = changes(NIGHT, datetime(2026, 3, 28, 12, tzinfo=UTC), 1)
    assert ended - began == timedelta(hours=8)
    assert ended.astimezone(BERLIN).time() == time(7)


def test_a_night_in_which_clocks_are_put_back_is_an_hour_longer():
    [(began, _), (ended, _)] = changes(NIGHT, datetime(2026, 10, 24, 12, tzinfo=UTC), 1)
    assert ended - began == timedelta(hours=10)
    assert ended.astimezone(BERLIN).time() == time(7)


def test_hours_that_are_skipped_when_clocks_are_put_forward_are_not_quiet():
    skipped = QuietHours(time(2, 10), time(2, 50))
    assert changes(skipped, datetime(2026, 3, 28, 22, tzinfo=UTC), 1) == []


@given(st.datetimes())
def test_the_next_minute_is_at_most_a_minute_away(local):
    seconds = seconds_to_next_minute(local)
    assert 0 < seconds <= 60
    if local.year < 9999:
        assert (local + timedelta(seconds=seconds)).second == 0
