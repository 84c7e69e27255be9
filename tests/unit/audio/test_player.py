"""What the loudspeaker plays, with a card that a test turns by hand."""

import asyncio
import itertools
import math
from concurrent.futures import Future

import numpy as np
import pytest

from callbox.audio.playout import player as player_module
from callbox.audio.playout.announcement import AnnouncementSound
from callbox.audio.playout.cues import Cue, error_beeps, periods
from callbox.audio.playout.player import Player
from callbox_device.interfaces import BoardError, PartFailed, PartMissing
from callbox_device.model import pcm
from callbox_device.simulated import SimulatedSpeaker

SILENCE = pcm.silence(pcm.PLAYBACK_PERIOD_MS)


class Speaker:
    delay_ms = 0.0
    underruns = 0
    volume_percent: int | None = None

    def __init__(self):
        self.is_open = False
        self.starts = 0
        self.missing: BoardError | None = None
        self.history = []

    def start(self, fill, failed):
        if self.missing:
            future: Future[None] = Future()
            future.set_exception(self.missing)
            return future
        self.is_open = True
        self.starts += 1
        self.fill, self.failed = fill, failed
        return _done()

    def flush(self):
        self.history.append("flush")

    def stop(self):
        self.is_open = False
        self.history.append("closed")
        return _done()


def _done():
    future: Future[None] = Future()
    future.set_result(None)
    return future


class Listener:
    def __init__(self):
        self.periods_played = []

    def played(self, period, audible_s):
        self.periods_played.append((period, audible_s))


async def opened():
    speaker, listener = Speaker(), Listener()
    player = Player(speaker, print, listener)
    await player.open()
    return player, speaker, listener


def sound(value, count=1):
    return value.to_bytes(2, "little") * pcm.PLAYBACK_PERIOD_FRAMES * count


async def test_pcm_is_played_and_handed_to_the_far_end_sink_with_its_time():
    player, speaker, listener = await opened()
    player.write(sound(900, 4))
    assert speaker.fill(12.5) == sound(900)
    assert listener.periods_played == [(sound(900), 12.5)]
    assert -40 < player.level_dbfs < -25
    assert player.unplayed_ms == 30


async def test_a_flush_reaches_the_card():
    player, speaker, _ = await opened()
    player.write(sound(900, 4))
    player.flush()
    assert speaker.history == ["flush"]
    assert speaker.fill(0.0) == SILENCE
    assert player.unplayed_ms == 0


async def test_what_the_card_holds_is_unplayed_too():
    player, speaker, _ = await opened()
    speaker.delay_ms = 25.0
    assert player.unplayed_ms == 25


async def test_a_cue_is_played_to_its_end_before_the_card_is_closed():
    player, speaker, _ = await opened()
    player.cue(Cue.NOT_RECEIVED)
    closing = asyncio.create_task(player.close())
    await asyncio.sleep(0)
    assert [speaker.fill(0.0) for _ in periods(Cue.NOT_RECEIVED)] == list(periods(Cue.NOT_RECEIVED))
    assert speaker.is_open
    await closing
    assert speaker.history[-1] == "closed"


async def test_a_cue_is_played_to_its_end_by_a_slow_card(monkeypatch):
    monkeypatch.setattr(player_module, "MAX_LATE_S", 60.0)  # a busy machine is no card that takes nothing
    speaker = SimulatedSpeaker(drift_ppm=-600_000)
    player = Player(speaker, print)
    await player.open()
    player.cue(Cue.NOT_RECEIVED)
    await player.close()
    played, at = bytes(speaker.played), 0
    for period in periods(Cue.NOT_RECEIVED):
        at = played.find(period, at)
        assert at >= 0
        at += len(period)


async def test_a_card_that_takes_nothing_is_closed_over_its_cues(monkeypatch):
    monkeypatch.setattr(player_module, "MAX_LATE_S", 0.02)
    player, speaker, _ = await opened()
    player.cue(Cue.NOT_RECEIVED)
    await player.close()
    assert speaker.history[-1] == "closed"


