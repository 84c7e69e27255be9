"""Rotary encoder: detents of two contacts in quadrature."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbox_device.interfaces import Edge
from callbox_device.model.quadrature import QuadratureDecoder

CLOCKWISE = [("a", True), ("b", True), ("a", False), ("b", False)]
COUNTER = [("b", True), ("a", True), ("b", False), ("a", False)]


def turned(knob, edges, began_s=0.0, step_s=1.0):
    found = []
    for number, (contact, closed) in enumerate(edges):
        found += getattr(knob, contact)(Edge(closed, began_s + number * step_s))
    return [event.steps for event in found]


def started(**options):
    knob = QuadratureDecoder(**options)
    knob.start(False, False, 0.0)
    return knob


def test_a_cycle_is_a_detent_of_four_edges():
    assert turned(started(), CLOCKWISE) == [1]
    assert turned(started(), COUNTER) == [-1]


@pytest.mark.parametrize(("edges", "detents"), [(1, 4), (2, 2), (4, 1)])
def test_encoders_with_more_detents_a_cycle(edges, detents):
    assert turned(started(edges_per_detent=edges), CLOCKWISE) == [1] * detents


def test_reversed_is_the_other_way_round():
    assert turned(started(reversed_=True), CLOCKWISE) == [-1]


def test_turned_fast_it_counts_more():
    steps = turned(started(), CLOCKWISE * 3, step_s=0.005)
    assert steps == [1, 4, 4]
    assert turned(started(), CLOCKWISE * 3, step_s=0.0125) == [1, 2, 2]


def test_another_direction_is_not_fast():
    assert turned(started(), CLOCKWISE + COUNTER, step_s=0.005) == [1, -1]


def test_a_repeated_level_is_rejected_and_what_was_counted_dropped():
    knob = started()
    assert turned(knob, [*CLOCKWISE[:3], ("a", False)]) == []
    assert knob.rejected == 1
    assert knob.tick(9.0) == ()
    assert knob.next_deadline_s is None


@given(st.lists(st.integers(0, 5), min_size=4, max_size=4))
def test_bounces_add_nothing(bounces):
    edges = []
    for (contact, closed), count in zip(CLOCKWISE, bounces, strict=True):
        edges += [(contact, closed), *[(contact, not closed), (contact, closed)] * count]
    assert turned(started(), edges) == [1]
