import math
from array import array

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.rig.simulated_link import speech

from callbox.audio.playout.model.time_stretch import (
    MAX_FRAMES,
    MIN_FRAMES,
    accelerate,
    crossfade,
    fade,
    is_periodic,
    preemptive_expand,
)
from callbox_device.model import pcm


def sine(hz, frames=960, peak=10_000, phase=0.3):
    return array("h", [round(peak * math.sin(phase + 2 * math.pi * hz * i / 48_000)) for i in range(frames)]).tobytes()


def largest_step(sound):
    return int(np.abs(np.diff(np.frombuffer(sound, np.int16).astype(int))).max())


def pitch_hz(sound):
    """By autocorrelation, 60 to 400 Hz."""
    x = np.frombuffer(sound, np.int16).astype(float)
    x -= x.mean()
    spectrum = np.fft.rfft(x, 2 * len(x))
    correlation = np.fft.irfft(np.abs(spectrum) ** 2)[: len(x)]
    lags = np.arange(120, 800)
    return 48_000 / lags[np.argmax(correlation[lags])]


@pytest.mark.parametrize("hz", [100, 150, 220.5, 440, 1000, 3333])
@pytest.mark.parametrize("scale", [accelerate, preemptive_expand])
def test_a_tone_stays_a_tone(hz, scale):
    tone = sine(hz)
    scaled = scale(tone)
    changed = abs(len(scaled) - len(tone)) // 2
    assert MIN_FRAMES <= changed <= MAX_FRAMES
    periods = changed * hz / 48_000
    assert periods == pytest.approx(round(periods), abs=0.05)
    assert largest_step(scaled) <= largest_step(tone) * 1.1 + 2
    assert abs(array("h", scaled)[0] - array("h", tone)[0]) <= 1
    assert scaled[-400:] == tone[-400:]
    assert pcm.rms_dbfs(scaled) == pytest.approx(pcm.rms_dbfs(tone), abs=0.3)


@pytest.mark.parametrize("scale", [accelerate, preemptive_expand])
def test_speech_is_scaled_without_clicks_and_keeps_its_pitch(scale):
    sound = speech()
    voiced = 0
    for at in range(0, len(sound) - 1920 * 3, 1920):
        whole = sound[at : at + 1920 * 3]
        scaled = scale(whole, force=True)
        assert MIN_FRAMES * 2 <= abs(len(scaled) - len(whole)) <= (len(whole) if pcm.peak_dbfs(whole) < -40 else 960)
        assert largest_step(scaled) <= 1.5 * largest_step(whole) + 50
        gently = scale(whole)
        if pcm.rms_dbfs(whole) > -20 and gently != whole:
            voiced += abs(pitch_hz(gently) / pitch_hz(whole) - 1) < 0.05
    assert voiced >= 10


def test_a_place_that_isnt_alike_is_left_alone_unless_it_must_be():
    chirp = array("h", [round(10_000 * math.sin(0.00001 * i**2.3)) for i in range(960)]).tobytes()
    assert accelerate(chirp) == chirp
    assert preemptive_expand(chirp) == chirp
    assert len(accelerate(chirp, force=True)) < len(chirp)


def test_quiet_is_cut_by_as_much_as_is_wanted():
    quiet = sine(300, peak=100)
    for frames in (120, 300, 480):
        assert len(quiet) - len(accelerate(quiet, frames)) == 2 * frames
        assert len(preemptive_expand(quiet, frames)) - len(quiet) == 2 * frames


def test_never_more_than_is_allowed_and_too_short_stays_as_it_is():
    tone = sine(100)
    for frames in (0, 119, 120, 300):
        assert 0 <= len(tone) - len(accelerate(tone, frames, force=True)) <= 2 * frames
    for frames in (0, 1, 240, 359):
        assert accelerate(tone[: 2 * frames], force=True) == tone[: 2 * frames]


@given(st.binary(max_size=3000).map(lambda sound: sound[: len(sound) // 2 * 2]), st.booleans())
def test_any_sound_is_taken(sound, force):
    assert len(accelerate(sound, force=force)) <= len(sound)
    assert len(preemptive_expand(sound, force=force)) >= len(sound)


def test_an_inverted_repetition_is_not_taken_for_one():
    assert is_periodic(sine(100), 480)
    assert not is_periodic(sine(100), 240)


def test_a_crossfade_goes_from_one_to_the_other():
    one, other = array("h", [1000] * 240).tobytes(), array("h", [-1000] * 240).tobytes()
    faded = np.frombuffer(crossfade(one, other), np.int16)
    assert faded[0] > 980
    assert faded[-1] < -980
    assert largest_step(faded.tobytes()) <= 10


def test_a_fade_has_no_audible_steps():
    faded = np.frombuffer(fade(array("h", [10_000] * 240).tobytes(), 1.0, 0.0), np.int16)
    assert faded[-1] == 0
    assert largest_step(faded.tobytes()) <= 251
    assert len(faded) == 240
