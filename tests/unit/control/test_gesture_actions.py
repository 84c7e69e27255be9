"""Gestures: what each means in each state, and that a press that waits neither gets lost nor dials."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbox.control.call_control import CallEvent, CallState, transition
from callbox.control.gesture_actions import (
    EFFECTS,
    EFFECTS_ON_OTHER_BOT,
    Effect,
    GestureAction,
    GestureCommand,
    GestureResolver,
    GestureSettings,
    effect_of,
    markdown,
)
from callbox_device.interfaces import Edge
from callbox_device.model.gestures import Gestures, Stuck

PRESS, LONG_PRESS = (0.0, 0.1), (0.0, 1.5)
DEFAULT = GestureSettings()
PUSH_TO_TALK = GestureSettings(press=GestureAction.PUSH_TO_TALK)
OTHER_ACTIONS = sorted(set(GestureAction) - {GestureAction.PUSH_TO_TALK})
"""What a double press or a hold can mean."""
MUTE_AND_INTERRUPT = GestureSettings(double_press=GestureAction.INTERRUPT, hold=GestureAction.MUTE)


def effects(settings: GestureSettings, state: CallState, *presses: tuple[float, float]) -> list[tuple[float, Effect]]:
    """What presses (down, up; s) do, with the time, as the box performs it; the call's state follows call control."""
    gestures, resolver = Gestures(debounce_ms=0, double_press_ms=settings.double_press_ms), GestureResolver(settings)
    done: list[tuple[float, Effect]] = []
    edges = [Edge(closed, at) for down, up in presses for closed, at in ((True, down), (False, up))]
    for now in (step / 100 for step in range(400)):
        happened = list(gestures.tick(now))
        while edges and edges[0].at_s <= now:
            happened += gestures.edge(edges.pop(0))
        found: list[Effect | None] = []
        for gesture in happened:
            resolver, effect = resolver.gesture(gesture, state)
            found.append(effect)
        resolver, effect = resolver.tick(now)
        for one in (*found, effect):
            if one is not None:
                done.append((now, one))
                is_call = one in (GestureCommand.CALL, GestureCommand.CALL_AND_TALK)
                event = CallEvent.CALL_ORDERED if is_call else one
                if isinstance(event, CallEvent):
                    state = transition(state, event).to
    return done


def test_every_action_is_decided_in_every_state() -> None:
    assert set(EFFECTS) == set(itertools.product(GestureAction, CallState))


@pytest.mark.parametrize("state", CallState)
def test_by_default_a_press_acts_at_once_and_the_rest_does_nothing(state: CallState) -> None:
    does = [(0.0, EFFECTS[GestureAction.CALL_OR_HANG_UP, state])]
    assert effects(DEFAULT, state, PRESS) == does
    assert effects(DEFAULT, state, LONG_PRESS) == does
    assert effects(DEFAULT, state, PRESS, (0.2, 0.3)) == does


def test_by_default_a_press_does_what_a_call_does_not_yet_or_no_more() -> None:
    presses = {state: EFFECTS[GestureAction.CALL_OR_HANG_UP, state] for state in CallState}
    assert presses == {
        CallState.IDLE: GestureCommand.CALL,
        CallState.DIALLING: CallEvent.HANG_UP_ORDERED,
        CallState.TALKING: CallEvent.HANG_UP_ORDERED,
        CallState.HANGING_UP: GestureCommand.CALL,
        CallState.REDIALLING: CallEvent.HANG_UP_ORDERED,
    }


def test_a_call_never_waits_for_gestures_that_mean_nothing_while_there_is_none() -> None:
    assert effects(MUTE_AND_INTERRUPT, CallState.IDLE, PRESS) == [(0.0, GestureCommand.CALL)]
    assert effects(MUTE_AND_INTERRUPT, CallState.IDLE, PRESS, (0.2, 0.3)) == [(0.0, GestureCommand.CALL)]


def test_gestures_that_mean_something_between_calls() -> None:
    settings = GestureSettings(double_press=GestureAction.NEXT_BOT, hold=GestureAction.REPEAT_PROBLEM)
    assert effects(settings, CallState.IDLE, PRESS) == [(0.35, GestureCommand.CALL)]
    assert effects(settings, CallState.IDLE, PRESS, (0.2, 0.3)) == [(0.2, GestureCommand.NEXT_BOT)]
    assert effects(settings, CallState.IDLE, LONG_PRESS) == [(1.0, GestureCommand.REPEAT_PROBLEM)]


def test_a_button_without_a_press_has_its_other_gestures() -> None:
    settings = GestureSettings(hold=GestureAction.CALL, press=GestureAction.NONE)
    assert effects(settings, CallState.IDLE, PRESS) == []
    assert effects(settings, CallState.IDLE, LONG_PRESS) == [(1.0, GestureCommand.CALL)]


@pytest.mark.parametrize("state", CallState)
@pytest.mark.parametrize("action", GestureAction)
def test_the_button_of_another_bot_calls_that_in_every_state(action: GestureAction, state: CallState) -> None:
    effect = effect_of(action, state, is_other_bot=True)
    if action in (GestureAction.CALL, GestureAction.CALL_OR_HANG_UP):
        assert effect is GestureCommand.CALL
    elif action is GestureAction.PUSH_TO_TALK:
        assert effect is GestureCommand.CALL_AND_TALK
    else:
        assert effect == EFFECTS[action, state]
        assert (action, state) not in EFFECTS_ON_OTHER_BOT


