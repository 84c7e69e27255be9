"""Copies: decisions over time, without a network."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbox.transports.rtp.redundancy import (
    FIRST_CALM_S,
    FIRST_COPIES,
    MAX_CALM_S,
    MAX_COPIES,
    NEXT_COPIES,
    Observation,
    Redundancy,
)


class Reports:
    """A redundancy that is reported something each second."""

    def __init__(self):
        self.now_s = 100.0
        self.redundancy = Redundancy(self.now_s)

    def tell(self, *, lost=0, incoming_lost=False):
        self.now_s += 1
        self.redundancy.report(self.now_s, lost=lost, incoming_lost=incoming_lost)
        return self.redundancy.copies

    def calm(self, copies, within_s=MAX_CALM_S + 1):
        """Seconds of calm until there are so many copies."""
        began_s = self.now_s
        while self.redundancy.copies != copies:
            assert self.now_s - began_s < within_s
            self.tell()
        return self.now_s - began_s


def test_every_pair_is_decided():
    assert set(NEXT_COPIES) == {(copies, seen) for copies in range(MAX_COPIES + 1) for seen in Observation}
    for (copies, seen), after in NEXT_COPIES.items():
        assert 0 <= after <= MAX_COPIES
        assert -1 <= after - copies <= (2 if seen is Observation.MUCH else 1)
        assert after >= copies or seen is Observation.CALM


def test_a_call_begins_with_a_copy_and_a_good_network_needs_none():
    reports = Reports()
    assert reports.redundancy.copies == FIRST_COPIES == 1
    assert reports.calm(0) == FIRST_CALM_S
    assert all(reports.tell() == 0 for _ in range(1000))


def test_up_at_once_by_one_with_each_report_of_loss():
    reports = Reports()
    reports.calm(0)
    assert [reports.tell(lost=1) for _ in range(5)] == [1, 2, 3, 3, 3]


def test_several_lost_in_spite_of_a_copy_bring_all_copies_at_once():
    reports = Reports()
    assert reports.tell(lost=2) == MAX_COPIES
    reports.calm(0)
    assert [reports.tell(lost=2) for _ in range(3)] == [1, 3, 3]


def test_what_we_miss_ourselves_is_a_hint_that_never_doubles():
    reports = Reports()
    reports.calm(0)
    assert [reports.tell(incoming_lost=True) for _ in range(100)] == [1] * 100
    assert reports.calm(0) == FIRST_CALM_S * 2  # the trial before was too early


def test_a_hint_changes_nothing_where_copies_are_sent_already():
    assert [NEXT_COPIES[copies, Observation.HINT] for copies in range(MAX_COPIES + 1)] == [1, 1, 2, 3]


def test_down_one_by_one():
    reports = Reports()
    reports.tell(lost=1)
    assert reports.redundancy.copies == 2
    assert (reports.calm(1), reports.calm(0)) == (FIRST_CALM_S, FIRST_CALM_S)


def test_each_trial_that_was_too_early_makes_the_next_wait_twice_as_long():
    reports = Reports()
    waits = []
    for _ in range(8):
        waits.append(reports.calm(0))
        reports.tell(lost=1)
    assert waits == [20, 40, 80, 160, 320, 320, 320, 320]


@pytest.mark.parametrize(("after_s", "wait_s"), [(60, 320), (61, 20)])
def test_a_loss_more_than_a_minute_after_the_trial_counts_as_the_first(after_s, wait_s):
    reports = Reports()
    for _ in range(4):
        reports.calm(0)
        reports.tell(lost=1)
    reports.calm(0)
    for _ in range(after_s - 1):
        reports.tell()
    reports.tell(lost=1)
    assert reports.calm(0) == wait_s


@given(st.lists(st.tuples(st.floats(0, 30), st.integers(0, 3), st.booleans()), max_size=200))
def test_any_reports(reported):
    redundancy, now_s, clear_since_s = Redundancy(0.0), 0.0, 0.0
    for after_s, lost, incoming_lost in reported:
        now_s += after_s
        before = redundancy.copies
        redundancy.report(now_s, lost=lost, incoming_lost=incoming_lost)
        assert 0 <= redundancy.copies <= MAX_COPIES
        if lost:
            assert min(before + 1, MAX_COPIES) <= redundancy.copies <= before + 2
        if redundancy.copies < before:
            assert now_s - clear_since_s >= FIRST_CALM_S
            clear_since_s = now_s
        if lost or incoming_lost:
            assert redundancy.copies >= 1
            clear_since_s = now_s
