import array
import math
from itertools import pairwise

import pytest
from hypothesis import given, strategies

from callbox_device.model import pcm
from callbox_device.model.sample_format import (
    PIPELINE_FORMAT,
    WIDTHS,
    CaptureConverter,
    PcmFormat,
    PlaybackConverter,
    nearest,
)

RATES_HZ = [8_000, 16_000, 22_050, 32_000, 44_100, 48_000, 88_200, 96_000, 192_000]
formats = strategies.builds(
    PcmFormat, strategies.sampled_from(RATES_HZ), strategies.integers(1, 8), strategies.sampled_from(list(WIDTHS))
)


def sine(hz, duration_s, rate_hz=pcm.RATE_HZ, amplitude=16_000):
    return array.array(
        "h", (round(amplitude * math.sin(2 * math.pi * hz * n / rate_hz)) for n in range(round(duration_s * rate_hz)))
    ).tobytes()


def frequency_hz(sound):
    """By counting where it goes up through zero."""
    values = pcm.samples(sound)
    ups = [place for place, (a, b) in enumerate(pairwise(values)) if a < 0 <= b]
    return (len(ups) - 1) / (ups[-1] - ups[0]) * pcm.RATE_HZ


def in_pieces(sound, size):
    return [sound[place : place + size] for place in range(0, len(sound), size)]


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_what_is_captured_has_its_length_and_frequency_at_any_rate(rate_hz):
    sound = sine(440, 10, rate_hz)
    convert = CaptureConverter(PcmFormat(rate_hz)).convert
    periods = [convert(piece) for piece in in_pieces(sound, rate_hz * pcm.PERIOD_MS // 1000 * 2)]
    assert {len(period) for period in periods} == {pcm.PERIOD_BYTES}
    heard = b"".join(periods)
    assert frequency_hz(heard) == pytest.approx(440, rel=1e-4)
    assert pcm.peak_dbfs(heard) == pytest.approx(pcm.peak_dbfs(sine(440, 1)), abs=0.1)


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_what_is_played_has_its_length_and_frequency_at_any_rate(rate_hz):
    convert = PlaybackConverter(PcmFormat(rate_hz)).convert
    played = b"".join(convert(piece) for piece in in_pieces(sine(440, 10), pcm.PLAYBACK_PERIOD_BYTES))
    assert abs(len(played) / 2 - 10 * rate_hz) <= max(1, rate_hz / pcm.RATE_HZ)
    assert frequency_hz(played) * rate_hz / pcm.RATE_HZ == pytest.approx(440, rel=1e-4)


@given(formats, strategies.lists(strategies.integers(1, 2000), min_size=1, max_size=20))
def test_pieces_are_converted_as_the_whole_is(card, sizes):
    sound = sine(300, sum(sizes) / pcm.RATE_HZ)
    whole = PlaybackConverter(card).convert(sound)
    to_card, pieces, place = PlaybackConverter(card), [], 0
    for size in sizes:
        pieces.append(to_card.convert(sound[place : place + 2 * size]))
        place += 2 * size
    assert b"".join(pieces) == whole
    assert all(len(piece) % card.frame_bytes == 0 for piece in pieces)


@pytest.mark.parametrize("name", WIDTHS)
@pytest.mark.parametrize("channels", [1, 2, 3, 8])
def test_another_width_or_number_of_channels_costs_nothing(name, channels):
    card, sound = PcmFormat(pcm.RATE_HZ, channels, name), sine(440, 0.1)
    played = PlaybackConverter(card).convert(sound)
    assert len(played) == len(sound) // 2 * card.frame_bytes
    assert CaptureConverter(card).convert(played) == sound


def test_every_channel_plays_and_of_more_than_two_the_first_is_heard():
    played = PlaybackConverter(PcmFormat(channels=4)).convert(array.array("h", [1, 2]).tobytes())
    assert list(pcm.samples(played)) == [1, 1, 1, 1, 2, 2, 2, 2]
    heard = CaptureConverter(PcmFormat(channels=4)).convert(array.array("h", [1, 9, 9, 9, 2, 9, 9, 9]).tobytes())
    assert list(pcm.samples(heard)) == [1, 2]


def test_of_two_channels_the_mean_is_heard():
    heard = CaptureConverter(PcmFormat(channels=2)).convert(array.array("h", [100, 300, -7, -9]).tobytes())
    assert list(pcm.samples(heard)) == [200, -8]


def test_a_microphone_of_32_bits_keeps_its_upper_16():
    sound = array.array("i", [0x12345678, 0x12345678, -65536, -65536]).tobytes()
    assert list(pcm.samples(CaptureConverter(PcmFormat(channels=2, name="S32_LE")).convert(sound))) == [0x1234, -1]


def test_the_boxs_own_format_goes_through_untouched():
    sound = sine(440, 0.02)
    assert CaptureConverter(PIPELINE_FORMAT).convert(sound) is sound
    assert PlaybackConverter(PIPELINE_FORMAT).convert(sound) is sound


@pytest.mark.parametrize(
    ("rates_hz", "channels", "names", "wanted"),
    [
        ([8_000, 44_100, 48_000, 96_000], [1, 2], ["U8", "S16_LE", "S32_LE"], "48000 Hz, 1 channel, S16_LE"),
        ([44_100, 48_000], [2], ["S32_LE", "S24_LE"], "48000 Hz, 2 channels, S32_LE"),  # an I2S microphone
        ([44_100, 88_200, 96_000], [2, 4], ["S24_3LE"], "96000 Hz, 2 channels, S24_3LE"),
        ([44_100, 88_200], [4, 8], ["S16_LE"], "88200 Hz, 4 channels, S16_LE"),
        ([8_000, 16_000], [1], ["S16_LE"], "16000 Hz, 1 channel, S16_LE"),
        (44_100, [2], ["S16_LE"], "44100 Hz, 2 channels, S16_LE"),
        ((8_000, 192_000), [1, 2], ["S16_LE"], "48000 Hz, 1 channel, S16_LE"),
        ((8_000, 32_000), [1], ["S16_LE"], "32000 Hz, 1 channel, S16_LE"),
        ((96_000, 192_000), [1], ["S16_LE"], "96000 Hz, 1 channel, S16_LE"),
    ],
)
def test_of_what_a_card_offers_the_nearest_is_taken(rates_hz, channels, names, wanted):
    assert str(nearest(rates_hz, channels, names)) == wanted