async def test_closing_that_is_given_up_plays_the_cues_and_closes_the_card_all_the_same(monkeypatch):
    monkeypatch.setattr(player_module, "MAX_LATE_S", 60.0)
    speaker = SimulatedSpeaker()
    player = Player(speaker, print)
    await player.open()
    player.cue(Cue.NOT_RECEIVED)
    closing = asyncio.create_task(player.close())
    await asyncio.sleep(0)
    closing.cancel()
    async with asyncio.timeout(60):
        while speaker.is_open:
            await asyncio.sleep(0.01)
    assert all(period in speaker.played for period in periods(Cue.NOT_RECEIVED))


async def test_a_session_that_begins_while_the_cues_of_the_one_before_are_played_keeps_the_card():
    player, speaker, _ = await opened()
    player.cue(Cue.NOT_RECEIVED)
    player.cue(Cue.MUTED, after_session=True)
    closing = asyncio.create_task(player.close())
    await asyncio.sleep(0)
    await player.open()
    await closing
    assert (speaker.is_open, speaker.starts) == (True, 1)
    cues = [*periods(Cue.NOT_RECEIVED), *periods(Cue.MUTED)]
    assert [speaker.fill(0.0) for _ in cues] == cues
    await player.close()
    assert not speaker.is_open


async def test_a_cue_delays_and_hides_nothing_of_the_bot():
    player, speaker, listener = await opened()
    player.write(sound(900, 4))
    player.cue(Cue.BOT_READY)
    mixed = pcm.samples(speaker.fill(0.0))
    assert list(mixed) == [900 + value for value in pcm.samples(periods(Cue.BOT_READY)[0])]
    assert player.bot_period == (sound(900), pcm.peak_dbfs(sound(900)))
    assert listener.periods_played[0][0] == mixed.tobytes()


def new_player():
    speaker = Speaker()
    faults: list[BoardError] = []
    return Player(speaker, faults.append), speaker, faults


async def drained(player):
    while player._alone:
        await asyncio.sleep(0.001)
    while "close loudspeaker" in {task.get_name() for task in asyncio.all_tasks()}:
        await asyncio.sleep(0.001)


@pytest.mark.simulated_time
async def test_without_a_session_a_cue_opens_the_card_for_as_long_as_it_lasts():
    player, speaker, _ = new_player()
    player.cue(Cue.HUNG_UP)
    while not speaker.is_open:
        await asyncio.sleep(0.001)
    assert [speaker.fill(0.0) for _ in periods(Cue.HUNG_UP)] == list(periods(Cue.HUNG_UP))
    await drained(player)
    assert not speaker.is_open


@pytest.mark.simulated_time
async def test_a_session_takes_the_card_over_from_a_cue():
    player, speaker, _ = new_player()
    player.cue(Cue.CONNECTING)
    await player.open()
    assert speaker.starts == 1
    for _ in periods(Cue.CONNECTING):
        speaker.fill(0.0)
    await asyncio.sleep(1)
    assert speaker.is_open
    await player.close()
    assert not speaker.is_open


@pytest.mark.simulated_time
async def test_a_cue_for_after_the_session_is_not_waited_for():
    player, speaker, _ = new_player()
    await player.open()
    player.cue(Cue.HUNG_UP, after_session=True)
    assert speaker.fill(0.0) == SILENCE
    await player.close()
    assert (speaker.is_open, speaker.starts) == (True, 1)
    assert speaker.fill(0.0) == periods(Cue.HUNG_UP)[0]
    player.drop_cues()
    await drained(player)
    assert not speaker.is_open


