"""What the gate keeps, and what it reads of a user with fewer rights."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, strategies

from callbox.control.rollout import Rollout, RolloutState
from callbox.upgrade.records import HealthReport, Record

REPORT = HealthReport("0.1.0+20261130011500.1.gabc0123456.dirty", 600, 3600, "no_speaker", True, False)
RECORD = Record(Rollout(RolloutState.TRIAL, "0.2.0", "0.1.0", "0.2.0", 3, ("no_speaker",)), 5, 60, ("0.1.1", "0.1.2"))


def test_what_is_written_is_what_is_read():
    assert HealthReport.parse(bytes(REPORT)) == REPORT
    assert HealthReport.parse(bytes(HealthReport("1", 5, 10))) == HealthReport("1", 5, 10)
    for record in (RECORD, Record(), Record(Rollout(RolloutState.ROLLED_BACK, "1", highest="2", reason="no – broker"))):
        assert Record.parse(bytes(record)) == record


@pytest.mark.parametrize(
    "change",
    [
        {"version": "1\n2"},
        {"version": "a" * 201},
        {"version": None},
        {"version": ""},
        {"problem": "no speaker"},
        {"problem": ["no_speaker"]},
        {"broker": 1},
        {"bot": "yes"},
        {"healthy_for_s": 4},
        {"healthy_for_s": True},
        {"healthy_for_s": 5.0},
        {"give_up_after_s": 604801},
        {"healthy_for_s": 3600},
    ],
)
def test_a_report_with_another_value_is_none(change):
    fields = json.loads(bytes(REPORT)) | change
    with pytest.raises(ValueError, match=next(iter(change))):
        HealthReport.parse(json.dumps(fields).encode())


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"null", b"\xff", b"[" * 3000, b"{}" + b" " * 5000, b"1e999"])
def test_anything_else_is_no_report_and_no_record(content):
    with pytest.raises(ValueError, match=r"\w"):
        HealthReport.parse(content)
    with pytest.raises(ValueError, match=r"\w"):
        Record.parse(content)


@given(strategies.binary(max_size=300))
def test_whatever_is_read_ends_in_a_report_or_a_value_error(content):
    for parse in (HealthReport.parse, Record.parse):
        try:
            parse(content)
        except ValueError:
            pass


def test_the_pin_names_each_refused_version():
    assert RECORD.pin.count("Pin-Priority: -1\n") == 2
    assert "Package: callbox\nPin: version 0.1.2\nPin-Priority: -1\n" in RECORD.pin
    assert replace(RECORD, refused=()).pin == ""
