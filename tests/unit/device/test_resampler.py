"""Rates of cards: length, level at each frequency, and what is left of sound that the lower rate can't have."""

import numpy as np
import pytest

from callbox_device.alsa.resampler import Resampler
from callbox_device.model import pcm

RATES_HZ = [8_000, 16_000, 22_050, 32_000, 44_100, 88_200, 96_000, 192_000]
AMPLITUDE = 10_000


def tone(hz, rate_hz, duration_s=2.0):
    return np.round(AMPLITUDE * np.sin(2 * np.pi * hz * np.arange(int(rate_hz * duration_s)) / rate_hz)).astype("<i2")


def resampled(sound, from_hz, to_hz, period_ms=20):
    convert = Resampler(from_hz, to_hz).convert
    frames = from_hz * period_ms // 1000
    periods = [convert(sound[start : start + frames].tobytes()) for start in range(0, len(sound), frames)]
    return periods, np.frombuffer(b"".join(periods), "<i2").astype(float)


def level_and_rest_db(sound, hz, rate_hz):
    """Level of the tone against what went in, and of all that isn't the tone against it. Of the second second."""
    part = sound[rate_hz : 2 * rate_hz - rate_hz // 50]
    turns = 2 * np.pi * hz * np.arange(len(part)) / rate_hz
    waves = np.stack([np.cos(turns), np.sin(turns)], axis=1)
    found = waves @ np.linalg.lstsq(waves, part, rcond=None)[0]
    tone_power, rest_power = np.mean(found**2), np.mean((part - found) ** 2)
    return 10 * np.log10(tone_power / (AMPLITUDE**2 / 2)), 10 * np.log10(rest_power / tone_power)


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_each_period_has_its_length_from_the_first_one_on(rate_hz):
    periods, _ = resampled(tone(440, rate_hz), rate_hz, pcm.RATE_HZ)
    assert {len(period) for period in periods} == {pcm.PERIOD_BYTES}
    _, played = resampled(tone(440, pcm.RATE_HZ), pcm.RATE_HZ, rate_hz, pcm.PLAYBACK_PERIOD_MS)
    assert abs(len(played) - 2 * rate_hz) <= 1


@pytest.mark.parametrize(("from_hz", "to_hz"), [(16_000, 48_000), (48_000, 16_000), (44_100, 48_000), (48_000, 44_100)])
@pytest.mark.parametrize("hz", [300, 3_000, 6_500])
def test_a_voice_keeps_its_level_and_is_clean(from_hz, to_hz, hz):
    _, sound = resampled(tone(hz, from_hz), from_hz, to_hz)
    level_db, rest_db = level_and_rest_db(sound, hz, to_hz)
    assert abs(level_db) < 0.5
    assert rest_db < -40


@pytest.mark.parametrize("hz", [9_500, 12_000, 15_000, 20_000])
def test_what_a_card_of_16_khz_cant_play_is_silence(hz):
    _, played = resampled(tone(hz, 48_000), 48_000, 16_000)
    assert np.abs(played[1_000:-1_000]).max() < AMPLITUDE / 1000


def test_it_is_late_by_a_millisecond():
    sound = np.zeros(16_000, "<i2")
    sound[8_000] = AMPLITUDE
    _, found = resampled(sound, 16_000, 48_000)
    assert np.abs(found).argmax() - 3 * 8_000 == pytest.approx(48, abs=6)


def test_an_empty_piece_is_an_empty_piece():
    assert Resampler(16_000, 48_000).convert(b"") == b""
