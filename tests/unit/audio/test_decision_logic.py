import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbox.audio.playout.model.decision_logic import (
    CALM_MS,
    HOPELESS_MS,
    TABLE,
    WORTH_MS,
    LagLevel,
    Operation,
    Situation,
    judge,
    spare_ms,
)


def test_every_pair_is_decided_once():
    assert set(TABLE) == {(found, lag) for found in Situation for lag in LagLevel}


def test_every_action_is_taken_somewhere():
    assert set(TABLE.values()) == set(Operation)


def test_what_is_there_is_played_and_never_made_up():
    plays = {Operation.PLAY, Operation.SHRINK, Operation.STRETCH, Operation.LEAP}
    assert {TABLE[Situation.NEXT, lag] for lag in LagLevel} == plays


def test_nothing_is_stretched_where_something_is_missing():
    assert [pair for pair, action in TABLE.items() if action is Operation.STRETCH] == [(Situation.NEXT, LagLevel.SHORT)]


def test_what_may_only_be_late_is_waited_for():
    assert {TABLE[Situation.NOTHING, lag] for lag in LagLevel} == {Operation.CONCEAL}


@pytest.mark.parametrize(
    ("above_ms", "carried_ms", "waiting_ms", "lag"),
    [
        (-0.1, 9, 0, LagLevel.SHORT),
        (0, 0, 0, LagLevel.RIGHT),
        (11.9, 4.9, 0, LagLevel.RIGHT),
        (12, 0, 0, LagLevel.LONG),
        (0, 5, 0, LagLevel.LONG),
        (1500, 0, 1500, LagLevel.HOPELESS),
        (1500, 0, 100, LagLevel.LONG),  # only what waits can be left out
    ],
)
def test_lag_is_judged_by_what_a_cut_can_win(above_ms, carried_ms, waiting_ms, lag):
    assert judge(above_ms, spare_ms(above_ms, carried_ms), waiting_ms) is lag


@given(st.floats(0, 500), st.floats(0, 9.99))
def test_a_cut_never_makes_the_lag_short(above_ms, carried_ms):
    cut_ms = spare_ms(above_ms, carried_ms)
    # What is left of what is carried over; each time it runs out, the next packet is fetched a period earlier.
    left_ms = carried_ms - cut_ms
    while left_ms < -1e-9:
        left_ms += 10
        above_ms -= 10
    assert above_ms >= 0
    # And it is enough: what is left is not worth another cut.
    assert above_ms < CALM_MS + 10
    assert spare_ms(above_ms, 0.0) < WORTH_MS


def test_the_limits_are_in_order():
    assert CALM_MS < WORTH_MS < HOPELESS_MS
