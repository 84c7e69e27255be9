"""Requests of alarms as JSON."""

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbox.control.alarm_overview import AlarmEntry
from callbox.control.alarm_requests import (
    MAX_ID_CHARS,
    MAX_SECONDS,
    MAX_TEXT_CHARS,
    AlarmRequest,
    entry_fields,
    parse_id,
    parse_request,
    parse_typed,
)
from callbox.control.alarm_table import AlarmKind, AlarmState

K = AlarmKind


@pytest.mark.parametrize(
    ("kind", "fields", "request_"),
    [
        (K.TIMER, {"seconds": 300}, AlarmRequest(K.TIMER, seconds=300)),
        (K.TIMER, {"seconds": 1.5, "text": "Tea\n!", "id": "t"}, AlarmRequest(K.TIMER, "t", "Tea !", 1.5)),
        (K.REMINDER, {"seconds": 60, "text": "Pills", "time": None}, AlarmRequest(K.REMINDER, "", "Pills", 60)),
        (K.ALARM, {"time": "07:00"}, AlarmRequest(K.ALARM, at=time(7))),
        (K.RING, {"seconds": 60, "bot": "kitchen"}, AlarmRequest(K.RING, seconds=60, bot="kitchen")),
        (
            K.ALARM,
            {"time": "07:00", "weekdays": ["mon", "sun"], "time_zone": "Asia/Tokyo"},
            AlarmRequest(K.ALARM, at=time(7), weekdays=frozenset({0, 6}), time_zone="Asia/Tokyo"),
        ),
        (K.ALARM, {"time": "2026-11-30T07:00"}, AlarmRequest(K.ALARM, at=time(7), day=date(2026, 11, 30))),
        (
            K.ALARM,
            {"time": "2026-11-30T00:30:00+01:00"},
            AlarmRequest(K.ALARM, at=time(23, 30), day=date(2026, 11, 29), time_zone="UTC"),
        ),
    ],
)
def test_requests(kind, fields, request_):
    assert parse_request(kind, fields) == request_


@pytest.mark.parametrize(
    ("kind", "fields", "part"),
    [
        (K.ALARM, [], "JSON object"),
        (K.ALARM, {"hour": 7}, "no field hour"),
        (K.ALARM, {}, "either time"),
        (K.ALARM, {"time": "07:00", "bot": "kitchen"}, "is for rings only"),
        (K.RING, {"seconds": 60, "bot": 1}, "bot must be the name of a bot"),
        (K.ALARM, {"time": "07:00", "seconds": 5}, "either time"),
        (K.TIMER, {"time": "07:00"}, "A timer needs seconds"),
        (K.TIMER, {"seconds": 0}, f"1 to {MAX_SECONDS}"),
        (K.TIMER, {"seconds": MAX_SECONDS + 1}, "seconds must be"),
        (K.TIMER, {"seconds": True}, "seconds must be"),
        (K.TIMER, {"seconds": "5"}, "seconds must be"),
        (K.TIMER, {"seconds": float("nan")}, "seconds must be"),
        (K.TIMER, {"seconds": 5, "weekdays": ["mon"]}, "need a time"),
        (K.TIMER, {"seconds": 5, "id": "a\nb"}, "id must be"),
        (K.TIMER, {"seconds": 5, "id": "a" * (MAX_ID_CHARS + 1)}, "id must be"),
        (K.TIMER, {"seconds": 5, "text": 5}, "text must be"),
        (K.ALARM, {"time": "25:00"}, "time must be"),
        (K.ALARM, {"time": 700}, "time must be"),
        (K.ALARM, {"time": "07:00+01:00"}, "time must be"),
        (K.ALARM, {"time": "2026-11-30"}, "time must be"),
        (K.ALARM, {"time": "1999-11-30T07:00"}, "time must be"),
        (K.ALARM, {"time": "2026-11-30T07:00Z", "time_zone": "UTC"}, "offset of its own"),
        (K.ALARM, {"time": "2026-11-30T07:00", "weekdays": ["mon"]}, "doesn't repeat"),
        (K.ALARM, {"time": "07:00", "weekdays": "mon"}, "weekdays must be"),
        (K.ALARM, {"time": "07:00", "weekdays": ["monday"]}, "weekdays must be"),
        (K.ALARM, {"time": "07:00", "weekdays": [["mon"]]}, "weekdays must be"),
        (K.ALARM, {"time": "07:00", "time_zone": ""}, "time_zone must be"),
    ],
)
def test_what_is_wrong_is_in_the_sentence(kind, fields, part):
    wrong = parse_request(kind, fields)
    assert isinstance(wrong, str)
    assert part in wrong


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(
    st.sampled_from(AlarmKind),
    st.dictionaries(st.sampled_from(["id", "text", "time", "weekdays", "time_zone", "seconds"]), _JSON),
)
def test_whatever_comes_is_a_request_or_a_sentence(kind, fields):
    request = parse_request(kind, fields)
    if isinstance(request, AlarmRequest):
        assert (request.seconds is None) != (request.at is None)
        assert len(request.text) <= MAX_TEXT_CHARS
    else:
        assert request.endswith(".")


def test_what_a_person_has_typed():
    assert parse_typed(" 90 ", "Tea") == AlarmRequest(K.TIMER, "", "Tea", 90)
    assert parse_typed("07:00", "") == AlarmRequest(K.ALARM, at=time(7))
    assert isinstance(parse_typed("soon", ""), str)


def test_ids():
    assert (parse_id("a"), parse_id(""), parse_id(5), parse_id("a" * 65)) == ("a", None, None, None)


def test_an_entry():
    entry = AlarmEntry("wake", K.ALARM, "", AlarmState.SNOOZED, 1e9, 5.0, (0, 4))
    fields = {"state": "snoozed", "due": "2001-09-09T01:46:40Z", "weekdays": ["mon", "fri"], "seconds": None}
    assert entry_fields(entry) == {"id": "wake", "kind": "alarm", "text": "", **fields}
    assert entry_fields(AlarmEntry("tea", K.TIMER, "", AlarmState.SCHEDULED, None))["due"] is None
