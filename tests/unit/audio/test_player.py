"""What the loudspeaker plays, with a card that a test turns by hand."""

import asyncio
import itertools
from concurrent.futures import Future

from callbox.audio.playout.cues import Cue, periods
from callbox.audio.playout.player import Player
from callbox_device.model import pcm

SILENCE = pcm.silence(pcm.PLAYBACK_PERIOD_MS)


class Speaker:
    delay_ms = 0.0
    underruns = 0
    volume_percent: int | None = None

    def __init__(self):
        self.is_open = False
        self.history = []

    def start(self, fill, failed):
        self.is_open = True
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


async def test_a_cue_goes_before_the_bot_and_is_played_to_its_end_before_the_card_is_closed():
    player, speaker, _ = await opened()
    player.cue(Cue.NOT_RECEIVED)
    closing = asyncio.create_task(player.close())
    await asyncio.sleep(0)
    assert [speaker.fill(0.0) for _ in periods(Cue.NOT_RECEIVED)] == list(periods(Cue.NOT_RECEIVED))
    assert speaker.is_open
    await closing
    assert speaker.history[-1] == "closed"


def test_cues_are_sounds_without_clicks_that_differ():
    for cue in Cue:
        whole = pcm.samples(b"".join(periods(cue)))
        assert all(len(period) == pcm.PLAYBACK_PERIOD_BYTES for period in periods(cue))
        assert -20 < pcm.peak_dbfs(whole.tobytes()) < -10
        assert max(abs(there - here) for here, there in itertools.pairwise(whole)) < 1000
    assert periods(Cue.SPEAK_NOW) != periods(Cue.NOT_RECEIVED)
