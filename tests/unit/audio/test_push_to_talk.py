"""Push-to-talk: no sample leaves that was captured outside the press, its pre-roll and its release delay."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbox.audio.capture.model.push_to_talk import (
    KEPT_PERIODS,
    PASSES,
    PREROLL_S,
    RELEASE_DELAY_S,
    TABLE,
    PushToTalkGate,
    TalkEvent,
    TalkState,
    markdown,
)

S, E = TalkState, TalkEvent
PERIOD_S = 0.02


def test_every_pair_is_decided():
    assert {state: set(row) for state, row in TABLE.items()} == {state: set(E) for state in S}


@pytest.mark.parametrize("event", E)
def test_without_push_to_talk_nothing_changes(event):
    assert TABLE[S.OFF][event] == (S.OFF, False)


def test_captured_sound_passes_unless_the_button_is_released():
    assert set(S) - PASSES == {S.RELEASED}


@pytest.mark.parametrize("state", set(S) - {S.OFF})
def test_the_button_decides(state):
    assert TABLE[state][E.PRESS].to is S.PRESSED
    assert TABLE[state][E.PRESS].sends_kept == (state is S.RELEASED)
    assert TABLE[state][E.RELEASE].to is (S.RELEASE_DELAY if state is S.PRESSED else state)
    assert TABLE[state][E.DELAY_OVER].to is (S.RELEASED if state is S.RELEASE_DELAY else state)


def number(period):
    return int.from_bytes(period, "little")


def leaving(presses, periods, late_periods=0):
    """Numbers of the periods that leave; (down, up) in seconds, told `late_periods` after they happened."""
    talk, left = PushToTalkGate(enabled=True), []
    changes = sorted([(down, E.PRESS) for down, _ in presses] + [(up, E.RELEASE) for _, up in presses])
    for n in range(periods):
        while changes and changes[0][0] + late_periods * PERIOD_S <= n * PERIOD_S:
            at_s, event = changes.pop(0)
            if event is E.PRESS:
                left += [number(period) for period in talk.press(at_s)]
            else:
                talk.release(at_s)
        if talk.passes(n.to_bytes(2, "little"), n * PERIOD_S):
            left.append(n)
    return left


def test_what_leaves_is_the_press_with_pre_roll_and_release_delay():
    assert leaving([(1.001, 2.001), (3.001, 3.101)], 300) == [*range(41, 110), *range(141, 165)]


def test_presses_within_the_release_delay_of_each_other_leave_as_one():
    assert leaving([(1.001, 1.201), (1.301, 1.401)], 100) == [*range(41, 80)]


def test_of_a_press_soon_after_another_nothing_leaves_twice():
    assert leaving([(1.001, 1.201), (1.451, 1.501)], 100) == [*range(41, 85)]


def test_a_late_press_leaves_whole_and_a_late_release_ends_it_then():
    assert leaving([(1.001, 2.001)], 300, late_periods=KEPT_PERIODS - 12) == [*range(41, 139)]


@given(
    st.lists(st.integers(1, 60), max_size=10).filter(lambda gaps: len(gaps) % 2 == 0),
    st.integers(0, 9),
)
def test_no_period_outside_leaves_all_inside_do_and_once(gaps, late_periods):
    moments = [sum(gaps[: place + 1]) * PERIOD_S + 0.003 for place in range(len(gaps))]
    presses = list(zip(moments[::2], moments[1::2], strict=True))
    assert leaving(presses, 1000, late_periods) == [n for n in range(1000) if is_inside(n, presses)]


def is_inside(n, presses):
    begins_s, ends_s = n * PERIOD_S, (n + 1) * PERIOD_S
    return any(begins_s >= down - PREROLL_S and ends_s <= up + RELEASE_DELAY_S for down, up in presses)


def test_what_was_kept_before_the_pcm_closed_does_not_leave():
    talk = PushToTalkGate(enabled=True)
    assert not talk.passes(b"\1\0", 0.0)
    talk.forget()
    assert talk.press(0.1) == []


def test_the_table_in_the_docs():
    assert (
        markdown()
        == """\
| State | Captured sound | the button is pressed | the button is released | a period ends after the release delay |
|---|---|---|---|---|
| `released` | is kept for 1 s; silence | `pressed`, with the last 200 ms |  |  |
| `pressed` | may leave |  | `release delay` |  |
| `release delay` | may leave | `pressed` |  | `released` |
"""
    )


def test_a_release_without_a_press_changes_nothing():
    talk = PushToTalkGate(enabled=True)
    talk.release(5.0)
    assert talk.state is S.RELEASED
    assert not talk.passes(b"\1\0", 0.0)


def test_a_period_that_begins_just_with_the_pre_roll_leaves():
    talk = PushToTalkGate(enabled=True)
    talk.passes(b"\1\0", 5.0 - PREROLL_S)
    assert talk.press(5.0) == [b"\1\0"]


@pytest.mark.parametrize(("late_s", "passes"), [(-1e-5, True), (0.0, True), (1e-5, False)])
def test_a_period_that_ends_just_with_the_release_delay_leaves(late_s, passes):
    talk = PushToTalkGate(enabled=True)
    talk.press(4.0)
    talk.release(5.0)
    assert talk.passes(b"\1\0", 5.0 + RELEASE_DELAY_S - PERIOD_S + late_s) is passes


def test_without_push_to_talk_every_period_passes():
    talk = PushToTalkGate(enabled=False)
    assert talk.state is S.OFF
    assert talk.passes(b"\1\0", 0.0)


def passing(edges, periods):
    """Numbers of the periods that leave while a press is told and its release is not; (button, closed, seconds)."""
    talk, waiting = PushToTalkGate(enabled=True), list(edges)
    talk.press(0.0)
    left = []
    for n in range(periods):
        while waiting and waiting[0][2] <= n * PERIOD_S:
            talk.on_contact(*waiting.pop(0))
        if talk.passes(b"", n * PERIOD_S):
            left.append(n)
    return left


def test_a_raw_edge_holds_sound_back_before_the_release_is_decided():
    assert passing([("main", True, 0.0), ("main", False, 0.4)], 100) == list(range(30))


def test_a_bounce_holds_nothing_back():
    bounces = [("main", True, 0.0), ("main", False, 0.4), ("main", True, 0.41), ("main", False, 0.8)]
    assert passing(bounces, 100) == list(range(50))


def test_another_button_that_bounces_holds_nothing_back():
    assert passing([("main", True, 0.0), ("red", True, 0.1), ("red", False, 0.102)], 100) == list(range(100))
