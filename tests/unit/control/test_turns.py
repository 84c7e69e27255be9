"""Turns: what is turn counts, and no more reports than the limit allows."""

from hypothesis import given
from hypothesis import strategies as st

from callbox.control.rate_limit import RateLimit
from callbox.control.status import Speech
from callbox.control.turns import SILENCE_S, SOUND_S, Turn


def after(turn: Turn, *samples: tuple[float, bool]) -> Turn:
    for now_s, audible in samples:
        turn = turn.sampled(now_s, audible=audible)
    return turn


SOUND = ((0.0, True), (0.1, True), (0.2, True), (SOUND_S, True))


def test_sound_that_lasts_is_the_bot_speaking_whatever_was_reported():
    for speech in Speech:
        assert after(Turn(speech), *SOUND).speech is Speech.BOT


def test_a_short_sound_is_no_turn():
    assert after(Turn(Speech.USER), (0.0, True), (0.2, True), (0.3, False)).speech is Speech.USER
    assert after(Turn(Speech.USER), (0.0, True), (0.1, True), (0.4, True), (0.6, True)).speech is Speech.USER


def test_a_gap_within_a_word_does_not_begin_the_sound_anew():
    assert after(Turn(Speech.THINKING), (0.0, True), (0.1, False), (0.2, True), (0.3, True)).speech is Speech.BOT


def test_silence_ends_a_turn_in_which_the_bot_was_audible():
    turn = after(Turn(Speech.THINKING), *SOUND)
    assert after(turn, (SOUND_S + SILENCE_S - 0.01, False)).speech is Speech.BOT
    assert after(turn, (SOUND_S + SILENCE_S, False)).speech is Speech.NONE


def test_silence_does_not_end_a_turn_in_which_nothing_was_audible():
    assert after(Turn().reported(Speech.BOT), (0.0, False), (60.0, False)).speech is Speech.BOT
    assert after(Turn().reported(Speech.THINKING), (0.0, False), (60.0, False)).speech is Speech.THINKING


@given(st.lists(st.floats(0, 5), max_size=200))
def test_never_more_events_than_the_limit_allows_in_any_window(gaps):
    limit, now_s, taken = RateLimit(burst=3, period_s=0.5), 100.0, []
    for gap in gaps:
        now_s += gap / 10
        if limit.wait_s(now_s) == 0:
            limit = limit.taken(now_s)
            taken.append(now_s)
    for place, first in enumerate(taken):
        for number, later in enumerate(taken[place:], start=1):
            assert number <= 3 + (later - first) / 0.5 + 1e-6


def test_an_event_is_allowed_after_its_wait():
    limit = RateLimit(burst=2, period_s=0.5)
    for _ in range(2):
        assert limit.wait_s(10.0) == 0
        limit = limit.taken(10.0)
    assert limit.wait_s(10.0) == 0.5
    assert limit.wait_s(10.5) == 0
