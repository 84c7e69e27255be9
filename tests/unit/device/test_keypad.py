"""Keys of a matrix: bounces, several keys at a time, and contacts that only seem closed."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.rig.key_matrix import closed_contacts

from callbox_device.interfaces import KeypadScan
from callbox_device.model.keypad import LAYOUTS, STUCK_S, KeypadDecoder, KeypadEvent, KeyPressed, KeysFreed, KeysStuck

LAYOUT = LAYOUTS[4]
KEYS = "".join(LAYOUT)
PLACES = {key: (row, column) for row, keys in enumerate(LAYOUT) for column, key in enumerate(keys)}


def as_seen(keys):
    """What a scan sees of the keys that are down."""
    return frozenset(closed_contacts({PLACES[key] for key in keys}, 4, 4))


def pressed(*steps, decoder=None):
    """The keys that counted of `steps`, which keys are down then, 100 ms apart."""
    decoder = decoder or KeypadDecoder(LAYOUT)
    found = []
    for number, keys in enumerate(steps):
        found += decoder.scan(KeypadScan(as_seen(keys), number * 0.1))
    found += decoder.tick(len(steps) * 0.1)
    return "".join(event.key for event in found)


def test_each_key_counts_once_when_it_is_pressed():
    assert pressed(*itertools.chain.from_iterable((key, "") for key in KEYS)) == KEYS
    three = KeypadDecoder(LAYOUTS[3])
    assert three.scan(KeypadScan(frozenset({(3, 2)}), 1.0)) == ()
    assert three.next_deadline_s == 1.02
    assert three.tick(2.0) == (KeyPressed("#", 1.0),)


@pytest.mark.parametrize(
    ("steps", "counted"),
    [
        (["1", "12", "2", ""], "12"),
        (["1", "12", "2", "23", "3", ""], "123"),
        (["1", "12", "1", ""], "1"),
        (["1", "12", "", "3"], "13"),
        (["15", ""], ""),
        (["15", "5", "", "5"], "5"),
        (["15", "159", "9", ""], ""),
        (["1", "12", "123", "23", "3", ""], "1"),  # 2 or 3?
        (["124", ""], ""),
        (["1", "12", "124", "24", "4", ""], "1"),
        (["1", "12", "124", "14", "4", ""], "14"),
    ],
)
def test_of_several_keys_those_count_that_were_alone_or_followed_one_that_was(steps, counted):
    assert pressed(*steps) == counted


def test_three_corners_of_a_rectangle_seem_to_be_four():
    assert as_seen("124") == as_seen("1245")


def test_a_key_that_is_down_at_the_start_counts_at_its_next_press():
    decoder = KeypadDecoder(LAYOUT)
    decoder.start(KeypadScan(as_seen("5"), 0.0))
    assert pressed("5", "", "5", "", decoder=decoder) == "5"


@pytest.mark.parametrize("at_start", [False, True])
def test_a_key_that_is_jammed_is_reported_once_and_again_when_it_is_freed(at_start):
    decoder = KeypadDecoder(LAYOUT)
    if at_start:
        decoder.start(KeypadScan(as_seen("5"), 0.0))
    else:
        decoder.scan(KeypadScan(as_seen("5"), 0.0))
        assert decoder.tick(0.1) == (KeyPressed("5", 0.0),)
    deadlines = [decoder.next_deadline_s]
    assert decoder.tick(STUCK_S - 0.1) == ()
    assert decoder.tick(STUCK_S) == (KeysStuck("5", STUCK_S),)
    assert [*deadlines, decoder.next_deadline_s] == [STUCK_S, None]
    assert (*decoder.scan(KeypadScan(as_seen("51"), 70.0)), *decoder.tick(70.1)) == ()
    assert (*decoder.scan(KeypadScan(as_seen("1"), 71.0)), *decoder.tick(71.1)) == (
        KeysFreed("5", 71.0),
        KeyPressed("1", 71.0),
    )


@given(st.lists(st.tuples(st.sampled_from(KEYS), st.lists(st.floats(0.0001, 0.0199), max_size=12))))
def test_a_bouncing_key_counts_once(keys):
    decoder, at_s = KeypadDecoder(LAYOUT), 0.0
    found: list[KeypadEvent] = []
    for key, gaps in keys:
        for down in (True, False):
            at_s += 0.1
            for gap_s, closed in zip([0.0, *gaps, 0.01], itertools.cycle((down, not down)), strict=False):
                at_s += gap_s
                found += decoder.scan(KeypadScan(as_seen(key if closed else ""), at_s))
            at_s += 0.001
            found += decoder.scan(KeypadScan(as_seen(key if down else ""), at_s))
    found += decoder.tick(at_s + 1)
    assert [event.key for event in found if isinstance(event, KeyPressed)] == [key for key, _ in keys]
    assert len(found) == len(keys)


@given(st.lists(st.sets(st.sampled_from(KEYS), max_size=5), max_size=12))
def test_a_key_that_counts_was_down(steps):
    decoder = KeypadDecoder(LAYOUT)
    for number, keys in enumerate(steps):
        at_s = number * 0.1
        for event in (*decoder.scan(KeypadScan(as_seen(keys), at_s)), *decoder.tick(at_s + 0.05)):
            assert isinstance(event, KeyPressed)
            assert event.key in keys
