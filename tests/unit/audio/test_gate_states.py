"""The gate's table against what its states are for."""

import pytest

from callbox.audio.capture.model.gate_states import (
    PCM_OPEN,
    SOUND_LEAVES,
    TABLE,
    GateEvent,
    GateState,
    MicUse,
    draw,
    markdown,
    mic_use,
    transition,
)

S, E = GateState, GateEvent


def test_every_pair_is_decided():
    assert {state: set(row) for state, row in TABLE.items()} == {state: set(E) for state in S}


def expected(state: GateState, event: GateEvent) -> tuple[GateState, bool]:
    """The same decision from what a state says: is the PCM open, is sound held, who sends."""
    opens = {E.OPEN} | ({E.LISTEN} if state is S.CLOSED else set())
    is_open = event in opens or (state not in {S.CLOSED, S.HELD} and event is not E.CLOSE)
    is_for_wake_word = (state, event) == (S.CLOSED, E.LISTEN) or (
        state is S.WAKE_WORD and event not in {E.OPEN, E.HOLD, E.DETECTED}
    )
    is_held = (
        event is E.HOLD
        or (state in {S.HELD, S.PREROLL} and event not in {E.RELEASE, E.FORGET})
        or (state, event) == (S.WAKE_WORD, E.DETECTED)
    )
    leaves_behind = state in {S.FLUSHING, S.QUEUED, S.DIRECT} and event is E.TALK
    flushes = (
        leaves_behind
        or (state, event) == (S.PREROLL, E.RELEASE)
        or (state is S.FLUSHING and event not in {E.FLUSHED, E.FORGET})
    )
    sends = (state, event) == (S.QUEUED, E.READER_WAITS) or (
        state is S.DIRECT and event not in {E.READER_LEAVES, E.DIRECT_ENDED}
    )
    if is_open and is_for_wake_word:
        to = S.WAKE_WORD
    elif is_open:
        to = S.PREROLL if is_held else S.FLUSHING if flushes else S.DIRECT if sends else S.QUEUED
    else:
        to = S.HELD if is_held else S.CLOSED
    touches_sound = event in {E.OPEN, E.CLOSE, E.LISTEN} or (event in {E.HOLD, E.FORGET} and is_open)
    return to, touches_sound and to is not state


@pytest.mark.parametrize("state", S)
@pytest.mark.parametrize("event", E)
def test_an_event_changes_what_it_is_for_and_nothing_else(state, event):
    assert transition(state, event) == expected(state, event)


def test_captured_sound_leaves_in_three_states():
    assert {state.value for state in SOUND_LEAVES} == {"flushing", "queued", "direct"}
    assert {state.value for state in PCM_OPEN - SOUND_LEAVES} == {"wake_word", "preroll"}
    assert {state.value for state in set(S) - PCM_OPEN} == {"closed", "held"}


def test_the_lamp_shows_another_use_while_a_wake_word_is_listened_for():
    assert {state: mic_use(state) for state in S} == {
        S.CLOSED: MicUse.NONE,
        S.HELD: MicUse.NONE,
        S.WAKE_WORD: MicUse.WAKE_WORD,
        S.PREROLL: MicUse.CALL,
        S.FLUSHING: MicUse.CALL,
        S.QUEUED: MicUse.CALL,
        S.DIRECT: MicUse.CALL,
    }
    assert [bool(use) for use in (MicUse.NONE, MicUse.CALL, MicUse.WAKE_WORD)] == [False, True, True]


def test_the_picture_has_an_arrow_for_each_change():
    lines = draw().splitlines()
    assert lines[:2] == ["stateDiagram-v2", "    [*] --> closed"]
    changes = [(state, event, row[event].to) for state, row in TABLE.items() for event in row]
    assert lines[2:] == [
        f"    {was.value} --> {to.value}: {event.value}" for was, event, to in changes if to is not was
    ]


def test_the_table_in_the_docs():
    assert (
        markdown()
        == """\
| State | PCM | Captured sound | What leaves |
|---|---|---|---|
| `closed` | closed; lamp dark | there is none | silence |
| `held` | closed; lamp dark | there is none | silence |
| `wake_word` | open; lamp lit, at half its brightness if it can be dimmed | is kept | silence |
| `preroll` | open; lamp lit | is kept | silence |
| `flushing` | open; lamp lit | leaves | what was kept, four times as fast as it was spoken |
| `queued` | open; lamp lit | leaves | captured sound, through the event loop |
| `direct` | open; lamp lit | leaves | captured sound, sent by the microphone's thread |
"""
    )
