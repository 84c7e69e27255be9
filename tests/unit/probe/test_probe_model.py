"""Segments, percentiles, checks, reports and bad networks of `callbox probe`."""

import json
import xml.etree.ElementTree as ET

import pytest
from tests.rig.known_delay_bot import tone

from callbox.probe.model import report
from callbox.probe.model.candidates import addresses, with_candidate
from callbox.probe.model.network_impairment import burst_starts, is_rtp
from callbox.probe.model.networks import ImpairedDirection, networks
from callbox.probe.model.results import (
    LimitCheck,
    MeasuredInterruption,
    MeasuredTurn,
    Results,
    bot_first_word,
    checks,
    first_word,
    percentile,
)
from callbox.probe.model.segments import HANGOVER_S, PlayoutClock, Segment, SegmentDetector, ending_at_last_loud
from callbox_device.model import pcm


def silence(duration_s):
    return bytes(round(duration_s * pcm.RATE_HZ) * 2)


def fed(sound, piece_s=0.02, at_s=100.0):
    detector, size = SegmentDetector(), round(piece_s * pcm.RATE_HZ) * 2
    for number, place in enumerate(range(0, len(sound), size)):
        detector.take(at_s + number * piece_s, sound[place : place + size])
    return detector


@pytest.mark.parametrize("piece_s", [0.01, 0.02, 0.1])
def test_a_segment_has_its_first_and_last_loud_sample(piece_s):
    detector = fed(silence(0.333) + tone(0.5) + silence(0.7), piece_s)
    (segment,) = detector.segments
    assert segment.begin_s == pytest.approx(100.333, abs=0.001)
    assert segment.end_s == pytest.approx(100.833, abs=0.001)
    assert segment.is_over
    assert not detector.is_speaking


def test_pauses_within_speech_do_not_end_it_and_longer_ones_do():
    short, long = HANGOVER_S - 0.1, HANGOVER_S + 0.1
    assert len(fed(tone(0.2) + silence(short) + tone(0.2)).segments) == 1
    assert len(fed(tone(0.2) + silence(long) + tone(0.2)).segments) == 2


def test_a_click_is_no_segment():
    assert not fed(silence(0.1) + tone(0.005) + silence(0.1)).segments


def test_time_ends_a_segment_when_no_sound_comes():
    detector = fed(tone(0.2))
    detector.pass_time(100.2 + HANGOVER_S - 0.1)
    assert detector.is_speaking
    detector.pass_time(100.2 + HANGOVER_S + 0.1)
    assert not detector.is_speaking


def test_a_player_plays_speech_in_order_and_drops_silence_before_it():
    clock, period = PlayoutClock(), silence(0.02)
    assert clock.begin_s(5.0, period, is_speaking=False) == 5.0
    assert clock.begin_s(5.001, period, is_speaking=True) == pytest.approx(5.02)
    assert clock.begin_s(5.002, period, is_speaking=False) == 5.002
    assert clock.begin_s(6.0, period, is_speaking=True) == 6.0


def test_speech_ends_with_its_last_period():
    sound = ending_at_last_loud(tone(0.105) + silence(1))
    assert len(sound) % pcm.PERIOD_BYTES == 0
    assert len(sound) == 6 * pcm.PERIOD_BYTES
    assert fed(sound).segments[0].end_s == pytest.approx(100.12)
    with pytest.raises(ValueError, match="louder than -45 dBFS"):
        ending_at_last_loud(silence(0.1))


@pytest.mark.parametrize(
    ("values", "percent", "expected"),
    [([], 50, None), ([7], 95, 7), ([1, 2, 3, 4], 50, 2.5), ([4, 3, 2, 1], 100, 4), ([1, 2], 0, 1), ([0, 10], 95, 9.5)],
)
def test_percentiles(values, percent, expected):
    assert percentile(values, percent) == expected


UTTERANCE = Segment(1.0, 2.0, is_over=True)


def results(**more):
    turns = [MeasuredTurn(UTTERANCE, Segment(begin, 5.0)) for begin in (2.5, 3.0, 1.5)] + [
        MeasuredTurn(UTTERANCE, None)
    ]
    return Results({"ready": 123.456}, turns, **more)


def test_latency_is_none_without_an_answer_or_when_the_bot_spoke_before():
    assert [turn.latency_ms for turn in results().turns] == [500, 1000, None, None]
    summary = results().summary()
    assert summary["latency_p50_ms"] == 750
    assert summary["latency_max_ms"] == 1000
    assert (summary["answered"], summary["turns"], summary["ready_ms"], summary["interruption_ms"]) == (
        3,
        4,
        123.5,
        None,
    )
    assert Results({}, []).summary()["latency_p95_ms"] is None


@pytest.mark.parametrize(("bot_end_s", "duration_ms"), [(1.4, 400), (0.9, None)])
def test_an_interruption_lasts_from_the_first_sound_to_the_bots_last(bot_end_s, duration_ms):
    interruption = MeasuredInterruption(UTTERANCE, Segment(0.0, bot_end_s))
    assert interruption.duration_ms == pytest.approx(duration_ms)
    assert results(interruption=interruption).summary()["interruption_ms"] == duration_ms


