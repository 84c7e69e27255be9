"""The chirp, found again where it is; and the loop's numbers from tapes whose delay is known to the sample."""

import random

import pytest
from tests.integration.doctor.cards import resampled

from callbox.doctor.model import chirp
from callbox.doctor.model.evaluate import sound as evaluate
from callbox.doctor.model.levels import measure
from callbox.doctor.model.recording import DRIFT_CHIRPS, TimedRecording, measure_loop, program_of
from callbox_device.model import pcm
from callbox_device.model.pcm import audioop

SOUGHT = chirp.make()
MS = pcm.RATE_HZ // 1000 * pcm.BYTES_PER_FRAME


def hiss(length_ms, level, seed=1):
    """White, up to `level`."""
    return audioop.mul(random.Random(seed).randbytes(length_ms * MS), 2, level / 32768)


@pytest.mark.parametrize("at_frame", [0, 1, 4800, 12_345])
@pytest.mark.parametrize("gain", [1.0, 0.03, -0.5])
def test_it_is_found_to_the_sample(at_frame, gain):
    recorded = bytes(2 * at_frame) + audioop.mul(SOUGHT, 2, gain) + bytes(50 * MS)
    match = chirp.find(recorded, SOUGHT)
    assert match is not None
    assert match.frame == pytest.approx(at_frame, abs=0.1)
    assert match.gain == pytest.approx(gain, rel=0.05)
    assert match.likeness > 0.9


def test_it_is_found_in_noise_as_loud_as_itself():
    noise = hiss(900, 3000)
    at = 300 * MS
    recorded = noise[:at] + audioop.add(noise[at : at + len(SOUGHT)], SOUGHT, 2) + noise[at + len(SOUGHT) :]
    match = chirp.find(recorded, SOUGHT)
    assert match is not None
    assert match.frame == pytest.approx(300 * 48, abs=1)


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 5))])
def test_noise_is_no_chirp(seed):
    assert chirp.find(hiss(900, 8000, seed), SOUGHT) is None


@pytest.mark.parametrize("recorded", [b"", bytes(99 * MS), bytes(900 * MS), SOUGHT])
def test_silence_is_none_and_too_little_is_none(recorded):
    assert chirp.find(recorded, SOUGHT) is None


