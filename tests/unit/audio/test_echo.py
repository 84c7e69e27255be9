"""The echo reference and what chooses the processing: clocks that jitter, cards that stall, a library that fails."""

import builtins
import itertools
import logging
import random

import pytest

from callbox.audio.echo import canceller
from callbox.audio.echo.canceller import Canceller, EchoExtraMissing, NoiseGainProcessor
from callbox.audio.echo.far_end_reference import (
    KEPT_FRAMES,
    LEAD_MS,
    SLACK_FRAMES,
    STEADY_PERIODS,
    STEP_S,
    DeviceClock,
    FarEndReference,
)
from callbox.audio.echo.half_duplex import (
    AUDIBLE_DBFS,
    EDGE_FRAMES,
    QUIET_DBFS,
    TAIL_PERIODS,
    DuckState,
    HalfDuplex,
    update,
)
from callbox.audio.echo.selection import make_processor
from callbox_device.model import pcm

LEAD = LEAD_MS * pcm.RATE_HZ // 1000
PLAYED = pcm.PLAYBACK_PERIOD_FRAMES
CAPTURED = pcm.PERIOD_FRAMES


# -- the clock of a card -----------------------------------------------------------------------------------------------


def test_jitter_is_averaged_away():
    dice, clock = random.Random(1), DeviceClock(PLAYED)
    for number in range(6000):
        assert clock.advance(50 + number / 100 + dice.gauss(0, 0.002)) == (0, 0)
    assert clock.time_s(0) == pytest.approx(50, abs=0.0003)
    assert clock.position_at(60) == pytest.approx(10 * pcm.RATE_HZ, abs=15)


@pytest.mark.parametrize("ppm", [200, -200])
def test_drift_is_followed_with_a_small_steady_lag(ppm):
    clock = DeviceClock(PLAYED)
    for number in range(30_000):
        assert clock.advance(number / 100 * (1 + ppm * 1e-6)) == (0, 0)
    assert abs(clock.time_s(clock.position) - 300 * (1 + ppm * 1e-6)) < 0.0025


@pytest.mark.parametrize(
    ("off_ms", "moved_ms"),
    [
        ([0, 14, 0, 14, 0, 14, 14, 14, 14, 14], 0),  # within jitter
        ([100] * (STEADY_PERIODS - 1) + [0], 0),  # not long enough
        ([100] * STEADY_PERIODS, 100),
        ([-60] * STEADY_PERIODS, -60),
        ([30, 30, -30, -30] * 5, 0),  # a sawtooth
        ([30, 32, 31, 29, 200], 31),  # the median
        ([600], 600),  # lost: at once
    ],
)
def test_a_displacement_is_believed_when_it_stays(off_ms, moved_ms):
    clock = DeviceClock(PLAYED)
    for number in range(1000):
        clock.advance(number / 100)
    moves = [clock.advance(10 + (number * 10 + off) / 1000)[0] for number, off in enumerate(off_ms)]
    assert sum(moves) == pytest.approx(moved_ms * 48, abs=12)
    assert (clock.position - (1000 + len(off_ms)) * PLAYED) == sum(moves)


# -- the reference -----------------------------------------------------------------------------------------------------


def played(number):
    """The `number`-th period: every sample is its own number on the loudspeaker's time line, in a cycle."""
    return counting(number * PLAYED, PLAYED)


TWO_CYCLES = 2 * b"".join((1 + sample).to_bytes(2, "little", signed=True) for sample in range(30_000))


def counting(first, frames):
    assert frames <= 30_000
    begin = first % 30_000 * pcm.BYTES_PER_FRAME
    return TWO_CYCLES[begin : begin + frames * pcm.BYTES_PER_FRAME]


