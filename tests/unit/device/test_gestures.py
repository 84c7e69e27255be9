from dataclasses import FrozenInstanceError
from typing import Any

import pytest
from hypothesis import given, strategies

from callbox_device.interfaces import Edge
from callbox_device.model.gestures import DoublePressed, Gesture, Gestures, Held, Pressed, Released, Stuck

DOWN, UP = True, False


def about(number) -> Any:
    return pytest.approx(number)


def play(edges, *, until_s=60.0, extra_ticks=(), closed=False, at_s=0.0, **options):
    """The gestures of ``(seconds, closed)`` edges, ticked whenever a deadline comes, and at `extra_ticks`."""
    gestures = Gestures(**options)
    gestures.start(closed, at_s)
    found: list[Gesture] = []
    todo = sorted(
        [(at_s, closed) for at_s, closed in edges] + [(at_s, None) for at_s in extra_ticks], key=lambda e: e[0]
    )
    for at_s, level in [*todo, (until_s, None)]:
        while (deadline_s := gestures.next_deadline_s) is not None and deadline_s < at_s:
            found += gestures.tick(deadline_s)
        found += gestures.tick(at_s) if level is None else gestures.edge(Edge(level, at_s))
    return found


def test_a_press_has_the_time_of_its_edge_and_is_reported_after_the_debounce_time():
    gestures = Gestures(debounce_ms=20)
    assert gestures.edge(Edge(DOWN, 1.0)) == ()
    assert gestures.next_deadline_s == about(1.02)
    assert gestures.tick(1.019) == ()
    assert gestures.tick(1.0201) == (Pressed(1.0),)
    assert gestures.next_deadline_s == about(2.0)  # the hold
    assert gestures.tick(2.0) == (Held(2.0, 1000),)
    assert gestures.next_deadline_s == about(61.0)  # the jam
    assert gestures.tick(61.0) == (Stuck(61.0, 60_000),)
    assert gestures.next_deadline_s is None


@pytest.mark.parametrize(
    ("edges", "wanted"),
    [
        ([], []),
        ([(1.0, DOWN), (1.1, UP)], [Pressed(1.0), Released(1.1, about(100))]),
        # a spike on a long wire
        ([(1.0, DOWN), (1.01, UP)], []),
        # contact bounce on both ends
        (
            [(1.0, DOWN), (1.002, UP), (1.004, DOWN), (1.2, UP), (1.203, DOWN), (1.205, UP)],
            [Pressed(1.004), Released(1.205, about(201))],
        ),
        # a hold
        (
            [(1.0, DOWN), (3.0, UP)],
            [Pressed(1.0), Held(2.0, 1000), Released(3.0, about(2000))],
        ),
        # let go just before the hold time, and only debounced after it
        ([(1.0, DOWN), (1.995, UP)], [Pressed(1.0), Released(1.995, about(995))]),
        # twice
        (
            [(1.0, DOWN), (1.1, UP), (1.3, DOWN), (1.4, UP)],
            [
                Pressed(1.0),
                Released(1.1, about(100)),
                DoublePressed(1.3),
                Released(1.4, about(100)),
            ],
        ),
        # thrice: the third is a first one again
        (
            [(1.0, DOWN), (1.1, UP), (1.2, DOWN), (1.3, UP), (1.4, DOWN), (1.5, UP)],
            [
                Pressed(1.0),
                Released(1.1, about(100)),
                DoublePressed(1.2),
                Released(1.3, about(100)),
                Pressed(1.4),
                Released(1.5, about(100)),
            ],
        ),
        # slowly twice
        (
            [(1.0, DOWN), (1.1, UP), (1.5, DOWN), (1.6, UP)],
            [Pressed(1.0), Released(1.1, about(100)), Pressed(1.5), Released(1.6, about(100))],
        ),
        # as soon after the first as just counts, and a microsecond later
        (
            [(1.0, DOWN), (2.0, UP), (2.25, DOWN)],
            [Pressed(1.0), Held(2.0, 1000), Released(2.0, about(1000)), DoublePressed(2.25), Held(3.25, 1000)],
        ),
        (
            [(1.0, DOWN), (2.0, UP), (2.250001, DOWN), (3.0, UP)],
            [
                Pressed(1.0),
                Held(2.0, 1000),
                Released(2.0, about(1000)),
                Pressed(2.250001),
                Released(3.0, about(749.999)),
            ],
        ),
        # too short by half a millisecond, and long enough
        ([(1.0, DOWN), (1.0195, UP)], []),
        ([(1.0, DOWN), (1.0205, UP)], [Pressed(1.0), Released(1.0205, about(20.5))]),
        # a level that is told again
        ([(1.0, DOWN), (1.05, DOWN), (1.1, UP)], [Pressed(1.0), Released(1.1, about(100))]),
    ],
)
def test_gestures_of_edges(edges, wanted):
    assert play(edges) == wanted


