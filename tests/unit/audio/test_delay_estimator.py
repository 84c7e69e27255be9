import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbox.audio.playout.model.delay_estimator import NEW_PATH_MS, QUANTILE, WINDOW, DelayEstimator

PACKET = 960


def arrivals(delays_ms, start=0):
    noted = DelayEstimator()
    for place, delay in enumerate(delays_ms, start):
        assert noted.note(place * 20 + delay, place * PACKET)
    return noted


def test_a_punctual_stream_has_no_jitter_whatever_its_delay():
    for delay in (0, 5, 40, 12_345_678):
        noted = arrivals([delay] * 100)
        assert noted.base_ms == pytest.approx(delay)
        assert noted.jitter_ms == pytest.approx(0, abs=0.01)


def test_jitter_is_what_nearly_all_packets_stay_below():
    chance = random.Random(1)
    noted = arrivals([chance.uniform(10, 70) for _ in range(2000)])
    assert noted.base_ms == pytest.approx(10, abs=1)
    assert noted.jitter_ms == pytest.approx(60 * QUANTILE, abs=2.5)


def test_new_jitter_is_noticed_within_half_a_second():
    chance = random.Random(2)
    noted = arrivals([5] * WINDOW + [5 + chance.uniform(0, 60) for _ in range(25)])
    assert noted.jitter_ms > 15
    noted = arrivals([5] * WINDOW + [5 + chance.uniform(0, 60) for _ in range(100)])
    assert noted.jitter_ms > 45


def test_old_jitter_is_forgotten():
    chance = random.Random(3)
    noted = arrivals([chance.uniform(0, 60) for _ in range(200)] + [30] * (WINDOW + 100))
    assert noted.jitter_ms == pytest.approx(0, abs=0.01)
    assert noted.base_ms == pytest.approx(30)


def test_a_better_way_counts_at_once():
    noted = arrivals([50] * 100 + [20])
    assert noted.base_ms == pytest.approx(20)


def test_what_was_held_up_together_counts_once():
    # Two seconds held up, then all at once: an outage, which says nothing of the next packet.
    noted = arrivals([5] * 100)
    for place in range(100, 200):
        noted.note(200 * 20 + 5, place * PACKET)
    assert noted.jitter_ms < 5
    assert noted.base_ms == pytest.approx(5)


def test_packets_that_come_in_batches_have_the_jitter_of_a_batch():
    noted = DelayEstimator()
    for place in range(600):
        noted.note((place // 5 + 1) * 100, place * PACKET)
    assert noted.base_ms == pytest.approx(20)
    assert noted.jitter_ms == pytest.approx(80)


def test_a_longer_way_for_good_is_the_way_after_a_second():
    noted = arrivals([5] * 200)
    packets = int(NEW_PATH_MS / 20)
    for place in range(200, 200 + packets):
        noted.note(place * 20 + 600, place * PACKET)
    assert noted.base_ms == pytest.approx(5)
    assert noted.recent_base_ms == pytest.approx(600)
    for place in range(200 + packets, 203 + packets):
        noted.note(place * 20 + 600, place * PACKET)
    assert noted.base_ms == pytest.approx(600)
    assert noted.jitter_ms == 0


@pytest.mark.parametrize("leap_ms", [-5000, 5000, 3_600_000])
def test_a_clock_that_leaps_begins_a_new_window(leap_ms):
    noted = arrivals([5] * 100)
    assert not noted.note(100 * 20 + 5 + leap_ms, 100 * PACKET)
    assert noted.base_ms == pytest.approx(5 + leap_ms)
    assert noted.note(101 * 20 + 5 + leap_ms, 101 * PACKET)


def test_the_base_follows_drift_either_way():
    for ppm in (200, -200):
        noted = DelayEstimator()
        for place in range(100_000):
            noted.note(place * 20 * (1 - ppm / 1e6), place * PACKET)
        true_ms = -100_000 * 20 * ppm / 1e6
        assert noted.base_ms == pytest.approx(true_ms, abs=4)
        assert noted.jitter_ms < 4


@given(st.lists(st.tuples(st.floats(0, 1e9), st.integers(-(2**40), 2**40)), max_size=100))
def test_nothing_breaks_it(packets):
    noted = DelayEstimator()
    for arrived_ms, timestamp in packets:
        noted.note(arrived_ms, timestamp)
        assert noted.jitter_ms >= 0
        assert noted.base_ms <= arrived_ms - timestamp / 48