class Cards:
    """Both cards, by a clock that the test moves: handed 60 ms ahead, captured and fetched a period later."""

    def __init__(self, jitter_s=0.0, ppm=0.0, microphone_ppm=0.0):
        self.now_s = 0.0
        self.reference = FarEndReference(lambda: self.now_s)
        self._dice = random.Random(5)
        self._jitter_s, self._speed, self._microphone_speed = jitter_s, 1 + ppm * 1e-6, 1 + microphone_ppm * 1e-6
        self.number = self._fetched = 0
        self.late_s = 0.0

    def _off(self):
        return self._dice.gauss(0, self._jitter_s) if self._jitter_s else 0.0

    def run(self, periods, silent=False):
        """So many periods of the microphone; what `at` says for each."""
        far_end = []
        for _ in range(periods):
            captured_s = self._fetched * 0.02 / self._microphone_speed
            end_s = captured_s + 0.02 / self._microphone_speed
            while (audible_s := self.number * 0.01 / self._speed + self.late_s) - 0.06 <= end_s:
                self.now_s = audible_s - 0.06
                sound = bytes(pcm.PLAYBACK_PERIOD_BYTES) if silent else played(self.number)
                self.reference.played(sound, audible_s + self._off())
                self.number += 1
            self.now_s = end_s
            far_end.append(self.reference.at(captured_s + self._off()))
            self._fetched += 1
        return far_end


def test_the_reference_leads_what_is_audible_by_ten_milliseconds():
    cards = Cards()
    for number, far_end in enumerate(cards.run(20)):
        assert far_end == counting(number * CAPTURED + LEAD, CAPTURED)
    assert cards.reference.delay_ms == pytest.approx(60)
    assert cards.reference.realigned == 0


def test_nothing_was_played():
    reference = FarEndReference()
    assert [reference.at(number * 0.02) for number in range(3)] == [pcm.SILENT_PERIOD] * 3


def jumps(far_end):
    """Between how many samples in `far_end` is there no step of one, and the greatest such step."""
    values = pcm.samples(b"".join(far_end))
    steps = [(b - a + 15_000) % 30_000 - 15_000 for a, b in itertools.pairwise(values)]
    odd = [step for step in steps if step != 1]
    return len(odd), max(map(abs, odd), default=0)


def test_with_jitter_the_stream_is_whole_and_close():
    cards = Cards(jitter_s=0.0015)
    cards.run(250)
    far_end = cards.run(500)
    count, greatest = jumps(far_end)
    assert count <= 25
    assert greatest <= 2
    off = pcm.samples(far_end[-1])[0] - 1 - (749 * CAPTURED + LEAD) % 30_000
    assert abs(off) < 3 * SLACK_FRAMES


@pytest.mark.parametrize("ppm", [200, -200])
def test_drift_is_taken_up_one_sample_at_a_time(ppm):
    cards = Cards(ppm=ppm)
    cards.run(2000)
    far_end = cards.run(500)  # 10 s: 96 samples
    count, greatest = jumps(far_end)
    assert 90 <= count <= 102
    assert greatest <= 2
    assert cards.reference.realigned == 0


@pytest.mark.parametrize("minutes", [10, pytest.param(60, marks=pytest.mark.slow)])
@pytest.mark.parametrize(("ppm", "microphone_ppm"), [(200, -200), (-200, 200)])
def test_two_cards_that_drift_apart_stay_within_5_ms_and_never_jump(minutes, ppm, microphone_ppm):
    """After an hour they are 1.44 s apart. What is off is the steady lag of both averages, 2 ms each, and a period's slack."""
    cards = Cards(ppm=ppm, microphone_ppm=microphone_ppm)
    cards.run(2000)
    previous = pcm.samples(cards.run(1)[0])[-1]
    for number in range(2001, minutes * 3000):
        begin, *_, last = pcm.samples(cards.run(1)[0])
        assert abs((begin - previous + 15_000) % 30_000 - 15_000) <= 2, number
        audible = round(number * CAPTURED * (1 + ppm * 1e-6) / (1 + microphone_ppm * 1e-6)) + LEAD
        assert abs((begin - 1 - audible + 15_000) % 30_000 - 15_000) <= 5 * 48, number
        previous = last
    assert cards.reference.realigned == 0


def test_after_an_underrun_what_was_handed_over_is_put_where_it_is_audible():
    cards = Cards(jitter_s=0.0002)
    cards.run(100)
    cards.late_s = 0.05
    cards.run(20)
    far_end = cards.run(1)[0]
    assert abs(pcm.samples(far_end)[0] - 1 - ((120 * CAPTURED + LEAD - 2400) % 30_000)) < 2 * SLACK_FRAMES


