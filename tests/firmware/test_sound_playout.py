import threading
import time

from callbox.sound.playout import LIMIT_MS, Playout
from callbox_device import pcm


def period(value):
    return value.to_bytes(2, "little") * pcm.PERIOD_FRAMES


def test_what_is_written_is_played_in_order_whatever_its_pieces():
    playout = Playout()
    sound = b"".join(period(value) for value in range(1, 7))
    for start in range(0, len(sound), 701):
        playout.write(sound[start : start + 701])
    assert b"".join(playout.fill() for _ in range(6)) == sound


def test_nothing_to_play_is_silence_and_no_gap():
    playout = Playout()
    assert playout.fill() == pcm.SILENT_PERIOD
    assert playout.gaps == 0
    assert playout.level_dbfs == pcm.FLOOR_DBFS


def test_it_waits_for_two_periods_before_it_begins():
    playout = Playout()
    playout.write(period(1))
    assert playout.fill() == pcm.SILENT_PERIOD
    playout.write(period(2))
    assert [playout.fill(), playout.fill()] == [period(1), period(2)]


def test_running_dry_is_one_gap_and_loses_nothing():
    playout = Playout()
    playout.write(period(1) * 2 + period(2)[:100])
    played = [playout.fill() for _ in range(4)]
    assert played == [period(1), period(1), period(2)[:100] + bytes(pcm.PERIOD_BYTES - 100), pcm.SILENT_PERIOD]
    assert playout.gaps == 1


def test_too_much_drops_the_oldest_and_says_how_much():
    playout = Playout()
    for value in range(1, LIMIT_MS // pcm.PERIOD_MS + 3):
        playout.write(period(value))
    assert playout.fill() == period(3)
    assert playout.dropped_ms == 2 * pcm.PERIOD_MS


def test_flush_drops_what_waits():
    playout = Playout()
    playout.write(period(1) * 5)
    playout.flush()
    assert playout.fill() == pcm.SILENT_PERIOD
    assert playout.waiting_ms == 0


def test_two_threads_lose_and_double_nothing():
    playout = Playout()
    written = [period(value) for value in range(1, 2001)]
    played = []

    def card():
        while not played or played[-1] != written[-1]:
            taken = playout.fill()
            if taken != pcm.SILENT_PERIOD:
                played.append(taken)

    thread = threading.Thread(target=card, daemon=True)
    thread.start()
    for sound in written:
        while playout.waiting_ms > LIMIT_MS / 2:
            time.sleep(0)
        playout.write(sound)
    playout.write(pcm.SILENT_PERIOD * 2)  # what is left below the prefill is played too
    thread.join(60)
    assert played == written
