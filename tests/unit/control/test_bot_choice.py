"""Which bot is called: choice, one call with another one, other settings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbox.control.bot_choice import call_events, first_chosen
from callbox.control.call_control import CallAction, CallEvent, CallState, transition

THREE = first_chosen(["kitchen", "doctor", "music"])
S, E = CallState, CallEvent


def test_the_first_is_called_until_another_one_is_chosen():
    assert (THREE.chosen, THREE.wanted) == ("kitchen", "kitchen")
    assert THREE.choose("music").wanted == "music"


def test_the_next_one_follows_the_order_and_begins_again():
    choice, seen = THREE, []
    for _ in range(4):
        choice = choice.next()
        seen.append(choice.chosen)
    assert seen == ["doctor", "music", "kitchen", "doctor"]


def test_a_call_that_names_a_bot_chooses_none():
    calling = THREE.calling("doctor")
    assert (calling.wanted, calling.chosen) == ("doctor", "kitchen")
    assert calling.choose("music").wanted == "doctor"
    assert calling.calling(None) == THREE


def test_an_unknown_name_is_an_error_that_names_those_that_are_known():
    assert THREE.unknown("doctor") is None
    assert THREE.unknown("nurse") == "There is no bot nurse; there are kitchen, doctor, music."


@given(st.lists(st.sampled_from("abcd"), min_size=1, unique=True), st.sampled_from("abcd"))
def test_other_settings_keep_what_is_still_there(names: list[str], chosen: str) -> None:
    choice = first_chosen("abcd").choose(chosen).with_names(names)
    assert choice.names == tuple(names)
    assert choice.chosen == (chosen if chosen in names else names[0])
    assert choice.for_call is None


@pytest.mark.parametrize("is_other", [False, True])
@pytest.mark.parametrize("state", CallState)
def test_a_call_is_on_or_is_made_as_soon_as_the_line_is_free(state: CallState, is_other: bool) -> None:
    events = call_events(state, is_other=is_other)
    actions: list[CallAction | None] = []
    after = state
    for event in events:
        decision = transition(after, event)
        after, actions = decision.to, [*actions, decision.action]
    if not is_other or state in (S.IDLE, S.HANGING_UP, S.REDIALLING):
        assert CallAction.DISCONNECT not in actions
    assert after in (S.DIALLING, S.TALKING, S.REDIALLING)
    if is_other and state in (S.DIALLING, S.TALKING):
        assert (after, actions) == (S.REDIALLING, [CallAction.DISCONNECT, None])