def test_a_contact_that_was_closed_at_the_start_is_no_press_until_it_opened():
    assert play([(5.0, UP), (6.0, DOWN), (6.1, UP)], closed=True) == [Pressed(6.0), Released(6.1, about(100))]


def test_a_button_that_is_down_for_a_minute_is_stuck_until_it_is_up():
    assert play([(1.0, DOWN), (70.0, UP), (71.0, DOWN), (71.1, UP)], until_s=72) == [
        Pressed(1.0),
        Held(2.0, 1000),
        Stuck(61.0, 60_000),
        Released(70.0, about(69_000)),
        Pressed(71.0),
        Released(71.1, about(100)),
    ]
    assert play([(1.0, DOWN), (60.99, UP)], until_s=70)[2:] == [Released(60.99, about(59_990))]


def test_a_button_that_is_stuck_from_the_start_on():
    assert play([(70.0, UP)], closed=True, until_s=72) == [Stuck(60.0, 60_000), Released(70.0, about(70_000))]

    assert play([(170.0, UP)], closed=True, at_s=100.0, until_s=172) == [
        Stuck(160.0, 60_000),
        Released(170.0, about(70_000)),
    ]


def test_a_start_without_a_time_is_at_0():
    gestures = Gestures()
    gestures.start(closed=True)
    assert gestures.next_deadline_s == 60.0


def test_a_late_tick_returns_all_gestures_at_once():
    gestures = Gestures()
    gestures.edge(Edge(DOWN, 1.0))
    assert gestures.tick(70.0) == (Pressed(1.0), Held(2.0, 1000), Stuck(61.0, 60_000))


@pytest.mark.parametrize(
    "gesture", [Pressed(1.0), DoublePressed(1.0), Held(1.0, 2.0), Released(1.0, 2.0), Stuck(1.0, 2.0)]
)
def test_a_gesture_is_a_fact_and_cannot_be_changed(gesture):
    with pytest.raises(FrozenInstanceError):
        gesture.at_s = 2.0
    assert not hasattr(gesture, "__dict__")


def test_without_debounce_time_every_edge_counts_at_once():
    gestures = Gestures(debounce_ms=0)
    assert gestures.edge(Edge(DOWN, 1.0)) == (Pressed(1.0),)
    assert gestures.edge(Edge(UP, 1.001)) == (Released(1.001, about(1)),)


times_s = strategies.lists(strategies.floats(0.0, 10.0, allow_nan=False), max_size=30).map(sorted)


@given(times_s, strategies.booleans(), times_s)
def test_any_edges_and_any_times(times, closed, ticks):
    edges = [(at_s, (place % 2 == 0) != closed) for place, at_s in enumerate(times)]
    found = play(edges, closed=closed)
    kinds = [type(gesture) for gesture in found if not isinstance(gesture, Held | Stuck)]
    assert all(kind is Released for kind in kinds[1::2])  # down and up alternate,
    assert all(kind is not Released for kind in kinds[::2])  # and begin with down
    down = False
    held = 0
    for gesture in found:
        if isinstance(gesture, Held):
            held += 1
            assert down
            assert held == 1
        else:
            down, held = not isinstance(gesture, Released), 0
    assert [gesture.at_s for gesture in found] == sorted(gesture.at_s for gesture in found)
    # When somebody looks changes nothing of what is found.
    assert play(edges, closed=closed, extra_ticks=ticks) == found