def test_a_card_that_ran_dry_is_known_at_once():
    now_s = 0.0
    reference = FarEndReference(lambda: now_s)
    for number in range(10):  # audible from 0.06 to 0.16 s
        now_s = number / 100
        reference.played(played(number), now_s + 0.06)
    now_s = 0.2
    reference.played(played(10), 0.21)
    far_end = b"".join(reference.at(number * 0.02) for number in range(11))
    began = (60 - LEAD_MS) * 96
    assert far_end[:began] == bytes(began)
    assert far_end[began : began + 9600] == counting(0, 4800)
    assert far_end[began + 9600 : began + 9600 + 4800] == bytes(4800)
    assert far_end[began + 9600 + 4800 :][:960] == played(10)


def test_what_was_flushed_is_not_in_the_reference():
    reference = FarEndReference(lambda: 0.0)
    for number in range(20):  # audible from 0.1 to 0.3 s
        reference.played(played(number), 0.1 + number / 100)
    for number in range(STEADY_PERIODS):  # 100 ms of it dropped
        reference.played(b"\x05\0" * PLAYED, 0.2 + number / 100)
    far_end = b"".join(reference.at(number * 0.02) for number in range(16))
    began = (100 - LEAD_MS) * 96
    assert far_end[:began] == bytes(began)
    assert far_end[began : began + 9600] == counting(0, 4800)
    assert far_end[began + 9600 : began + 9600 + 4800] == b"\x05\0" * 2400
    assert far_end[began + 9600 + 4800 :].strip(b"\0") == b""


def test_a_card_opened_again_is_aligned_with_its_first_period():
    cards = Cards()
    cards.run(50)
    cards.late_s = 7.0
    cards._fetched += 350
    far_end = cards.run(10)
    assert far_end[-1] == counting((59 + 350) * CAPTURED + LEAD - 7 * pcm.RATE_HZ, CAPTURED)


def test_lost_capture_makes_the_reference_skip_as_much():
    cards = Cards()
    cards.run(100)
    cards._fetched += 4
    cards.run(STEADY_PERIODS)
    assert cards.run(1)[0] == counting((100 + 4 + STEADY_PERIODS) * CAPTURED + LEAD, CAPTURED)
    assert cards.reference.realigned == 1


def test_it_keeps_a_second_whatever_happens():
    cards = Cards()
    cards.run(200)
    for late_s in (0.3, 20.0, 20.1, 0.0):
        cards.late_s = late_s
        cards.number = round((cards._fetched * 0.02 - late_s) * 100) + 1
        cards.run(60)
        assert len(cards.reference._kept) <= KEPT_FRAMES * 2


# -- half duplex -------------------------------------------------------------------------------------------------------

LOUD = b"\0\x20" * CAPTURED
OPEN, AUDIBLE, FADING = DuckState(), DuckState(True, TAIL_PERIODS), DuckState(False, 1)


@pytest.mark.parametrize(
    ("before", "reference_dbfs", "after"),
    [
        (OPEN, pcm.MIN_DBFS, OPEN),
        (OPEN, AUDIBLE_DBFS - 1, OPEN),
        (OPEN, AUDIBLE_DBFS, AUDIBLE),
        (AUDIBLE, QUIET_DBFS, AUDIBLE),
        (AUDIBLE, QUIET_DBFS - 1, DuckState(False, TAIL_PERIODS - 1)),
        (FADING, AUDIBLE_DBFS - 1, OPEN),
        (FADING, AUDIBLE_DBFS, AUDIBLE),
    ],
)
def test_the_table_of_half_duplex(before, reference_dbfs, after):
    assert update(before, reference_dbfs) == after


def test_it_is_closed_until_the_tail_has_passed():
    gate = HalfDuplex(FarEndReference())
    audible = [pcm.SILENT_PERIOD, LOUD, LOUD] + [pcm.SILENT_PERIOD] * (TAIL_PERIODS + 1)
    out = [gate.gate(LOUD, far_end) for far_end in audible]
    assert out[0] == LOUD
    assert out[1][EDGE_FRAMES * 2 :] == bytes(pcm.PERIOD_BYTES - EDGE_FRAMES * 2)
    assert out[2 : TAIL_PERIODS + 2] == [pcm.SILENT_PERIOD] * TAIL_PERIODS
    assert out[TAIL_PERIODS + 2][EDGE_FRAMES * 2 :] == LOUD[EDGE_FRAMES * 2 :]
    assert out[TAIL_PERIODS + 3] == LOUD


