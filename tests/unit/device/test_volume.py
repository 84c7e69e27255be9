"""How loud a percentage is."""

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from callbox_device.model import pcm
from callbox_device.model.pcm import audioop
from callbox_device.model.volume import Volume, gain, hundredths_db, pick_control

TONE = (10_000).to_bytes(2, "little") * pcm.PLAYBACK_PERIOD_FRAMES


def test_half_sounds_like_half():
    assert gain(0) == 0
    assert gain(50) == 0.125  # 18 dB less
    assert gain(100) == 1


@pytest.mark.parametrize(
    ("percent", "lowest", "highest", "expected"),
    [
        (100, -10239, 400, 400),  # the headphones' control of a Raspberry Pi
        (50, -10239, 400, -1363),
        (0, -10239, 400, -10239),
        (50, -9_999_999, 0, -1806),  # its lowest step is silence
        (0, -9_999_999, 0, -9_999_999),
        (50, -1200, 0, -600),  # reaches no further than 12 dB
    ],
)
def test_a_control_stands_where_alsamixer_would_put_it(percent, lowest, highest, expected):
    assert hundredths_db(percent, lowest, highest) == expected


@given(st.integers(-12_000, -100), st.integers(0, 3000))
def test_more_percent_are_never_less(lowest, highest):
    places = [hundredths_db(percent, lowest, highest) for percent in range(101)]
    assert (places[0], places[-1]) == (lowest, highest)
    assert all(before <= after for before, after in pairwise(places))


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["Mic", "Synth", "PCM", "Master"], "Master"),
        (["Headphone", "Speaker"], "Speaker"),
        (["Mic", "Auto Gain"], "Auto Gain"),
        (["Mic", "Sidetone"], None),
        ([], None),
    ],
)
def test_the_likeliest_control_is_taken(names, expected):
    assert pick_control(names) == expected


def test_without_a_control_the_samples_become_smaller_within_one_period():
    volume = Volume(lambda _: False)
    assert volume.apply(TONE, None) is TONE
    assert volume.apply(TONE, 100) == TONE
    fading = pcm.samples(volume.apply(TONE, 50))
    assert fading[-1] == 1250
    assert all(0 <= before - after <= 10_000 * 0.9 / 10 for before, after in pairwise(fading))  # no click
    assert volume.apply(TONE, 50) == audioop.mul(TONE, 2, 0.125)
    volume.apply(TONE, 0)
    assert set(volume.apply(TONE, 0)) == {0}


def test_the_first_period_is_not_louder_than_it_shall_be():
    assert max(pcm.samples(Volume(lambda _: False).apply(TONE, 50))) == 1250


def test_with_a_control_the_samples_stay_as_they_are_and_it_is_turned_once():
    turned = []

    def turn(percent):
        turned.append(percent)
        return True

    volume = Volume(turn)
    assert all(volume.apply(TONE, percent) == TONE for percent in (None, 30, 30, 70, 70))
    assert turned == [30, 70]


@given(st.integers(0, 100), st.integers(0, 100))
@example(19, 0)  # a ramp whose last step is not exactly 0 leaves a rounding error of -1
def test_nothing_is_ever_driven_to_its_limit(first, second):
    loudest = (32767).to_bytes(2, "little") * pcm.PLAYBACK_PERIOD_FRAMES
    volume = Volume(lambda _: False)
    for percent in (first, second):
        assert all(0 <= value <= 32767 for value in pcm.samples(volume.apply(loudest, percent)))