def tapes(delay_frames, *, gain=0.5, mic_lag_ms=12.0, clock=1.0, chirps=DRIFT_CHIRPS):
    """What was played, in periods of 10 ms, each 50 ms before it is heard; and what a microphone has of it.

    The microphone has run for 100 ms by then, and hands over periods of 20 ms, `mic_lag_ms` after their end.
    """
    program = program_of(chirps)
    played, recorded = TimedRecording(), TimedRecording()
    for number in range(len(program) // pcm.PLAYBACK_PERIOD_BYTES):
        delivered_s = 100 + number * 0.01
        piece = program[number * pcm.PLAYBACK_PERIOD_BYTES : (number + 1) * pcm.PLAYBACK_PERIOD_BYTES]
        played.add(piece, delivered_s, delivered_s + 0.05)
    air = bytes(2 * (150 * 48 + delay_frames)) + audioop.mul(resampled(program, clock), 2, gain)
    for number in range(len(program) // pcm.PERIOD_BYTES):
        captured_s = 99.9 + number * 0.02
        piece = air[number * pcm.PERIOD_BYTES : (number + 1) * pcm.PERIOD_BYTES]
        recorded.add(piece, captured_s + 0.02 + mic_lag_ms / 1000, captured_s)
    return played, recorded, chirps


@pytest.mark.parametrize("delay_ms", [7, *(pytest.param(ms, marks=pytest.mark.slow) for ms in (0, 125, 400))])
def test_a_delay_that_is_known_is_what_is_measured(delay_ms):
    driver_time = measure_loop(*tapes(delay_ms * 48))
    assert (driver_time.chirps_played, driver_time.chirps_found) == (DRIFT_CHIRPS, DRIFT_CHIRPS)
    assert driver_time.untold_ms == pytest.approx(delay_ms, abs=0.05)
    # 50 in the loudspeaker, the air, up to one period of 20 until it is handed over, and the lag.
    assert 50 + delay_ms + 12 <= driver_time.loop_ms <= 50 + delay_ms + 20 + 12.1
    assert driver_time.echo_return_loss_db == pytest.approx(6.0, abs=0.2)
    assert driver_time.drift_ppm is not None
    assert abs(driver_time.drift_ppm) < 1


@pytest.mark.parametrize("clock_ppm", [-400, *(pytest.param(ppm, marks=pytest.mark.slow) for ppm in (0, 80, 1500))])
def test_a_clock_that_is_known_to_be_fast(clock_ppm):
    driver_time = measure_loop(*tapes(100 * 48, clock=1 + clock_ppm / 1e6))
    assert driver_time.drift_ppm == pytest.approx(clock_ppm, abs=10)


def test_no_drift_is_computed_from_sound_with_gaps():
    played, recorded, chirps = tapes(100 * 48)
    assert measure_loop(played, recorded, chirps, overruns=1).drift_ppm is None
    assert measure_loop(played, recorded, chirps, underruns=1).drift_ppm is None


@pytest.mark.parametrize("delay_ms", [1000, *(pytest.param(ms, marks=pytest.mark.slow) for ms in (850, 1600))])
def test_what_comes_back_when_the_next_is_on_its_way_is_late_and_not_early(delay_ms):
    driver_time = measure_loop(*tapes(delay_ms * 48))
    assert driver_time.untold_ms == pytest.approx(delay_ms, abs=0.05)
    assert [finding.code.name for finding in evaluate.loop(driver_time, headset=False)] == ["LOOP-LATE"]


def test_an_echo_later_than_the_window_is_not_found():
    driver_time = measure_loop(*tapes(6000 * 48, chirps=3))
    assert (driver_time.chirps_found, driver_time.loop_ms) == (0, None)


def test_loudness_is_without_the_offset():
    noise = hiss(1000, 100)
    period = range(0, len(noise), pcm.PERIOD_BYTES)
    plain, shifted = (
        measure([piece[at : at + pcm.PERIOD_BYTES] for at in period]) for piece in (noise, audioop.bias(noise, 2, 5000))
    )
    assert shifted.dc_percent - plain.dc_percent == pytest.approx(100 * 5000 / 32768, abs=0.01)
    assert shifted.rms_dbfs == pytest.approx(plain.rms_dbfs, abs=0.5)
    assert shifted.noise_floor_dbfs == pytest.approx(plain.noise_floor_dbfs, abs=0.7)


def test_a_headset_needs_no_echo():
    driver_time = evaluate.LoopResult(10, 4)
    assert [finding.code.name for finding in evaluate.loop(driver_time, headset=False)] == ["LOOP-NOT-HEARD"]
    assert evaluate.loop(driver_time, headset=True) == evaluate.loop(evaluate.LoopResult(10, 5), headset=False) == []


@pytest.mark.parametrize(
    ("limit", "just_right", "too_much"),
    [
        ("LOOP-LATE", {"loop_ms": 250.0}, {"loop_ms": 250.1}),
        ("LOOP-ECHO", {"echo_return_loss_db": -3.0}, {"echo_return_loss_db": -3.1}),
        ("LOOP-DRIFT", {"drift_ppm": -300.0}, {"drift_ppm": -300.1}),
        ("LOOP-CLIPPING", {"clipped_samples": 2}, {"clipped_samples": 3}),
    ],
)
def test_where_the_limits_are(limit, just_right, too_much):
    assert evaluate.loop(evaluate.LoopResult(10, 10, **just_right), headset=False) == []
    [finding] = evaluate.loop(evaluate.LoopResult(10, 10, **too_much), headset=False)
    assert finding.code.name == limit
