import threading
import time

from callbox.audio.playout.pcm_queue import LIMIT_MS, PcmQueue
from callbox_device.model import pcm


def period(value):
    return value.to_bytes(2, "little") * pcm.PERIOD_FRAMES


def fill(queue):
    return queue.fill() + queue.fill()


def test_what_is_written_is_played_in_order_whatever_its_pieces():
    queue = PcmQueue()
    sound = b"".join(period(value) for value in range(1, 7))
    for start in range(0, len(sound), 701):
        queue.write(sound[start : start + 701])
    assert b"".join(fill(queue) for _ in range(6)) == sound


def test_nothing_to_play_is_silence():
    queue = PcmQueue()
    assert fill(queue) == pcm.SILENT_PERIOD


def test_it_waits_for_two_periods_before_it_begins():
    queue = PcmQueue()
    queue.write(period(1))
    assert fill(queue) == pcm.SILENT_PERIOD
    queue.write(period(2))
    assert [fill(queue), fill(queue)] == [period(1), period(2)]


def test_running_dry_is_one_gap_and_loses_nothing():
    queue = PcmQueue()
    queue.write(period(1) * 2 + period(2)[:100])
    played = [fill(queue) for _ in range(4)]
    assert played == [period(1), period(1), period(2)[:100] + bytes(pcm.PERIOD_BYTES - 100), pcm.SILENT_PERIOD]


def test_too_much_drops_the_oldest():
    queue = PcmQueue()
    for value in range(1, LIMIT_MS // pcm.PERIOD_MS + 3):
        queue.write(period(value))
    assert fill(queue) == period(3)


def test_flush_drops_what_waits():
    queue = PcmQueue()
    queue.write(period(1) * 5)
    queue.flush()
    assert fill(queue) == pcm.SILENT_PERIOD
    assert queue.unplayed_ms == 0


def test_two_threads_lose_and_double_nothing():
    queue = PcmQueue()
    written = [period(value) for value in range(1, 2001)]
    played: list[bytes] = []

    def card():
        while len(played) < 2 * len(written):
            taken = queue.fill()
            if any(taken):
                played.append(taken)

    thread = threading.Thread(target=card, daemon=True)
    thread.start()
    for sound in written:
        while queue.unplayed_ms > LIMIT_MS / 2:
            time.sleep(0)
        queue.write(sound)
    queue.write(pcm.SILENT_PERIOD * 2)  # what is left below the prefill is played too
    thread.join(60)
    assert b"".join(played) == b"".join(written)