@pytest.mark.simulated_time
async def test_what_comes_while_a_session_is_closed_is_played_after_what_came_before(monkeypatch):
    player, speaker, _ = new_player()
    await player.open()
    loop, stop = asyncio.get_running_loop(), speaker.stop

    def stop_late():
        stopped: Future[None] = Future()
        stop().add_done_callback(lambda _: loop.call_later(0.1, stopped.set_result, None))
        return stopped

    monkeypatch.setattr(speaker, "stop", stop_late)
    player.cue(Cue.HUNG_UP, after_session=True)
    closing = asyncio.create_task(player.close())
    await asyncio.sleep(0.05)
    player.cue(Cue.MUTED, after_session=True)  # as the spoken cause of an error, once it has been read
    await closing
    while not speaker.is_open:
        await asyncio.sleep(0.001)
    cues = [*periods(Cue.HUNG_UP), *periods(Cue.MUTED)]
    assert [speaker.fill(0.0) for _ in cues] == cues
    await drained(player)


@pytest.mark.simulated_time
@pytest.mark.parametrize("what", ["open", "stop"])
async def test_opening_and_stopping_wait_until_another_players_devices_are_closed(what):
    speaker, closed = Speaker(), asyncio.Event()
    player = Player(speaker, print)

    async def close():
        await closed.wait()

    player.opens_after = asyncio.create_task(close())
    waiting = asyncio.create_task(getattr(player, what)())
    await asyncio.wait([waiting], timeout=0.01)
    assert (waiting.done(), speaker.starts) == (False, 0)
    closed.set()
    await waiting
    assert speaker.is_open is (what == "open")


async def test_stop_ends_a_cue_without_a_session_at_once():
    player, speaker, _ = new_player()
    player.cue(Cue.HUNG_UP)
    while not speaker.is_open:
        await asyncio.sleep(0.001)
    await player.stop()
    assert not speaker.is_open


@pytest.mark.simulated_time
async def test_a_loudspeaker_that_is_missing_or_breaks_under_a_cue_is_no_fault():
    player, speaker, faults = new_player()
    speaker.missing = PartMissing("none")
    player.cue(Cue.HUNG_UP)
    await drained(player)
    speaker.missing = None
    await player.open()
    assert speaker.fill(0.0) == SILENCE  # the cue of then is not played now
    await player.close()
    player.cue(Cue.HUNG_UP)
    while not speaker.is_open:
        await asyncio.sleep(0.001)
    speaker.failed(PartFailed("broken"))
    assert not faults
    await player.open()
    speaker.failed(PartFailed("broken"))
    assert len(faults) == 1
    await player.stop()


async def test_at_a_volume_of_nought_no_card_is_opened():
    player, speaker, _ = new_player()
    player.cue_volume_percent = 0
    player.cue(Cue.HUNG_UP)
    assert player._alone is None
    assert not speaker.is_open


async def test_at_a_volume_of_nought_a_ringing_tone_is_silence():
    player, speaker, _ = await opened()
    player.is_ringing = True
    player.cue_volume_percent = 0  # quiet hours begin while it rings
    assert speaker.fill(0.0) == SILENCE
    player.cue_volume_percent = 50
    assert max(pcm.samples(speaker.fill(0.0))) > 0


async def test_the_ringing_tone_has_the_cadence_of_e_180():
    player, speaker, _ = await opened()
    player.is_ringing = True
    rounds = pcm.samples(b"".join(speaker.fill(0.0) for _ in range(1000)))
    is_tone = np.abs(np.asarray(rounds).reshape(1000, -1)).max(axis=1) > 1000
    assert is_tone.tolist() == ([True] * 100 + [False] * 400) * 2
    assert peaks_hz(np.asarray(rounds[: pcm.RATE_HZ])) == [425]
    player.is_ringing = False
    assert speaker.fill(0.0) == SILENCE


def peaks_hz(samples):
    """Of one note: its frequency, to 1 %."""
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples)), 4 * pcm.RATE_HZ))
    return [round(int(spectrum.argmax()) / 4)]