def test_its_edges_do_not_click():
    gate = HalfDuplex(FarEndReference())
    out = b"".join(gate.gate(LOUD, far_end) for far_end in [pcm.SILENT_PERIOD, LOUD] + [pcm.SILENT_PERIOD] * 14)
    values = pcm.samples(out)
    assert max(abs(b - a) for a, b in itertools.pairwise(values)) <= 0x2000 / EDGE_FRAMES + 1


# -- the choice --------------------------------------------------------------------------------------------------------


@pytest.fixture
def without_the_extra(monkeypatch):
    importing = builtins.__import__

    def without(name, *rest):
        if name == "pywebrtc_audio":
            raise ImportError("No module named 'pywebrtc_audio'")
        return importing(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)


@pytest.mark.parametrize(
    ("mode", "cleaning", "kind", "taken", "words"),
    [
        ("auto", True, Canceller, "cancel", "the echo is cancelled (noise suppressed, gain controlled)"),
        ("cancel", False, Canceller, "cancel", "the echo is cancelled"),
        ("half_duplex", True, NoiseGainProcessor, "half_duplex", "half duplex"),
        ("half_duplex", False, HalfDuplex, "half_duplex", "can't be interrupted"),
        ("off", True, NoiseGainProcessor, "off", "noise suppressed"),
        ("off", False, type(None), "off", "left in the microphone"),
    ],
)
def test_what_is_taken_with_the_library(mode, cleaning, kind, taken, words):
    chosen = make_processor(mode, FarEndReference(), noise_suppression=cleaning, gain_control=cleaning)
    assert type(chosen.processor) is kind
    assert chosen.mode == taken
    assert words in chosen.reason


@pytest.mark.parametrize(
    ("mode", "cleaning", "kind", "taken", "words"),
    [
        ("auto", True, HalfDuplex, "half_duplex", "'pywebrtc-audio>="),
        ("auto", False, HalfDuplex, "half_duplex", "'pywebrtc-audio>="),
        ("half_duplex", True, HalfDuplex, "half_duplex", "'pywebrtc-audio>="),
        ("off", True, type(None), "off", "'pywebrtc-audio>="),
        ("off", False, type(None), "off", "left in the microphone"),
    ],
)
def test_what_is_taken_without_it(without_the_extra, mode, cleaning, kind, taken, words):
    chosen = make_processor(mode, FarEndReference(), noise_suppression=cleaning, gain_control=cleaning)
    assert type(chosen.processor) is kind
    assert chosen.mode == taken
    assert words in chosen.reason


def test_a_canceller_that_is_set_and_missing_is_an_error_that_says_what_to_install(without_the_extra):
    with pytest.raises(EchoExtraMissing, match=r"'pywebrtc-audio>="):
        make_processor("cancel", FarEndReference())


def failing(near, far):
    raise ValueError("near and far must have the same length")


def test_a_library_that_fails_leaves_half_duplex_and_one_warning(caplog, monkeypatch):
    cards = Cards()
    processor = Canceller(cards.reference, failing)
    far_end = iter(cards.run(20))
    monkeypatch.setattr(cards.reference, "at", lambda captured_s: next(far_end))
    with caplog.at_level(logging.WARNING):
        out = [processor.process(LOUD, number * 0.02) for number in range(20)]
    assert out[1:] == [pcm.SILENT_PERIOD] * 19
    assert [record.message for record in caplog.records] == ["echo cancellation failed; half duplex from now on"]


def test_without_noise_suppression_sound_goes_on_untouched(caplog):
    processor = NoiseGainProcessor(failing)
    assert [processor.process(LOUD, number * 0.02) for number in range(3)] == [LOUD] * 3
    assert len(caplog.records) == 1


def test_the_library_really_rejects_what_does_not_fit():
    library = canceller.load(echo=True, noise_suppression=False, gain_control=False)
    with pytest.raises(ValueError, match="same length"):
        library(pcm.SILENT_PERIOD, b"\0\0")


def test_jitter_within_the_step_never_realigns():
    cards = Cards(jitter_s=STEP_S / 5)
    cards.run(500)
    assert cards.reference.realigned == 0
