"""Rotary dial: pulses of any dial within its tolerances are digits, with all their bounces."""

import random

import pytest

from callbox_device.interfaces import Edge
from callbox_device.model.rotary_dial import DIGIT_END_S, Dialled, Misdialled, RotaryDial


def bounced(draw, closed, at_s, longest_s):
    """Edges of a contact that bounces: at last it is `closed`."""
    edges, now_s = [Edge(closed, at_s)], at_s
    for _ in range(draw.randrange(3)):
        for level in (not closed, closed):
            now_s += draw.uniform(0.0001, longest_s / 6)
            edges.append(Edge(level, now_s))
    return edges


def dialled(draw, dial, digits, *, has_off_normal, pulses_per_s=None, break_share=None):
    """What `dial` makes of `digits`, dialled by dials from 8 to 12 pulses/s with a break of 55 to 65 %."""
    found, now_s = [], 1.0
    for digit in digits:
        period_s = 1 / (pulses_per_s or draw.uniform(8, 12))
        break_s = period_s * (break_share or draw.uniform(0.55, 0.65))
        moves = [(dial.off_normal, edge) for edge in bounced(draw, True, now_s, 0.005)] if has_off_normal else []
        now_s += draw.uniform(0.3, 1.0)
        for _ in range(int(digit) or 10):
            moves += [(dial.pulse, edge) for edge in bounced(draw, True, now_s, 0.004)]
            moves += [(dial.pulse, edge) for edge in bounced(draw, False, now_s + break_s, 0.004)]
            now_s += period_s
        if has_off_normal:
            moves += [(dial.off_normal, edge) for edge in bounced(draw, False, now_s + 0.02, 0.005)]
        now_s += max(DIGIT_END_S, draw.uniform(0.1, 0.5)) + 0.1
        for move, edge in moves:
            while dial.next_deadline_s is not None and dial.next_deadline_s < edge.at_s:
                found += dial.tick(dial.next_deadline_s)
            found += move(edge)
        while dial.next_deadline_s is not None:
            found += dial.tick(dial.next_deadline_s)
    return found


@pytest.mark.parametrize("has_off_normal", [True, False])
def test_2000_digits_with_bounces_are_all_right(has_off_normal):
    draw = random.Random(20)
    digits = "".join(draw.choice("0123456789") for _ in range(2000))
    dial = RotaryDial(has_off_normal=has_off_normal)
    dial.start(0, 0, 0.0)
    events = dialled(draw, dial, digits, has_off_normal=has_off_normal)
    assert "".join(event.digit for event in events if isinstance(event, Dialled)) == digits
    assert len(events) == len(digits)


def still(has_off_normal=False):
    dial = RotaryDial(has_off_normal=has_off_normal)
    dial.start(*([0, 0] if has_off_normal else [0]), 0.0)
    return dial


def pulses(dial, count, break_s=0.06, make_s=0.04, now_s=1.0):
    found = []
    for _ in range(count):
        for closed, length_s in ((True, break_s), (False, make_s)):
            found += dial.pulse(Edge(closed, now_s))
            found += dial.tick(now_s + min(length_s, 0.01))
            now_s += length_s
    found += dial.tick(now_s + 1)
    return found


def test_eleven_pulses_are_no_digit():
    [event] = pulses(still(), 11)
    assert isinstance(event, Misdialled)
    assert event.pulses == 11
    assert event.at_s == pytest.approx(1 + 11 * 0.1 - 0.04 + DIGIT_END_S)


@pytest.mark.parametrize("break_s", [0.012, 0.3])
def test_a_break_that_is_too_short_or_too_long_is_no_digit(break_s):
    [event] = pulses(still(), 1, break_s=break_s)
    assert event.pulses == 1
    assert isinstance(event, Misdialled)


@pytest.mark.parametrize("pulses_per_s", [8, 10, 12])
@pytest.mark.parametrize("break_share", [0.55, 0.65])
@pytest.mark.parametrize("lost", range(2, 14))
@pytest.mark.parametrize("has_off_normal", [True, False])
def test_a_digit_of_which_edges_are_lost_is_no_other_digit(pulses_per_s, break_share, lost, has_off_normal):
    dial = still(has_off_normal)
    dial.off_normal(Edge(True, 0.5))
    edges = [Edge(edge % 2 == 0, 1 + (edge // 2 + edge % 2 * break_share) / pulses_per_s) for edge in range(16)]
    events = [event for edge in edges[: lost - 1] + edges[lost + 1 :] for event in dial.pulse(edge)]
    events += [*dial.tick(2.5), *dial.off_normal(Edge(False, 2.5)), *dial.tick(3.0)]
    assert [event.pulses for event in events if isinstance(event, Misdialled)] == [7]
    assert len(events) == 1


def test_pulses_while_the_dial_is_at_rest_are_a_loose_wire():
    assert pulses(still(has_off_normal=True), 3) == []


def test_the_off_normal_contact_ends_a_digit_at_once():
    dial = still(has_off_normal=True)
    dial.off_normal(Edge(True, 0.5))
    dial.tick(0.6)
    assert pulses(dial, 2) == []
    assert dial.off_normal(Edge(False, 3.0)) == ()
    assert dial.tick(3.1) == (Dialled("2", 3.0),)


def test_a_dial_that_comes_back_without_a_pulse_is_nothing():
    dial = still(has_off_normal=True)
    dial.off_normal(Edge(True, 0.5))
    dial.tick(0.6)
    dial.off_normal(Edge(False, 1.0))
    assert dial.tick(1.1) == ()


def test_a_dial_that_stops_in_a_break_is_no_digit():
    dial = still(has_off_normal=True)
    dial.off_normal(Edge(True, 0.5))
    dial.tick(0.6)
    dial.pulse(Edge(True, 1.0))
    dial.tick(1.1)
    dial.off_normal(Edge(False, 2.0))
    assert dial.tick(2.1) == (Misdialled(0, 2.0),)


def test_a_contact_that_is_open_at_the_start_and_closes_is_no_pulse():
    dial = RotaryDial()
    dial.start(1, 0.0)
    dial.pulse(Edge(False, 1.0))
    assert dial.tick(2.0) == ()
    assert [event.pulses for event in pulses(dial, 12, now_s=3.0) if isinstance(event, Misdialled)] == [12]
