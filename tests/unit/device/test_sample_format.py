import array
import math
from itertools import pairwise

import pytest
from hypothesis import given, strategies

from callbox_device.model import pcm
from callbox_device.model.pcm import audioop
from callbox_device.model.sample_format import (
    PIPELINE_FORMAT,
    WIDTHS,
    CaptureConverter,
    ChannelChoice,
    PcmFormat,
    PlaybackConverter,
    has_rate,
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


def in_pieces(sound, size):
    return [sound[place : place + size] for place in range(0, len(sound), size)]


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


def test_every_channel_plays():
    played = PlaybackConverter(PcmFormat(channels=4)).convert(array.array("h", [1, 2]).tobytes())
    assert list(pcm.samples(played)) == [1, 1, 1, 1, 2, 2, 2, 2]


def interleaved(*channels):
    """s16le frames of channels that are equally long."""
    return array.array(
        "h", (value for frame in zip(*map(pcm.samples, channels), strict=True) for value in frame)
    ).tobytes()


def captured(card, sound, channel=None, pieces=1):
    convert = CaptureConverter(card, channel).convert
    size = len(sound) // pieces
    return b"".join(convert(piece) for piece in in_pieces(sound, size))


VOICE = sine(300, 0.3)
SILENCE, OFFSET = bytes(len(VOICE)), array.array("h", [3000] * (len(VOICE) // 2)).tobytes()
INVERTED = audioop.mul(VOICE, 2, -1)
QUIETER = audioop.mul(VOICE, 2, 0.05)


@pytest.mark.parametrize(
    "other", [SILENCE, INVERTED, OFFSET, QUIETER, VOICE], ids=["dead", "inverted", "dc", "quieter", "alike"]
)
@pytest.mark.parametrize("channels", [2, 3, 8])
@pytest.mark.parametrize("place", [0, 1])
def test_a_dead_or_inverted_channel_costs_nothing_from_the_first_piece_on(other, channels, place):
    of_card = [other] * channels
    of_card[place] = VOICE
    got = captured(PcmFormat(channels=channels), interleaved(*of_card), pieces=15)
    assert got in (VOICE, INVERTED)


@given(strategies.lists(strategies.sampled_from([SILENCE, INVERTED, OFFSET, QUIETER, VOICE]), min_size=2, max_size=8))
def test_the_loudest_of_any_channels_is_captured(of_card):
    best = VOICE if VOICE in of_card else INVERTED if INVERTED in of_card else QUIETER if QUIETER in of_card else None
    got = captured(PcmFormat(channels=len(of_card)), interleaved(*of_card), pieces=5)
    peak = pcm.peak_dbfs(best) if best else pcm.peak_dbfs(OFFSET)
    assert pcm.peak_dbfs(got) == pytest.approx(peak, abs=0.1) or (best is None and got == SILENCE)


@pytest.mark.parametrize("channel", [0, 1, 2])
def test_a_channel_that_is_set_is_taken_whatever_is_in_it(channel):
    of_card = [SILENCE, QUIETER, VOICE]
    assert captured(PcmFormat(channels=3), interleaved(*of_card), channel, pieces=15) == of_card[channel]


def test_a_channel_that_the_card_has_not_is_as_none():
    assert captured(PcmFormat(channels=2), interleaved(SILENCE, VOICE), 2) == VOICE
    assert captured(PIPELINE_FORMAT, VOICE, 1) == VOICE


def test_a_channel_that_dies_is_left():
    first = interleaved(VOICE, audioop.mul(VOICE, 2, 0.9))
    then = interleaved(SILENCE, audioop.mul(VOICE, 2, 0.9))
    got = captured(PcmFormat(channels=2), first + then, pieces=30)
    assert got == VOICE + audioop.mul(VOICE, 2, 0.9)


def test_a_clearly_louder_channel_is_taken_after_200_ms_without_a_step():
    soft = audioop.mul(VOICE, 2, 0.3)
    got = captured(PcmFormat(channels=2), interleaved(soft, VOICE), pieces=15)
    assert got[: 9 * pcm.PERIOD_BYTES] == soft[: 9 * pcm.PERIOD_BYTES]
    assert got[10 * pcm.PERIOD_BYTES :] == VOICE[10 * pcm.PERIOD_BYTES :]
    steps = [abs(b - a) for a, b in pairwise(pcm.samples(got))]
    assert max(steps) < 1.5 * max(abs(b - a) for a, b in pairwise(pcm.samples(VOICE)))


def test_channels_that_are_nearly_alike_do_not_take_turns():
    choice = ChannelChoice(2, pcm.RATE_HZ)
    for turn in range(15):
        loud, soft = (0.6, 0.9) if turn % 2 else (0.9, 0.6)
        piece = interleaved(audioop.mul(VOICE[:1920], 2, loud), audioop.mul(VOICE[:1920], 2, soft))
        choice.mono(piece)
        assert choice.channel == 0


def test_an_empty_piece_is_an_empty_piece():
    assert CaptureConverter(PcmFormat(channels=2)).convert(b"") == b""


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


@pytest.mark.parametrize(
    ("rates_hz", "wanted"),
    [
        (48_000, True),
        (16_000, False),
        ((8_000, 192_000), True),
        ((8_000, 16_000), False),
        ([44_100, 48_000], True),
        ([], True),
    ],
)
def test_whether_a_card_has_the_boxs_rate(rates_hz, wanted):
    assert has_rate(rates_hz) is wanted


def test_a_card_is_opened_with_the_least_channels_that_have_the_wanted_one():
    offer = (16_000, [2, 4, 6], ["S16_LE"])
    assert [nearest(*offer, channel).channels for channel in (1, 2, 3, 5, 6, 8)] == [2, 2, 4, 6, 6, 6]


def test_the_channel_that_is_set_is_used_if_the_card_has_it():
    stereo = PcmFormat(channels=2)
    assert [CaptureConverter(stereo, channel).channel for channel in (1, 2, None)] == [1, 0, 0]