def test_the_table_in_the_docs_has_a_row_for_each_action() -> None:
    rows = markdown().splitlines()
    assert [row.split("`")[1] for row in rows[2:]] == [action.value for action in GestureAction]
    assert rows[0].count("|") == len(CallState) + 2
    assert "| hang up; with another bot: call the bot |" in rows[3]


def test_in_a_call_each_gesture_does_one_thing() -> None:
    talking = CallState.TALKING
    assert effects(MUTE_AND_INTERRUPT, talking, PRESS) == [(0.35, CallEvent.HANG_UP_ORDERED)]
    assert effects(MUTE_AND_INTERRUPT, talking, PRESS, (0.2, 0.3)) == [(0.2, GestureCommand.INTERRUPT)]
    assert effects(MUTE_AND_INTERRUPT, talking, LONG_PRESS) == [(1.0, GestureCommand.TOGGLE_MUTE)]
    assert effects(MUTE_AND_INTERRUPT, talking, PRESS, (0.2, 1.9)) == [(0.2, GestureCommand.INTERRUPT)]


def test_with_a_hold_only_a_press_acts_when_it_ends() -> None:
    hold = GestureSettings(hold=GestureAction.MUTE)
    assert effects(hold, CallState.TALKING, PRESS) == [(0.1, CallEvent.HANG_UP_ORDERED)]


def test_with_a_double_press_only_a_hold_hangs_up() -> None:
    double = GestureSettings(double_press=GestureAction.INTERRUPT)
    assert effects(double, CallState.TALKING, LONG_PRESS) == [(1.0, CallEvent.HANG_UP_ORDERED)]


def test_push_to_talk_calls_and_talks_while_pressed() -> None:
    assert effects(PUSH_TO_TALK, CallState.IDLE, PRESS, (1.0, 2.5)) == [
        (0.0, GestureCommand.CALL_AND_TALK),
        (0.1, GestureCommand.STOP_TALKING),
        (1.0, GestureCommand.TALK),
        (2.5, GestureCommand.STOP_TALKING),
    ]


def test_push_to_talk_never_waits_and_a_double_press_does_what_it_is_set_to() -> None:
    hangs_up = GestureSettings(press=GestureAction.PUSH_TO_TALK, double_press=GestureAction.HANG_UP)
    presses = PRESS, (0.2, 0.3)
    talk, stop = GestureCommand.TALK, GestureCommand.STOP_TALKING
    assert effects(hangs_up, CallState.TALKING, *presses) == [
        (0.0, talk),
        (0.1, stop),
        (0.2, CallEvent.HANG_UP_ORDERED),
        (0.3, stop),
    ]
    assert [effect for _, effect in effects(PUSH_TO_TALK, CallState.TALKING, *presses)] == [talk, stop, talk, stop]


def test_a_jammed_button_talks_no_more() -> None:
    resolver, effect = GestureResolver(PUSH_TO_TALK).gesture(Stuck(60.0, 60_000), CallState.TALKING)
    assert effect is GestureCommand.STOP_TALKING
    assert resolver.tick(99.0)[1] is None


TIMES = st.lists(st.floats(0.01, 0.6), max_size=8)


@given(
    st.builds(GestureSettings, st.sampled_from(OTHER_ACTIONS), st.sampled_from(OTHER_ACTIONS)),
    st.sampled_from(CallState),
    TIMES,
)
def test_a_press_acts_once_or_is_something_else(
    settings: GestureSettings, state: CallState, times: list[float]
) -> None:
    at = list(itertools.accumulate(times[: len(times) // 2 * 2]))
    presses = list(zip(at[::2], at[1::2], strict=True))
    done = effects(settings, state, *presses)
    assert len(done) <= len(presses)
    assert bool(done) >= bool(presses) or GestureAction.NONE not in (settings.double_press, settings.hold)


@given(
    st.builds(
        GestureSettings,
        st.sampled_from(OTHER_ACTIONS),
        st.sampled_from(OTHER_ACTIONS),
        press=st.just(GestureAction.CALL_OR_HANG_UP),
    )
)
def test_a_press_that_waited_to_hang_up_never_calls(settings: GestureSettings) -> None:
    gestures, resolver = Gestures(debounce_ms=0), GestureResolver(settings)
    for gesture in gestures.edge(Edge(True, 0.0)):
        resolver, effect = resolver.gesture(gesture, CallState.TALKING)
        if effect is not None:
            return  # it acted at once
    late: list[Effect | None] = []
    for gesture in gestures.edge(Edge(False, 0.1)):  # the call has ended meanwhile
        resolver, effect = resolver.gesture(gesture, CallState.IDLE)
        late.append(effect)
    late.append(resolver.tick(9.0)[1])
    assert [one for one in late if one is not None] == [CallEvent.HANG_UP_ORDERED]
    assert transition(CallState.IDLE, CallEvent.HANG_UP_ORDERED).action is None
