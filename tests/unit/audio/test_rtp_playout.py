import itertools
import threading
from itertools import pairwise

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.rig.simulated_link import Network, run, speech, speech_packets

from callbox.audio.playout import rtp_playout as playout_module
from callbox.audio.playout.rtp_playout import RtpPlayout
from callbox_device.model import pcm

SILENCE = bytes(pcm.PLAYBACK_PERIOD_BYTES)
LENGTH_MS = 20_000
# What a clean network leaves: the margin, at most a period until the card asks, and less than WORTH_MS carried over.
MOST_CLEAN_LAG_MS = 20


def link(network=None, fec=0, **settings):
    return run(speech_packets(fec), network or Network(), **{"duration_ms": LENGTH_MS, **settings})


def samples(sound):
    return np.frombuffer(bytes(sound), np.int16).astype(float)


def likeness(played, start_ms=0):
    """How much of what was played is the original, 0 to 1: the loudness envelope, 20 ms by 20 ms, at its best shift."""
    most_ms = 200
    original = samples(bytes(most_ms * 96) + speech() * (LENGTH_MS // (len(speech()) // 96) + 1))

    def envelope(x):
        return np.sqrt((x[: len(x) // 960 * 960].reshape(-1, 960) ** 2).mean(axis=1))

    output = envelope(samples(played)[start_ms * 48 :])
    best = 0.0
    for delay_ms in range(0, most_ms, 5):
        spoken = envelope(original[(start_ms + most_ms - delay_ms) * 48 :])[: len(output)]
        best = max(best, float(np.corrcoef(output[: len(spoken)], spoken)[0, 1]))
    return best


def accounted_ms(counters):
    return counters.concealed_ms + counters.recovered_ms + counters.silence_ms


@pytest.mark.parametrize("phase_ms", range(0, 20, 3))
def test_on_a_clean_network_every_packet_is_played_within_20_ms_of_its_coming(phase_ms):
    outcome = link(phase_ms=phase_ms)
    assert outcome.counters.lost == outcome.counters.late == 0
    assert accounted_ms(outcome.counters) <= 20
    assert max(lag for _, lag in outcome.lags) <= MOST_CLEAN_LAG_MS
    assert likeness(outcome.played) > 0.99


def test_on_a_clean_network_packets_wait_10_ms_in_the_mean():
    means = [link(phase_ms=phase, duration_ms=5000).lag_ms(1000, 5000) for phase in range(20)]
    assert sum(means) / len(means) <= 10


def test_one_lost_packet_is_concealed_and_leaves_no_lag():
    clean, lossy = link(), link(Network(lost=frozenset({300})))
    assert lossy.counters.lost == 1
    assert accounted_ms(lossy.counters) == 20
    assert lossy.lags[-1] == clean.lags[-1]
    assert lossy.lag_ms(6200, 7000) == pytest.approx(clean.lag_ms(6200, 7000), abs=1)


@pytest.mark.parametrize("fec", [0, 10])
@pytest.mark.parametrize("loss", [0.01, 0.03, 0.05, 0.1])
def test_every_lost_packet_is_recovered_or_concealed_and_no_lag_lasts(loss, fec):
    clean, lossy = link(fec=fec), link(Network(loss=loss), fec=fec)
    counters = lossy.counters
    assert counters.lost == lossy.lost > 0
    assert counters.late == 0
    assert counters.played_ms + accounted_ms(counters) == pytest.approx(LENGTH_MS, abs=60)
    assert accounted_ms(counters) == pytest.approx(20 * lossy.lost, abs=25)
    # A packet more, to have the repetition in time.
    wait_ms = 20 if counters.recovered_ms else 0
    assert lossy.lag_ms(2000, LENGTH_MS) <= clean.lag_ms(2000, LENGTH_MS) + wait_ms + 10
    assert likeness(lossy.played) > 0.9


def test_in_band_fec_recovers_more_than_a_third():
    counters = link(Network(loss=0.05), fec=10).counters
    assert counters.recovered_ms > accounted_ms(counters) / 3
    assert link(Network(loss=0.05)).counters.recovered_ms == 0


def test_bursts_of_five_are_concealed_and_leave_no_lag():
    clean, lossy = link(), link(Network(burst_every=100))
    assert lossy.counters.lost == lossy.lost >= 20
    assert accounted_ms(lossy.counters) == pytest.approx(20 * lossy.lost, abs=25)
    assert lossy.lag_ms(2000, LENGTH_MS) == pytest.approx(clean.lag_ms(2000, LENGTH_MS), abs=5)


@pytest.mark.parametrize("jitter_ms", [(0, 20), (0, 40), (20, 80), (0, 80)])
def test_jitter_and_reordering_are_waited_out_and_cost_no_speech(jitter_ms):
    outcome = link(Network(jitter_ms=jitter_ms))
    counters = outcome.counters
    assert (counters.reordered > 50) == (jitter_ms[1] - jitter_ms[0] > 20)
    assert counters.late + counters.lost <= 5
    assert accounted_ms(counters) <= LENGTH_MS * 0.01 + 40
    spread_ms = jitter_ms[1] - jitter_ms[0]
    assert spread_ms - 5 <= outcome.lag_ms(5000, LENGTH_MS) <= spread_ms + MOST_CLEAN_LAG_MS
    assert likeness(outcome.played, 2000) > 0.97


def test_a_lag_from_jitter_goes_when_the_jitter_does():
    playout = RtpPlayout()
    jittery = link(Network(jitter_ms=(0, 80)), playout=playout)
    assert jittery.lag_ms(15_000, LENGTH_MS) > 60
    quiet = link()
    assert quiet.lag_ms(15_000, LENGTH_MS) < MOST_CLEAN_LAG_MS


def test_duplicates_are_played_once():
    clean, doubled = link(), link(Network(duplicated=0.5))
    assert doubled.counters.duplicates > 400
    assert doubled.played == clean.played


def test_a_lost_outage_fades_to_silence_and_leaves_no_lag():
    clean, outage = link(), link(Network(outage_ms=(8000, 10_000)))
    assert outage.counters.lost == outage.lost == 100
    assert outage.counters.concealed_ms == pytest.approx(100, abs=1)
    assert outage.counters.silence_ms == pytest.approx(1900, abs=30)
    assert not any(outage.played[8150 * 96 : 9980 * 96])
    assert outage.lag_ms(10_200, LENGTH_MS) == pytest.approx(clean.lag_ms(10_200, LENGTH_MS), abs=5)
    assert likeness(outage.played, 11_000) > 0.99


@pytest.mark.parametrize(("outage_ms", "after_ms"), [(300, 3000), (500, 4000), (2000, 1000)])
def test_a_delayed_outage_is_caught_up_with(outage_ms, after_ms):
    clean = link()
    outage = link(Network(outage_ms=(8000, 8000 + outage_ms), outage_delays=True))
    assert outage.counters.lost == 0
    back_ms = 8000 + outage_ms + after_ms
    assert outage.lag_ms(back_ms, LENGTH_MS) <= clean.lag_ms(back_ms, LENGTH_MS) + 20
    if outage_ms < 1000:
        assert outage.counters.dropped_ms == 0
        assert outage.counters.played_ms == pytest.approx(LENGTH_MS, abs=40)


@pytest.mark.parametrize("drift_ppm", [200, -200])
def test_five_minutes_of_drift_stay_within_20_ms_and_never_run_dry(drift_ppm):
    outcome = link(drift_ppm=drift_ppm, duration_ms=300_000, keep_sound=False)
    assert accounted_ms(outcome.counters) <= 10
    assert outcome.counters.late == outcome.counters.lost == 0
    # It was the time-scaling that did it: 200 ppm of five minutes are 60 ms.
    scaled_ms = outcome.counters.accelerated_ms - outcome.counters.expanded_ms
    assert scaled_ms == pytest.approx(300_000 * drift_ppm / 1e6, abs=20)
    assert max(map(abs, outcome.off_target_ms[100:])) <= 20


class Undecoded:
    """In the decoder's place for hours of drift: the speech as it was, or the worst there is to cut, noise."""

    def __init__(self, sound):
        self._pieces = itertools.cycle([sound[at : at + 1920] for at in range(0, len(sound), 1920)])

    def decode(self, payload):
        return next(self._pieces)

    def conceal(self, frames):
        return bytes(2 * frames)

    def reset(self):
        pass


@pytest.mark.slow
@pytest.mark.parametrize("drift_ppm", [200, 100, -100, -200])
def test_an_hour_of_drift_stays_within_20_ms_and_never_runs_dry(drift_ppm, monkeypatch):
    playout = RtpPlayout()
    monkeypatch.setattr(playout._decoder, "_decoder", Undecoded(speech()))
    outcome = link(drift_ppm=drift_ppm, duration_ms=3_600_000, keep_sound=False, playout=playout)
    assert accounted_ms(outcome.counters) <= 10
    assert max(map(abs, outcome.off_target_ms[100:])) <= 20


@pytest.mark.parametrize("drift_ppm", [200, -200])
def test_where_no_place_is_good_to_cut_one_is_cut_all_the_same(drift_ppm, monkeypatch):
    playout = RtpPlayout()
    noise = np.random.default_rng(1).integers(-8000, 8000, 960 * 50).astype(np.int16).tobytes()
    monkeypatch.setattr(playout._decoder, "_decoder", Undecoded(noise))
    outcome = link(drift_ppm=drift_ppm, duration_ms=200_000, keep_sound=False, playout=playout)
    assert accounted_ms(outcome.counters) <= 10
    assert max(map(abs, outcome.off_target_ms[100:])) <= 22


def test_a_thread_that_asks_late_costs_no_sound():
    outcome = link(late_fill_ms=8)
    assert accounted_ms(outcome.counters) <= 30
    assert max(lag for _, lag in outcome.lags) <= MOST_CLEAN_LAG_MS + 8


def talking():
    playout = RtpPlayout()
    for place in range(100):
        playout.write_rtp(1, place, place * 960, speech_packets()[place + 20], place * 0.02)
        playout.fill(place * 0.02 + 0.005)
        playout.fill(place * 0.02 + 0.015)
    return playout


def test_a_flush_is_silence_in_the_next_period_and_playing_goes_on():
    playout = talking()
    for place in (*range(100, 108), 109):  # the card asks for nothing meanwhile
        playout.write_rtp(1, place, place * 960, speech_packets()[place], place * 0.02)
    assert playout.unplayed_ms >= 170
    playout.flush()
    period = playout.fill(2.195)
    assert not any(period[2 * 96 :])
    assert playout.unplayed_ms < 10
    playout.write_rtp(1, 108, 108 * 960, speech_packets()[108], 2.196)  # of what was flushed, overtaken
    assert playout.counters.late == 1
    played = []
    for place in range(110, 130):
        playout.write_rtp(1, place, place * 960, speech_packets()[place], place * 0.02)
        played += [playout.fill(place * 0.02 + 0.005), playout.fill(place * 0.02 + 0.015)]
    assert sum(period == SILENCE for period in played) <= 2
    assert playout.lag_ms < MOST_CLEAN_LAG_MS


def test_a_flush_doesnt_click():
    playout = talking()
    before = playout.fill(2.005)
    playout.flush()
    after = playout.fill(2.015)
    steps = np.abs(np.diff(samples(before + after)))
    assert steps[479:].max() <= 3 * max(steps[:479].max(), 300)


def test_another_ssrc_is_another_stream():
    playout = talking()
    for place in range(50):
        at_s = 2.0 + place * 0.02
        playout.write_rtp(2, 7 + place, 12_345 + place * 960, speech_packets()[place + 30], at_s)
        playout.fill(at_s + 0.005)
        playout.fill(at_s + 0.015)
    counters = playout.counters
    assert counters.lost == 0
    assert counters.played_ms == pytest.approx(150 * 20, abs=60)
    assert playout.lag_ms < MOST_CLEAN_LAG_MS


def test_a_reset_ends_the_call():
    playout = talking()
    assert playout.is_active
    playout.reset()
    assert not playout.is_active
    playout.fill(2.0)
    silent_ms = playout.counters.silence_ms
    assert playout.fill(2.01) == SILENCE
    assert playout.counters.silence_ms == silent_ms
    assert playout.lag_ms == 0


def test_a_new_call_begins_with_nothing_of_the_one_before():
    playout = talking()
    playout.write_rtp(1, 100, 100 * 960, speech_packets()[100], 2.0)
    playout.fill(2.005)
    assert any(playout._carried)
    playout.reset()
    playout.write_rtp(2, 1, 1, speech_packets()[20], 60.0)
    assert playout.fill(60.001) == SILENCE


def test_a_card_that_was_away_gets_current_sound():
    playout = talking()
    for place in range(100, 400):
        playout.write_rtp(1, place, place * 960, speech_packets()[20 + place % 50], place * 0.02)
    for place in range(400, 500):
        playout.write_rtp(1, place, place * 960, speech_packets()[20 + place % 50], place * 0.02)
        playout.fill(place * 0.02 + 0.005)
        playout.fill(place * 0.02 + 0.015)
        if place == 405:
            assert playout.lag_ms < 2 * MOST_CLEAN_LAG_MS
    assert playout.counters.dropped_ms == pytest.approx(6000, abs=50)
    assert playout.lag_ms < MOST_CLEAN_LAG_MS


def test_a_bot_that_sends_nothing_when_it_has_nothing_to_say_loses_nothing():
    playout = RtpPlayout()
    for place in range(200):
        if not 50 <= place < 150:  # timestamps leap, numbers don't (DTX)
            number = place if place < 50 else place - 100
            playout.write_rtp(1, number, place * 960, speech_packets()[20 + place % 50], place * 0.02)
        playout.fill(place * 0.02 + 0.005)
        playout.fill(place * 0.02 + 0.015)
    counters = playout.counters
    assert counters.lost == 0
    assert counters.concealed_ms == 0
    assert counters.silence_ms == pytest.approx(2000, abs=30)
    assert playout.lag_ms < MOST_CLEAN_LAG_MS


def test_a_sender_that_pauses_its_clock_is_followed():
    playout = RtpPlayout()
    for place in range(400):
        at_s = place * 0.02 + (0.6 if place >= 100 else 0)
        playout.write_rtp(1, place, place * 960, speech_packets()[20 + place % 50], at_s)
        if place == 100:
            for missing in range(60):
                playout.fill(2.0 + missing * 0.01 + 0.005)
        playout.fill(at_s + 0.005)
        playout.fill(at_s + 0.015)
    assert playout.counters.late == 0
    assert playout.counters.concealed_ms + playout.counters.silence_ms == pytest.approx(600, abs=60)
    assert playout.lag_ms < MOST_CLEAN_LAG_MS


@pytest.mark.parametrize("frame_ms", [2.5, 5, 10, 40, 60])
@pytest.mark.parametrize("layout", ["mono", "stereo"])
def test_packets_of_any_duration_play(frame_ms, layout):
    codec = av.CodecContext.create("libopus", "w")
    codec.sample_rate, codec.format, codec.layout = pcm.RATE_HZ, "s16", layout
    codec.options = {"frame_duration": str(frame_ms)}
    codec.open()
    frames = int(48 * frame_ms)
    packets = []
    for at in range(0, len(speech()) - frames * 2, frames * 2):
        piece = speech()[at : at + frames * 2]
        frame = av.AudioFrame("s16", layout, frames)
        frame.sample_rate = pcm.RATE_HZ
        frame.planes[0].update(pcm.audioop.tostereo(piece, 2, 1, 1) if layout == "stereo" else piece)
        packets += [bytes(packet) for packet in codec.encode(frame)]
    # Not to the end: PyAV's encoder has an end of its own, and the speech begins again there.
    length_ms = int(len(packets) * frame_ms) - 100
    clean = run(packets, Network(), duration_ms=length_ms, packet_ms=frame_ms, phase_ms=4)
    assert accounted_ms(clean.counters) <= 30
    assert max(lag for _, lag in clean.lags) <= MOST_CLEAN_LAG_MS + 10
    lossy = run(packets, Network(loss=0.05), duration_ms=length_ms, packet_ms=frame_ms, phase_ms=4)
    assert lossy.counters.lost == lossy.lost > 0
    assert accounted_ms(lossy.counters) == pytest.approx(frame_ms * lossy.lost, abs=40 + frame_ms)
    assert lossy.lag_ms(2000, length_ms) <= clean.lag_ms(2000, length_ms) + 25


def test_what_is_no_opus_is_concealed_and_counted():
    packets = list(speech_packets()[:100])
    packets[50] = b""
    packets[60] = b"\xff\xff\xff"
    outcome = run(packets, Network(), duration_ms=2000)
    assert outcome.counters.malformed == 2
    assert outcome.counters.lost == 0


def test_counters_only_rise():
    seen = []
    link(
        Network(loss=0.1, jitter_ms=(0, 60), duplicated=0.1),
        fec=10,
        on_fill=lambda _, p, __: seen.append(p.counters),
    )
    for name in ("received", "late", "duplicates", "reordered", "recovered_ms", "played_ms", "accelerated_ms"):
        assert all(getattr(one, name) <= getattr(next_one, name) for one, next_one in pairwise(seen))


rtp = st.tuples(
    st.integers(0, 3),
    st.one_of(st.integers(0, 0xFFFF), st.integers(0, 40)),
    st.one_of(st.integers(0, 0xFFFF_FFFF), st.integers(0, 40).map(lambda place: place * 960)),
    st.one_of(st.binary(max_size=1500), st.deferred(lambda: st.sampled_from(speech_packets(10)[20:40]))),
    st.floats(0, 5),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(rtp, st.integers(1, 20), st.just("flush"), st.just("reset")), max_size=80))
def test_nothing_that_comes_breaks_it(happenings):
    playout = RtpPlayout()
    now_s = 0.0
    for happening in happenings:
        if happening == "flush":
            playout.flush()
        elif happening == "reset":
            playout.reset()
        elif isinstance(happening, int):
            for _ in range(happening):
                now_s += 0.01
                assert len(playout.fill(now_s)) == pcm.PLAYBACK_PERIOD_BYTES
        else:
            playout.write_rtp(*happening)
        assert len(playout._stream.buffer) <= 800
        assert len(playout._carried) <= 120 * 96
        assert playout.unplayed_ms >= 0
        assert playout.counters.lost >= 0


def test_two_threads_at_once():
    playout = RtpPlayout()
    leave = threading.Event()
    broken = []

    def card():
        requested = 0
        try:
            while not leave.is_set():
                assert len(playout.fill(requested * 0.01)) == pcm.PLAYBACK_PERIOD_BYTES
                requested += 1
        except Exception as error:
            broken.append(error)

    thread = threading.Thread(target=card, daemon=True)
    thread.start()
    for place in range(5000):
        playout.write_rtp(1, place & 0xFFFF, place * 960, speech_packets()[place % 200], place * 0.02)
        if place % 97 == 0:
            playout.flush()
        playout.counters  # noqa: B018 - read while it is written
        playout.lag_ms  # noqa: B018
    leave.set()
    thread.join(60)
    assert not broken
    assert playout.counters.received == 5000


def test_the_inlined_case_agrees_with_the_table(monkeypatch):
    network = Network(loss=0.05, jitter_ms=(0, 40), duplicated=0.1)
    short = link(network, fec=10)
    monkeypatch.setattr(playout_module, "_WORTH_BYTES", 0)  # the short way is never taken
    assert link(network, fec=10).played == short.played
