from hypothesis import given, settings, strategies

from callbox.demo.segmenter import LEAD_MS, MAX_UTTERANCE_MS, SILENCE_MS, Spoken, Started, UtteranceSegmenter

RATE_HZ = 8_000
MS = RATE_HZ // 1000 * 2
"""Bytes."""


def quiet(ms):
    return bytes(ms * MS)


def loud(ms):
    return b"\x00\x20\x00\xe0" * (ms * MS // 4)


def segment(*sounds, piece=None):
    segmenter, whole = UtteranceSegmenter(RATE_HZ), b"".join(sounds)
    step = piece or len(whole) or 1
    return [event for start in range(0, len(whole), step) for event in segmenter.feed(whole[start : start + step])]


def test_speech_between_pauses_is_one_utterance_with_what_went_before():
    started, spoken = segment(quiet(1000), loud(500), quiet(300), loud(200), quiet(SILENCE_MS + 40))
    assert started == Started()
    assert spoken.duration_s == (LEAD_MS + 500 + 300 + 200 + SILENCE_MS - 60) / 1000
    assert loud(500) + quiet(300) + loud(200) in spoken.sound


def test_a_click_and_a_quiet_room_are_no_speech():
    assert segment(quiet(500), loud(40), quiet(500), b"\x10\x00" * RATE_HZ) == []


def test_two_sentences_are_two_utterances():
    kinds = [type(event) for event in segment(*[quiet(500), loud(300), quiet(SILENCE_MS)] * 2)]
    assert kinds == [Started, Spoken, Started, Spoken]


def test_speech_without_pause_is_cut_at_the_limit():
    events = segment(loud(MAX_UTTERANCE_MS * 2))
    assert [type(event) for event in events[:2]] == [Started, Spoken]
    assert events[1].duration_s == MAX_UTTERANCE_MS / 1000


@settings(max_examples=50, deadline=None)
@given(strategies.integers(1, 5000), strategies.lists(strategies.integers(0, 900), max_size=6))
def test_how_the_sound_is_cut_into_pieces_changes_nothing(piece, lengths_ms):
    sounds = [loud(ms) if place % 2 else quiet(ms) for place, ms in enumerate(lengths_ms)]
    assert segment(*sounds, piece=piece) == segment(*sounds)
