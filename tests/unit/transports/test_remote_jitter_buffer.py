"""A stuck bot's buffer is woken: our numbers against aiortc's own jitter buffer and statistics."""

import itertools
import random
import statistics

import pytest
from aiortc.jitterbuffer import MAX_MISORDER, JitterBuffer
from aiortc.rtcrtpreceiver import StreamStatistics
from aiortc.rtp import RtpPacket
from hypothesis import example, given, settings
from hypothesis import strategies as st

from callbox.probe.model.network_impairment import NetworkImpairment, packet_impairments
from callbox.transports.rtp.redundancy import Redundancy
from callbox.transports.rtp.remote_jitter_buffer import (
    HELD_NORMAL,
    HELD_STUCK,
    PAUSE_S,
    QUIET_S,
    SEQUENCE_JUMP,
    SETTLED_S,
    BufferState,
    RemoteJitterBuffer,
)
from callbox.transports.rtp.sequence_rewriter import LossReport, SequenceRewriter

PERIOD = 960
SSRC = 7


class Bot:
    """The receiving end of a stock aiortc: what its buffer hands out, and what its reports say."""

    def __init__(self):
        self.buffer = JitterBuffer(capacity=16, prefetch=4)
        self.statistics = StreamStatistics(48_000)
        self.seen = set()
        self.played = []
        """Periods, in the order in which they came out."""

    def take(self, data):
        packet = RtpPacket.parse(data)
        if data in self.seen:
            return  # SRTP's replay protection
        self.seen.add(data)
        self.statistics.add(packet)
        packet._data = packet.payload  # type: ignore[attr-defined]  # as aiortc's receiver hands it over
        _, frame = self.buffer.add(packet)
        if frame is not None:
            self.played.append(frame.timestamp // PERIOD)

    @property
    def report(self):
        return self.statistics.max_seq, self.statistics.packets_lost, 0  # the jitter of a test's clock says nothing


class Talk:
    """We say one packet each 20 ms; `lose` says which of the packets on the wire don't arrive."""

    def __init__(self, first=1000):
        self.bot, self.numbering, self.buffer = Bot(), SequenceRewriter(), RemoteJitterBuffer()
        self.first, self.packets = first, 0
        self.lags = []

    @property
    def now_s(self):
        return self.packets * 0.02

    def say(self, *, lose=False, copies=0, quiet=False, again=None):
        packet = RtpPacket(
            96, 0, (self.first + self.packets) & 0xFFFF, self.packets * PERIOD, SSRC, b"x%d" % self.packets
        )
        again = self.buffer.packets_to_resend(self.now_s, quiet=quiet) if again is None else again
        for data in self.numbering.packets(packet.serialize(), copies, again):
            if not (lose() if callable(lose) else lose):
                self.bot.take(data)
        self.packets += 1
        self.lags.append(self.packets - 1 - self.bot.played[-1] if self.bot.played else None)
        return again

    def report(self, copies=0, redundancy=None):
        missed = self.numbering.read(*self.bot.report)
        if redundancy is not None:
            copies = redundancy.copies
            redundancy.report(self.now_s, lost=missed.lost, incoming_lost=False)
            copies = max(copies, redundancy.copies)
        self.buffer.report(self.now_s, lost=missed.lost, mixed=missed.mixed, copies=copies)
        return missed

    @property
    def lag(self):
        return self.lags[-1]


def test_the_defect_that_this_is_for():
    talk = Talk()
    for number in range(100):
        talk.say(lose=number == 40)
    assert talk.lags[39] == 4
    assert talk.lag == HELD_STUCK
    assert 2 * talk.bot.buffer.capacity <= SEQUENCE_JUMP + HELD_NORMAL
    assert SEQUENCE_JUMP < MAX_MISORDER


@pytest.mark.parametrize("in_a_row", [1, 2, 5])
def test_after_a_report_it_holds_80_ms_again_and_nothing_is_played_twice(in_a_row):
    talk = Talk()
    for number in range(200):
        resent = talk.say(lose=40 <= number < 40 + in_a_row)
        if number == 45:
            assert talk.report() == LossReport(in_a_row, 46, mixed=False)
        if resent is not None:
            assert talk.lags[-2] > HELD_NORMAL
            assert 45 + SETTLED_S * 50 <= number <= 46 + SETTLED_S * 50
    assert talk.lag == HELD_NORMAL
    assert talk.bot.played == sorted(set(talk.bot.played))
    gone = set(range(talk.packets - HELD_NORMAL)) - set(talk.bot.played)
    assert gone == set(range(36, 40 + in_a_row))  # by the loss itself, as without us: four before it, and it


def test_in_a_pause_a_reset_does_no_harm_to_a_bot_that_holds_80_ms():
    talk = Talk()
    for number in range(200):
        talk.say(quiet=True, again=HELD_NORMAL if number in (50, 120) else None)
    assert talk.bot.played == list(range(196))
    assert talk.report().lost == 0


def test_a_bot_that_keeps_20_ms_for_a_late_copy_is_brought_back_in_a_pause():
    talk = Talk()
    for number in range(300):
        if number < 60:
            talk.say(copies=2)
        elif number == 60:  # it and its first copy are lost, the second comes after the next one
            talk.say(copies=2, lose=True)
        elif number == 61:
            lost = iter([False, True, False])
            talk.say(copies=2, lose=lambda lost=lost: next(lost))
        else:
            talk.say(copies=2, quiet=number > 200)
        if number == 150:
            assert talk.report(copies=2).lost == 0
            assert talk.lag == HELD_NORMAL + 1
    assert talk.lag == HELD_NORMAL
    assert set(range(296)) - set(talk.bot.played) == {talk.lags.index(HELD_NORMAL, 201) - HELD_NORMAL - 1}


@pytest.mark.parametrize("begin", range(40))
def test_a_leap_survives_five_packets_lost_in_a_row(begin):
    talk, wire = Talk(), itertools.count()
    for number in range(100):
        leap = number == 85
        again = HELD_STUCK if leap else None
        talk.say(lose=(lambda: begin <= next(wire) < begin + 5) if leap else number == 40, copies=3 * leap, again=again)
    assert talk.lag <= HELD_NORMAL + 1
    assert talk.bot.played == sorted(set(talk.bot.played))


def test_what_was_lost_before_a_leap_is_no_reason_for_another_in_speech():
    talk = Talk()
    for number in range(300):
        talk.say(lose=number in (40, 55))
        if number in (45, 100, 150):  # the second comes with the report after the leap
            assert talk.report().mixed is (number == 100)
    assert talk.lag == HELD_NORMAL
    assert talk.bot.played == sorted(set(talk.bot.played))


def test_in_speech_only_certainty_makes_it_leap():
    buffer = RemoteJitterBuffer()
    buffer.report(0, lost=3, mixed=True, copies=1)
    before = buffer.state
    assert before is BufferState.UNCERTAIN
    assert all(buffer.packets_to_resend(tick / 50, quiet=False) is None for tick in range(1000))
    assert [buffer.packets_to_resend(30 + tick / 50, quiet=True) for tick in range(int(QUIET_S * 50) + 2)][
        -1
    ] == HELD_NORMAL
    assert buffer.state is BufferState.NORMAL


def test_leaps_are_rare():
    buffer, leaps = RemoteJitterBuffer(), []
    for tick in range(1000):
        if tick % 10 == 0:
            buffer.report(tick / 50, lost=1, mixed=False, copies=1)
        if buffer.packets_to_resend(tick / 50, quiet=False) is not None:
            leaps.append(tick / 50)
    assert len(leaps) > 5
    assert all(later - earlier >= PAUSE_S for earlier, later in itertools.pairwise(leaps))


@pytest.mark.parametrize(
    ("impairment", "gone"),
    [
        (NetworkImpairment(loss=0.01), 0.005),
        (NetworkImpairment(loss=0.03), 0.01),
        (NetworkImpairment(loss=0.05), 0.015),
        (NetworkImpairment(loss=0.03, burst=2), 0.015),
        (NetworkImpairment(loss=0.03, burst=5), 0.03),
    ],
)
def test_a_minute_on_a_bad_network(impairment, gone):
    talk, redundancy, drops = Talk(), Redundancy(0.0), packet_impairments(impairment, "a minute")
    for number in range(60 * 50):
        pause = number % 150 > 110
        talk.say(lose=lambda: not next(drops).extra_ms, copies=redundancy.copies, quiet=pause)
        if number % 50 == 49:
            talk.report(redundancy=redundancy)
    assert statistics.median(talk.lags[10:]) <= HELD_NORMAL + 1
    assert statistics.mean(talk.lags[10:]) < 2 * HELD_NORMAL  # a buffer that is stuck: 13 to 14
    speech = {number for number in range(talk.packets) if number % 150 <= 110}
    assert len(speech - set(talk.bot.played)) / len(speech) < gone


@given(
    seed=st.integers(0, 2**32 - 1),
    loss=st.sampled_from([0.01, 0.03, 0.05, 0.1, 0.2, 0.4]),
    burst=st.sampled_from([1, 1, 2, 5, 12, 20, 40]),
    report_every=st.sampled_from([10, 25, 50, 75, 150]),
    pauses=st.sampled_from([0.0, 0.3, 0.6]),
    first=st.integers(0, 0xFFFF),
)
@example(seed=7, loss=0.03, burst=5, report_every=10, pauses=0.0, first=0)
@settings(max_examples=30)
def test_no_reset_makes_a_timestamp_go_back(seed, loss, burst, report_every, pauses, first):
    """aiortc takes each step back for a wrap of the 32 bits: its clock would jump by 2^32."""
    chance = random.Random(seed)
    talk, redundancy = Talk(first), Redundancy(0.0)
    still_lost, quiet = 0, False

    def lose():
        nonlocal still_lost
        if not still_lost and chance.random() < loss / burst:
            still_lost = burst
        if not still_lost:
            return False
        still_lost -= 1
        return True

    for number in range(500):
        if chance.random() < 0.02:
            quiet = chance.random() < pauses
        talk.say(lose=lose, copies=redundancy.copies, quiet=quiet)
        # Of a source that it hasn't heard a receiver reports nothing (RFC 3550, 6.4.1).
        if number % report_every == report_every - 1 and chance.random() < 0.8 and talk.bot.seen:
            talk.report(redundancy=redundancy)
    assert all(before < after for before, after in itertools.pairwise(talk.bot.played))


def test_without_reports_of_loss_packets_stay_what_they_are():
    numbering = SequenceRewriter()
    packets = [RtpPacket(96, 0, number & 0xFFFF, 0, SSRC, b"x").serialize() for number in range(65_500, 65_600)]
    assert numbering.ssrc is None
    assert [numbering.packets(packet, 0) for packet in packets] == [[packet] for packet in packets]
    assert numbering.packets(packets[0], 1) == [packets[-1], packets[0]]
    assert numbering.packets(packets[1], 2) == [packets[-1], packets[0], packets[1]]
    assert numbering.ssrc == SSRC


@given(st.integers(0, 0xFFFF), st.integers(0, 2**32), st.floats(0, 0.3))
def test_reports_are_read_without_our_leaps(first, seed, loss):
    chance = random.Random(seed)
    talk, lost_on_the_way, reports = Talk(first), 0, 0

    def lose():
        nonlocal lost_on_the_way
        lost = chance.random() < loss
        lost_on_the_way += lost
        return lost

    talk.say()
    for _ in range(chance.randrange(20, 400)):
        # A leap sends each packet several times, so that what is lost there is not counted here: none is.
        again = chance.randrange(1, HELD_STUCK + 1) if chance.random() < 0.02 else None
        talk.say(lose=False if again else lose, again=again)
        if chance.random() < 0.05:
            reports += talk.numbering.read(*talk.bot.report).lost
    talk.say()
    missed = talk.numbering.read(*talk.bot.report)
    assert reports + missed.lost == lost_on_the_way
    assert 0 <= missed.fraction <= 1


def test_reports_that_make_no_sense_are_borne():
    numbering = SequenceRewriter()
    assert numbering.read(5, 3, 0).lost == 0
    numbering.packets(RtpPacket(96, 0, 100, 0, SSRC, b"x").serialize(), 0)
    numbering.read(120, 0, 0)
    assert numbering.read(110, 0, 0).expected == 0
    assert numbering.read(2**32 - 1, -5, 2**32 - 1).lost == 0


def reports(loss, jitter_ms, seconds=60, seed=3):
    """What a bot's statistics say each second, when packets are late by up to four times the mean jitter."""
    chance, statistics, numbering = random.Random(seed), StreamStatistics(48_000), SequenceRewriter()
    on_the_way, missed = [], []
    for number in range(50 * seconds):
        (data,) = numbering.packets(RtpPacket(96, 0, number, number * PERIOD, SSRC, b"x").serialize(), 0)
        if chance.random() >= loss:
            on_the_way.append((number * 20 + chance.uniform(0, 4 * jitter_ms), data))
        now_ms = number * 20
        for late in sorted(entry for entry in on_the_way if entry[0] <= now_ms):
            statistics.add(RtpPacket.parse(late[1]))
            on_the_way.remove(late)
        if number % 50 == 49 and statistics.max_seq is not None:
            missed.append(numbering.read(statistics.max_seq, statistics.packets_lost, round(jitter_ms * 48)).lost)
    return missed


@pytest.mark.parametrize("jitter_ms", [5, 10, 15, 30])
@pytest.mark.parametrize("seed", range(5))
def test_what_is_out_of_order_is_not_lost(jitter_ms, seed):
    assert sum(reports(0.0, jitter_ms, seed=seed)) == 0


@pytest.mark.parametrize(("jitter_ms", "within_s"), [(0, 2), (15, 6)])
def test_what_is_lost_is_noticed_soon_also_on_a_network_that_delivers_out_of_order(jitter_ms, within_s):
    missed = reports(0.05, jitter_ms)
    assert sum(missed[:within_s]) > 0
    assert 0.7 * 0.05 * 3000 < sum(missed) < 1.4 * 0.05 * 3000


def test_a_leap_before_anything_was_sent_has_nothing_to_say_again():
    numbering = SequenceRewriter()
    first = bytes(RtpPacket(sequence_number=7, ssrc=SSRC, payload=b"x").serialize())
    assert numbering.packets(first, copies=3, again=HELD_NORMAL) == [first]