def test_checks():
    found = checks(results(), {"ready_ms": 200, "latency_p95_ms": 900, "interruption_ms": 1})
    assert [(check.name, check.passed) for check in found] == [
        ("unanswered", False),
        ("ready_ms", True),
        ("latency_p95_ms", False),
        ("interruption_ms", False),
    ]
    assert found[-1].text == "interruption_ms: not measured, limit 1"
    assert LimitCheck("x", 1.5, 2).text == "x: 1.5, limit 2"


@pytest.mark.parametrize(
    ("words", "transcript", "expected"),
    [("Hello, box!", "hello. Box", True), ("Hello", "box", False), ("", "box", None), ("a", "…", None)],
)
def test_the_callers_first_word(words, transcript, expected):
    assert first_word(words, transcript) is expected


def test_the_bots_first_word_is_whole_if_the_stream_does_not_begin_with_it():
    segment = Segment(10.0, 11.0)
    assert bot_first_word(9.9, [segment]) is True
    assert bot_first_word(10.0, [segment]) is False
    assert bot_first_word(9.9, []) is None
    assert bot_first_word(None, [segment]) is None


def test_reports():
    called = results()
    figures = report.as_dict({"url": "http://<b>", "network": "none"}, called, checks(called, {"ready_ms": 200}))
    assert json.loads(report.as_json(figures)) == figures
    assert figures["passed"] is False
    text = report.as_text(figures)
    assert "latency of the turns, ms: 500, 1000, none, none" in text
    assert "FAILED  unanswered: 1, limit 0" in text
    assert "passed  ready_ms: 123.5, limit 200" in text
    assert "None" not in text
    suite = ET.fromstring(report.as_junit(figures))
    assert [case.find("failure") is None for case in suite] == [False, True]
    page = report.as_html(figures, [0.5] * 3000, [])
    assert "http://&lt;b&gt;" in page
    assert "<b>" not in page
    assert page.count("M") > 900


OFFER = (
    "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 96\r\na=candidate:1 1 udp 1 10.0.0.2 5000 typ srflx raddr 0.0.0.0 rport 0\r\n"
    "a=candidate:2 1 udp 2 192.168.1.2 4000 typ host\r\na=candidate:3 1 udp 2 fd00::2 4001 typ host\r\n"
    "a=end-of-candidates\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:1\r\n"
)


def test_candidates_of_an_sdp():
    assert addresses(OFFER) == [("192.168.1.2", 4000), ("10.0.0.2", 5000)]
    changed = with_candidate(OFFER, "127.0.0.1", 9)
    assert addresses(changed) == [("127.0.0.1", 9)]
    assert changed.count("a=candidate") == 1
    assert changed.endswith("a=end-of-candidates\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:1\r\n")


def test_there_are_nine_networks():
    assert len(networks()) == 9
    assert networks()["burst"].impairment.burst == 5


def test_what_a_network_does_to_packets():
    clean = ImpairedDirection(networks()["clean"].impairment, "1")
    assert clean.release_times(10.0, is_sound=True, since_first_sound_s=0.0) == [pytest.approx(10.005)]
    lossy = ImpairedDirection(networks()["loss-10"].impairment, "1")
    arrived = [lossy.release_times(0.0, is_sound=True, since_first_sound_s=0.0) for _ in range(1000)]
    assert 70 < lossy.lost == sum(not times for times in arrived) < 130
    assert all(lossy.release_times(0.0, is_sound=False, since_first_sound_s=None) for _ in range(100))


def test_an_outage_loses_or_holds_all_packets_of_its_time():
    lost = ImpairedDirection(networks(8.0)["outage-lost"].impairment, "1")
    held = ImpairedDirection(networks(8.0)["outage-held"].impairment, "1")
    for since_s in (None, 7.9, 10.0):
        assert lost.release_times(50.0, is_sound=False, since_first_sound_s=since_s) == [pytest.approx(50.005)]
    assert lost.release_times(50.0, is_sound=True, since_first_sound_s=8.0) == []
    assert lost.release_times(50.0, is_sound=False, since_first_sound_s=9.9) == []
    assert lost.lost == 1
    assert held.release_times(50.0, is_sound=True, since_first_sound_s=8.5) == [pytest.approx(51.5)]
    assert held.lost == 0


@pytest.mark.parametrize(("loss", "burst", "starts"), [(0, 5, 0), (1, 5, 1), (0.5, 1, 0.5), (0.05, 5, 0.05 / 4.8)])
def test_bursts_begin_as_often_as_their_share_needs(loss, burst, starts):
    assert burst_starts(loss, burst) == pytest.approx(starts)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [(128, 96, True), (191, 224, True), (128, 200, False), (0, 1, False), (22, 96, False)],
)
def test_rtp_among_datagrams(first, second, expected):
    assert is_rtp(bytes([first, second])) is expected
