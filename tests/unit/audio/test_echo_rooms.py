"""The whole chain in generated rooms: cards whose times jitter, reference, canceller. And half duplex in the same."""

from functools import cache

import numpy as np
import pytest
from benchmarks.sound.rooms import Cards, DriftingCards, erle_db, near_kept, room, to_pcm, voices

from callbox.audio.echo.far_end_reference import FarEndReference
from callbox.audio.echo.half_duplex import HalfDuplex
from callbox.audio.echo.selection import make_processor
from callbox_device.model import pcm


@cache
def speech():
    """The bot's and the person's."""
    return voices(with_espeak=False)


def through(place, mode="cancel", *, cleaned=False, **cards):
    played = Cards(place, **cards)
    reference = FarEndReference(played.clock_s)
    chosen = make_processor(mode, reference, noise_suppression=cleaned, gain_control=cleaned)
    assert chosen.processor is not None
    return played.run(reference, chosen.processor.process), reference


@pytest.mark.parametrize(
    ("about", "least_db"),
    [
        ({}, 35),
        ({"clip": 4.0, "gain": 0.7}, 30),
        ({"delay_ms": 0}, 30),
        ({"delay_ms": 150}, 35),
        ({"drift_ppm": 200}, 35),
        ({"drift_ppm": -200}, 35),
    ],
    ids=["linear", "clipped", "close", "far away", "fast card", "slow card"],
)
def test_the_bot_does_not_receive_its_echo(about, least_db):
    place = room("test", speech=speech(), length_s=12, **about)
    out, _ = through(place)
    assert erle_db(place, out, 1, 3) > 25
    assert erle_db(place, out, 3, 12) > least_db


def test_with_rougher_times_too():
    place = room("test", speech=speech(), length_s=12)
    out, reference = through(place, jitter_ms=3, spike_ms=30)
    assert erle_db(place, out, 3, 12) > 30
    assert reference.realigned == 0


@pytest.mark.slow
@pytest.mark.parametrize("ppm", [200, -200])
def test_cards_that_drift_apart_for_minutes_cost_nothing(ppm):
    cards = DriftingCards(speech()[0], speaker_ppm=ppm, microphone_ppm=-ppm)
    reference = FarEndReference(cards.clock_s)
    processor = make_processor("cancel", reference, noise_suppression=False, gain_control=False).processor
    assert processor is not None
    erle = cards.erle_db(reference, processor.process, 240, 10)  # 96 ms apart in the end
    assert min(erle[1:]) > 35
    assert reference.realigned == 0


@pytest.mark.parametrize("expected", [True, False], ids=["expected", "untold"])
@pytest.mark.parametrize("gap_ms", [40, 250])
def test_after_an_underrun_it_recovers(gap_ms, expected):
    place = room("test", speech=speech(), gap=(6.7, gap_ms), reports_gap=expected, length_s=14)
    out, _ = through(place)
    recovered_s = 1 if expected else 2.5  # AEC3 has to find an echo that is late by more than its filter is long
    assert erle_db(place, out, 6.7 + gap_ms / 1000 + recovered_s, 14) > 30


def test_a_person_who_speaks_while_the_bot_does_is_still_there():
    place = room("test", speech=speech())
    out, _ = through(place)
    level_db, si_sdr_db = near_kept(place, out)
    assert level_db > -14
    assert si_sdr_db > near_kept(place, place.mic)[1] + 4


@cache
def person():
    return speech()[1] / np.abs(speech()[1]).max() / 3


@pytest.mark.parametrize("mode", ["cancel", "half_duplex", "off"])
@pytest.mark.parametrize("noise_suppression", [False, True])
def test_a_person_alone_is_left_whole(mode, noise_suppression):
    place = room("test", speech=speech(), length_s=8)
    place.far[:] = 0
    place.mic[:] = np.resize(person(), len(place.mic))
    played = Cards(place)
    reference = FarEndReference(played.clock_s)
    processor = make_processor(mode, reference, noise_suppression=noise_suppression, gain_control=False).processor
    out = played.run(reference, processor.process if processor else lambda period, captured_s: period)
    assert -1 < erle_db(place, out, 1, 8) < 2


def test_gain_control_lifts_a_distant_voice():
    mic = to_pcm(np.resize(person() * 0.05, 12 * pcm.RATE_HZ))
    chosen = make_processor("off", FarEndReference(), noise_suppression=True, gain_control=True)
    processor = chosen.processor
    assert processor is not None
    out = b"".join(
        processor.process(mic[start : start + pcm.PERIOD_BYTES], start / 96_000)
        for start in range(0, len(mic), pcm.PERIOD_BYTES)
    )
    assert pcm.rms_dbfs(out[8 * 96_000 :]) > pcm.rms_dbfs(mic[8 * 96_000 :]) + 6


# -- half duplex -------------------------------------------------------------------------------------------------------


def echo_of_the_bot(place, out):
    """The loudest 20 ms that left, dBFS, where only the bot spoke."""
    left = to_pcm(out)
    return max(
        pcm.rms_dbfs(left[start : start + pcm.PERIOD_BYTES])
        for start in range(0, len(left) - pcm.PERIOD_BYTES, pcm.PERIOD_BYTES)
    )


@pytest.mark.parametrize(
    "about", [{}, {"clip": 4.0, "gain": 0.7}, {"drift_ppm": 200}, {"gap": (6, 100)}, {"delay_ms": 5}]
)
def test_in_half_duplex_the_echo_never_leaves(about):
    place = room("test", speech=speech(), length_s=15, **about)
    out, _ = through(place, "half_duplex")
    assert echo_of_the_bot(place, place.mic) > -25
    assert echo_of_the_bot(place, out) < -60  # the microphone's own noise


def test_in_half_duplex_a_person_passes_when_the_bot_is_silent():
    bot = np.concatenate([speech()[0], np.zeros(6 * pcm.RATE_HZ)])
    place = room("test", speech=(bot, speech()[1]), length_s=10)
    answer_at = len(speech()[0]) + pcm.RATE_HZ  # a second after the bot
    answer = speech()[1][: 3 * pcm.RATE_HZ] * 0.3
    place.mic[answer_at : answer_at + len(answer)] += answer
    played = Cards(place)
    reference = FarEndReference(played.clock_s)
    out = played.run(reference, HalfDuplex(reference).process)
    part = slice(answer_at, answer_at + len(answer))
    assert to_pcm(out[part]) == to_pcm(place.mic[part])