@pytest.mark.parametrize("cue", Cue)
def test_cues_are_short_sounds_without_clicks(cue):
    whole = pcm.samples(b"".join(periods(cue)))
    assert all(len(period) == pcm.PLAYBACK_PERIOD_BYTES for period in periods(cue))
    assert len(whole) < 0.5 * pcm.RATE_HZ
    assert -20 < pcm.peak_dbfs(whole.tobytes()) < -10
    steepest = 2 * math.pi * max(hz for hz, _ in cue.value) / pcm.RATE_HZ * max(whole)
    assert max(abs(there - here) for here, there in itertools.pairwise(whole)) < 1.05 * steepest
    place = 0
    for hz, ms in cue.value:
        note = np.asarray(whole[place : place + pcm.RATE_HZ * ms // 1000], float)
        place += len(note)
        assert peaks_hz(note)[0] == pytest.approx(hz, abs=10)
    assert not any(whole[place:])


def test_cues_differ():
    assert len({periods(cue) for cue in Cue}) == len(Cue)


@pytest.mark.parametrize("count", range(1, 10))
def test_an_error_has_as_many_beeps_as_its_number(count):
    sound = np.abs(np.asarray(pcm.samples(b"".join(periods(error_beeps(count)))), float))
    assert len(sound) < 2 * pcm.RATE_HZ
    envelope = sound[: len(sound) // 480 * 480].reshape(-1, 480).max(axis=1) > 500
    assert int(np.count_nonzero(np.diff(np.concatenate(([0], envelope.astype(int)))) == 1)) == count


def test_the_volume_of_cues_scales_the_samples():
    loud, soft = (np.asarray(pcm.samples(b"".join(periods(Cue.MUTED, percent)))) for percent in (100, 25))
    assert np.abs(loud - 4 * soft).max() <= 4
    assert periods(Cue.MUTED, 0) == ()


# -- announcements --------------------------------------------------------------------------------


def announcement(*values):
    """A sound of periods of these values, complete, and what becomes of it."""
    events: list[str | None] = []
    made = AnnouncementSound(events.append)
    made.write([sound(value) for value in values])
    made.complete()
    return made, events


async def test_an_announcement_is_played_above_the_bot_who_is_softer_meanwhile():
    player, speaker, listener = await opened()
    player.write(sound(1000, 40))
    assert speaker.fill(0) == sound(1000)
    made, events = announcement(*[5000] * 12)
    player.announce(made)
    values = [int.from_bytes(speaker.fill(0)[:2], "little") for _ in range(30)]
    assert values[:12] == pytest.approx([5900, 5800, 5700, 5600, 5500, 5400, 5300, *[5200] * 5], abs=1)
    assert values[12:21] == pytest.approx([300, 400, 500, 600, 700, 800, 900, 1000, 1000], abs=1)
    assert events == [None]
    assert [len(period) for period, _ in listener.periods_played] == [pcm.PLAYBACK_PERIOD_BYTES] * 31  # the far end


async def test_an_announcement_without_a_session_opens_the_pcm_for_as_long_as_it_lasts():
    player = Player(speaker := Speaker(), print)
    made, events = announcement(7)
    player.announce(made)
    await until(lambda: speaker.is_open)
    assert speaker.fill(0) == sound(7)
    assert speaker.fill(0) == SILENCE
    assert events == [None]
    await until(lambda: not speaker.is_open)


async def test_an_announcement_goes_on_when_a_session_begins_and_ends():
    player = Player(speaker := Speaker(), print)
    made, events = announcement(1, 2, 3, 4)
    player.announce(made)
    await until(lambda: speaker.is_open)
    assert speaker.fill(0) == sound(1)
    await player.open()
    assert (speaker.starts, speaker.fill(0)) == (1, sound(2))
    await player.close()
    await until(lambda: speaker.is_open)
    assert (speaker.fill(0), speaker.fill(0), speaker.fill(0)) == (sound(3), sound(4), SILENCE)
    await until(lambda: not speaker.is_open)
    assert events == [None]


async def test_a_late_decoder_is_silence():
    player, speaker, _ = await opened()
    made, events = announcement()
    late = AnnouncementSound(events.append)
    player.announce(late)
    assert (speaker.fill(0), events) == (SILENCE, [])
    late.write([sound(9)])
    assert (speaker.fill(0), speaker.fill(0), events) == (sound(9), SILENCE, [])
    late.complete()
    assert (speaker.fill(0), events) == (SILENCE, [None])
    player.announce(made)
    speaker.fill(0)
    assert events == [None, None]


async def test_an_announcement_without_a_loudspeaker_fails_and_says_why():
    player = Player(speaker := Speaker(), print)
    speaker.missing = PartMissing("There is no loudspeaker")
    made, events = announcement(7)
    player.announce(made)
    await until(lambda: events)
    assert events == ["There is no loudspeaker"]
    speaker.missing = None
    made, events = announcement(7)
    player.announce(made)
    await until(lambda: speaker.is_open)
    speaker.is_open = False
    speaker.failed(PartFailed("It was pulled out"))
    assert events == ["It was pulled out"]


async def test_another_announcement_takes_the_place_of_the_first():
    player, speaker, _ = await opened()
    (first, events), (second, _) = announcement(1, 1), announcement(2)
    player.announce(first)
    assert speaker.fill(0) == sound(1)
    player.announce(second)
    assert (speaker.fill(0), events, first.has_ended) == (sound(2), [], True)
    await player.stop()
    assert second.has_ended


async def test_what_comes_while_the_card_plays_the_last_of_a_cue_closes_the_pcm_too():
    made, events = announcement(7)

    class LateSpeaker(Speaker):
        reads = 0

        @property
        def delay_ms(self):  # read for the pause after the cue
            self.reads += 1
            if self.reads == 2:
                asyncio.get_running_loop().call_soon(player.announce, made)
            return 1.0

        @delay_ms.setter
        def delay_ms(self, value):
            pass

    player = Player(speaker := LateSpeaker(), print)
    player.cue(Cue.MUTED)
    await until(lambda: speaker.reads)
    player.drop_cues()
    await until(lambda: player._announcement)
    await until(lambda: speaker.fill(0) and events)
    await until(lambda: not speaker.is_open)
    assert events == [None]


async def test_what_is_played_after_a_session_that_was_shorter_than_a_pause_opens_the_pcm_again():
    player = Player(speaker := Speaker(), print)
    (first, _), (second, events) = announcement(*[1] * 100), announcement(2)
    player.announce(first)
    await until(lambda: speaker.is_open)  # its task sleeps for a quarter of a second from here on
    await player.open()
    player.drop_announcement()
    await player.close()
    assert not speaker.is_open
    player.announce(second)
    await until(lambda: speaker.is_open)
    assert (speaker.starts, speaker.fill(0), speaker.fill(0)) == (2, sound(2), SILENCE)
    assert events == [None]
    await until(lambda: not speaker.is_open)


async def until(is_so):
    async with asyncio.timeout(60):
        while not is_so():
            await asyncio.sleep(0.005)


async def test_a_loudspeaker_that_is_changed_in_a_session_plays_the_rest_of_an_announcement():
    player, speaker, _ = await opened()
    made, _ = announcement(1, 2)
    player.announce(made)
    assert speaker.fill(0) == sound(1)
    await player.change_speaker()
    assert (speaker.is_open, speaker.starts) == (True, 2)
    assert speaker.fill(0) == sound(2)
    await player.stop()


@pytest.mark.parametrize("in_session", [False, True])
async def test_a_loudspeaker_that_is_changed_under_a_cue_plays_the_rest_of_it(in_session):
    speaker = Speaker()
    player = Player(speaker, print)
    player.cue(Cue.BOT_READY)
    while not speaker.is_open:
        await asyncio.sleep(0)
    speaker.fill(0.0)
    if in_session:
        await player.open()
    await player.change_speaker()
    assert speaker.is_open is in_session
    while not speaker.is_open:
        await asyncio.sleep(0.01)
    assert speaker.starts == 2
    assert speaker.fill(0.0) == periods(Cue.BOT_READY)[1]
    await player.stop()
