from copy import copy
from dataclasses import FrozenInstanceError
from typing import Any

import pytest

from callbox.control.call_control import IGNORED, TABLE, CallAction, CallEvent, CallState, Transition, transition

S, E = CallState, CallEvent


def test_every_pair_is_decided_once():
    assert set(TABLE) | IGNORED == {(state, event) for state in S for event in E}
    assert not set(TABLE) & IGNORED


def walk(*events):
    state, actions = S.IDLE, []
    for event in events:
        decided = transition(state, event)
        state = decided.to
        if decided.action:
            actions.append(decided.action)
    return state, actions


def test_a_call_connects_and_hanging_up_disconnects():
    assert walk(E.CALL_ORDERED, E.BOT_READY, E.HANG_UP_ORDERED, E.ENDED) == (
        S.IDLE,
        [CallAction.CONNECT, CallAction.DISCONNECT],
    )


def test_hanging_up_while_dialling_cancels():
    assert walk(E.CALL_ORDERED, E.HANG_UP_ORDERED, E.ENDED) == (S.IDLE, [CallAction.CONNECT, CallAction.DISCONNECT])


def test_a_call_while_hanging_up_is_made_when_that_is_done():
    assert walk(E.CALL_ORDERED, E.BOT_READY, E.HANG_UP_ORDERED, E.CALL_ORDERED, E.ENDED) == (
        S.DIALLING,
        [CallAction.CONNECT, CallAction.DISCONNECT, CallAction.CONNECT],
    )


def test_hanging_up_while_redialling_cancels_the_redial():
    assert walk(E.CALL_ORDERED, E.HANG_UP_ORDERED, E.CALL_ORDERED, E.HANG_UP_ORDERED, E.ENDED)[0] is S.IDLE


def test_after_a_failure_the_next_call_dials():
    assert walk(E.CALL_ORDERED, E.ENDED, E.CALL_ORDERED) == (S.DIALLING, [CallAction.CONNECT, CallAction.CONNECT])


def test_a_session_stands_by_only_while_the_call_is_idle():
    assert walk(E.STANDBY_DUE, E.ENDED, E.STANDBY_DUE) == (S.IDLE, [CallAction.STAND_BY, CallAction.STAND_BY])
    assert walk(E.CALL_ORDERED, E.STANDBY_DUE, E.BOT_READY, E.STANDBY_DUE, E.HANG_UP_ORDERED, E.STANDBY_DUE)[1] == [
        CallAction.CONNECT,
        CallAction.DISCONNECT,
    ]


def test_a_call_while_the_session_that_stood_by_ends_is_made_when_that_is_done():
    assert walk(E.STANDBY_DUE, E.ENDING, E.CALL_ORDERED, E.ENDED) == (
        S.DIALLING,
        [CallAction.STAND_BY, CallAction.CONNECT],
    )
    assert walk(E.STANDBY_DUE, E.ENDING, E.ENDED)[0] is S.IDLE


def test_an_ignored_pair_stays_where_it_is():
    for state, event in IGNORED:
        assert transition(state, event) == Transition(state)


class Model:
    """The table in other words: is there a session, is it ending, is a call wanted."""

    def __init__(self):
        self.session = self.ready = self.ending = self.wanted = False

    @property
    def state(self):
        if self.ending:
            return S.REDIALLING if self.wanted else S.HANGING_UP
        if self.session:
            return S.TALKING if self.ready else S.DIALLING
        return S.IDLE

    def handle(self, event):
        """The action that follows, or None."""
        match event:
            case E.CALL_ORDERED:
                return self.want(True)
            case E.HANG_UP_ORDERED:
                return self.want(False)
            case E.BOT_READY:
                self.ready = self.session and not self.ending
            case E.ENDING if not self.session:
                self.ending = True  # the session that stood by
            case E.ENDED:
                again = self.ending and self.wanted
                self.session = self.ready = self.ending = self.wanted = False
                return self.want(again)
            case E.STANDBY_DUE if self.state is S.IDLE:
                return CallAction.STAND_BY
        return None

    def want(self, wanted):
        changed, self.wanted = wanted is not self.wanted, wanted
        if not changed or self.ending:
            return None
        self.session, self.ending = True, not wanted
        return CallAction.CONNECT if wanted else CallAction.DISCONNECT


def test_whatever_happens_in_any_state_that_can_be_reached_the_call_follows_what_is_wanted():
    seen, todo = {tuple(vars(Model()).values())}, [(S.IDLE, Model())]
    states = set()
    while todo:
        state, model = todo.pop()
        states.add(state)
        for event in E:
            after = copy(model)
            action = after.handle(event)
            assert transition(state, event) == Transition(after.state, action), (state, event)
            if (facts := tuple(vars(after).values())) not in seen:
                seen.add(facts)
                todo.append((after.state, after))
    assert states == set(S)


def test_a_transition_is_shared_by_all_and_cannot_be_changed():
    decided: Any = transition(S.IDLE, E.CALL_ORDERED)
    with pytest.raises(FrozenInstanceError):
        decided.to = S.TALKING
    assert not hasattr(decided, "__dict__")
