from hypothesis import given
from hypothesis import strategies as st

from callbox.audio.playout.model.jitter_buffer import MAX_MS, MAX_PACKETS, DropReason, JitterBuffer, SequenceTracker

PACKET = 960


def buffer(*places):
    waiting = JitterBuffer()
    for place in places:
        assert waiting.put(place * PACKET, place, b"%d" % place, None) is None
    return waiting


def test_packets_come_out_by_timestamp_whatever_their_order():
    waiting = buffer(3, 1, 2)
    assert waiting.first() == PACKET
    assert [waiting.packets.pop(place * PACKET) for place in (1, 2, 3)] == [(1, b"1"), (2, b"2"), (3, b"3")]
    assert len(waiting) == 0
    assert waiting.first() is None


def test_what_comes_behind_its_time_is_late():
    waiting = JitterBuffer()
    assert waiting.put(959, 1, b"", 960) is DropReason.LATE
    assert waiting.put(960, 2, b"", 960) is None
    assert len(waiting) == 1


def test_two_of_one_time_are_duplicates_and_the_first_stays():
    waiting = buffer(1)
    assert waiting.put(PACKET, 2, b"other", None) is DropReason.DUPLICATE
    assert waiting.payload(PACKET) == b"1"


def test_it_never_holds_more_than_its_limit_and_drops_the_oldest():
    waiting = buffer(*range(200))
    assert len(waiting) == MAX_MS // 20 + 1
    assert waiting.first() == (199 - MAX_MS // 20) * PACKET
    for tick in range(2000):
        waiting.put(tick, tick, b"", None)
        assert len(waiting) <= MAX_PACKETS


def test_a_seek_ends_at_a_packet_that_waits():
    waiting = buffer(1, 2, 5, 6)
    assert waiting.seek(3 * PACKET) == 5 * PACKET
    assert len(waiting) == 2
    assert waiting.seek(100 * PACKET) == 6 * PACKET
    assert waiting.span_ms(5 * PACKET) == 20
    assert waiting.end(0) > 6 * PACKET


def noted(tracker, number):
    """The number of a packet that hasn't come before, counted on over the wraps."""
    found = tracker.note(number & 0xFFFF)
    assert found is not None
    return found


def test_the_tracker_counts_what_is_missing_and_forgives_what_comes_late():
    tracker = SequenceTracker()
    numbers = [noted(tracker, number) for number in (65534, 65535, 65537, 65539)]
    assert [number - numbers[0] for number in numbers] == [0, 1, 3, 5]
    assert tracker.lost == 2
    assert tracker.reordered == 0
    assert noted(tracker, 65536) == numbers[0] + 2
    assert (tracker.lost, tracker.reordered) == (1, 1)
    assert tracker.note(65536 & 0xFFFF) is None
    assert tracker.lost == 1


def test_the_first_packet_may_be_overtaken():
    tracker = SequenceTracker()
    assert noted(tracker, 10) == noted(tracker, 9) + 1
    assert tracker.lost == 0


def test_another_stream_is_no_loss():
    tracker = SequenceTracker()
    tracker.note(1)
    tracker.note(3)
    tracker.restart()
    tracker.note(40_000)
    assert tracker.lost == 1
    tracker.note(10)  # a leap is a stream of its own too
    tracker.note(11)
    assert tracker.lost == 1


@given(st.lists(st.integers(0, 300), min_size=1, max_size=200))
def test_the_tracker_agrees_with_a_set(numbers):
    tracker = SequenceTracker()
    seen: set[int] = set()
    for number in numbers:
        fresh = tracker.note(number) is not None
        if number > max(seen, default=number) - 256:
            assert fresh == (number not in seen)
            seen.add(number)
    if max(numbers) - min(numbers) < 256:
        assert tracker.lost == max(seen) - min(seen) + 1 - len(seen)


@given(st.lists(st.integers(), max_size=200))
def test_any_number_is_taken(numbers):
    tracker = SequenceTracker()
    for number in numbers:
        tracker.note(number)
        assert tracker.lost >= 0


def test_a_long_run_in_order_is_remembered():
    tracker = SequenceTracker()
    numbers = [noted(tracker, number) for number in range(65_000, 66_000)]
    newest = numbers[-1]
    assert numbers == list(range(newest - 999, newest + 1))
    assert tracker.lost == 0
    assert tracker.note(65_999 & 0xFFFF) is None  # came already
    assert tracker.note(65_800 & 0xFFFF) is None
    assert noted(tracker, 66_001) == newest + 2
    assert tracker.lost == 1
    assert noted(tracker, 66_000) == newest + 1
    assert (tracker.lost, tracker.reordered) == (0, 1)
