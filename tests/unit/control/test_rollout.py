"""A new version on trial: every pair of state and event, and when a box is healthy."""

from itertools import product

import pytest
from hypothesis import given, strategies

from callbox.control.rollout import (
    MAX_STARTS,
    TABLE,
    HealthTimer,
    Readings,
    Rollout,
    RolloutAction,
    RolloutEvent,
    RolloutState,
    markdown,
)

A, E, S = RolloutAction, RolloutEvent, RolloutState
SEVEN = Rollout(version=7, highest=7)
TRIAL = SEVEN.on(E.NEW_VERSION, 8, {"no_speaker"})[0]


def test_every_pair_is_decided():
    assert set(TABLE) == set(product(RolloutState, RolloutEvent))
    assert all(f"| **{state.value}** |" in markdown() for state in RolloutState)


def test_a_version_that_proves_healthy_is_accepted():
    assert Rollout(S.TRIAL, 8, 7, 8, known=("no_speaker",)) == TRIAL
    assert TRIAL.on(E.PROVED_HEALTHY) == (Rollout(S.ACCEPTED, 8, highest=8), A.ACCEPT)


@pytest.mark.parametrize("event", [E.EXPIRED, E.UNUSABLE, E.STARTED_TOO_OFTEN])
def test_one_that_does_not_is_given_up_for_the_one_before_and_refused(event):
    rollout, action = TRIAL.on(event, reason="no broker")
    assert (rollout, action) == (Rollout(S.ROLLED_BACK, 7, highest=8, known=TRIAL.known, reason="no broker"), A.GO_BACK)
    assert rollout.on(E.NEW_VERSION, 9)[0] == Rollout(S.TRIAL, 9, 7, 9)


def test_a_version_whose_installation_was_broken_off_may_come_again():
    assert TRIAL.on(E.BROKEN_OFF) == (SEVEN, A.KEEP)
    package = Rollout(version="0.1.0").on(E.NEW_VERSION, "0.2.0")[0]
    assert package.on(E.BROKEN_OFF)[0] == Rollout(version="0.1.0", highest="0.1.0")


def test_a_new_version_in_a_trial_keeps_the_one_that_was_healthy():
    assert TRIAL.on(E.NEW_VERSION, 9)[0] == Rollout(S.TRIAL, 9, 7, 9)


def test_starts_in_a_trial_are_counted():
    rollout, actions = TRIAL, []
    while rollout.state is S.TRIAL:
        rollout, action = rollout.on(E.STARTED)
        actions.append(action)
    assert actions == [A.COUNT] * (MAX_STARTS - 1) + [A.GO_BACK]
    assert f"{MAX_STARTS} times" in rollout.reason


@given(strategies.lists(strategies.sampled_from([event for event in RolloutEvent if event is not E.BROKEN_OFF])))
def test_no_version_comes_twice_and_what_is_gone_back_to_was_healthy(events):
    rollout: Rollout[int] = Rollout()
    healthy, tried = {rollout.version}, set()
    for event in events:
        version = (rollout.highest or 0) + 1
        before, (rollout, action) = rollout, rollout.on(event, version)
        if action is A.TRY:
            assert version not in tried
            tried.add(version)
        elif action is A.ACCEPT:
            healthy.add(before.version)
        assert rollout.highest == max(tried, default=None)
        assert (rollout.version in healthy) == (rollout.state is not S.TRIAL)
        assert rollout.previous in healthy


@pytest.mark.parametrize(
    ("readings", "missing"),
    [
        (Readings(None, None, None), None),
        (Readings(None, True, True), None),
        (Readings("no_speaker", True, True), None),
        (Readings("no_microphone", True, True), "no_microphone"),
        (Readings(None, False, True), "broker"),
        (Readings(None, True, False), "bot check"),
        (Readings(None, True, True, in_force=False), "call"),
    ],
)
def test_what_is_missing_to_be_healthy(readings, missing):
    text = readings.missing({"no_speaker"})
    assert text is None if missing is None else missing in text


def events(health, timer):
    for now_s, healthy in health:
        timer, event = timer.at(now_s, healthy=healthy)
        yield event


def test_health_counts_without_a_break_and_not_for_ever():
    timer = HealthTimer(10, 30, 0)
    assert list(events([(0, True), (9.9, True), (10, True)], timer)) == [None, None, E.PROVED_HEALTHY]
    broken = [(0, True), (9, False), (10, True), (19, True), (20, True)]
    assert list(events(broken, timer)) == [None] * 4 + [E.PROVED_HEALTHY]
    late = [(29, True), (31, True), (38, True), (38.5, False)]
    assert list(events(late, timer)) == [None, None, None, E.EXPIRED], "who is healthy at the end of the time goes on"
    assert list(events([(29.9, False), (30, False)], timer)) == [None, E.EXPIRED]
