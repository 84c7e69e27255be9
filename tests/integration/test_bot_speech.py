"""Words of announcements that the bot speaks: a real call beside the box's own, in which nothing captured leaves."""

import asyncio
import contextlib
from dataclasses import replace

import numpy as np
import pytest
from aiortc.mediastreams import MediaStreamError
from tests.integration.test_announcements import CONFIG, ended, start
from tests.integration.test_rings import CountedMicrophone, RecordingBot
from tests.rig.appliance import running
from tests.rig.espeak import needs_espeak
from tests.rig.faulty_bot import FaultyCall

from callbox.app import bot_speech
from callbox.app.bot_speech import BotSpeaker
from callbox.app.connection_config import ConnectionConfig
from callbox.app.speech import SpeechError
from callbox.audio.playout.announcement import AnnouncementSound
from callbox.control.announcements import AnnouncementOutcome
from callbox.demo.terminal_demo import SPEECH
from callbox.rtvi import APIRequest
from callbox.rtvi.http_client import post_json
from callbox.rtvi.http_pool import HttpPool
from callbox.transports.small_webrtc import SmallWebRTCTransport
from callbox.transports.tracks import mono_pieces
from callbox_device.model.gestures import Pressed
from callbox_device.wav import read_wav

BY_BOT = replace(CONFIG, by_bot=True)
SENTENCE = read_wav(SPEECH)
LUNCH = {"id": "lunch", "text": "Lunch is ready"}


class SpeakingCall(FaultyCall):
    """Says a sentence when it is ready, and keeps what it receives."""

    def __init__(self, mood, received):
        super().__init__(mood)
        self._received = received

    async def _receive(self, track):
        with contextlib.suppress(MediaStreamError):
            async for sound in mono_pieces(track):
                self._received += sound

    def on_message(self, message):
        super().on_message(message)
        if message.type == "client-ready" and self.mood == "leaves when ready":
            self._leaving = asyncio.ensure_future(self.end())
        elif message.type == "client-ready" and self.mood != "says nothing":
            self._echo._pending = SENTENCE


class SpeakingBot(RecordingBot):
    def __init__(self):
        super().__init__()
        self.got = bytearray()

    def new_call(self):
        self.calls.append(SpeakingCall(self.mood, self.got))
        return self.calls[-1]


@pytest.fixture
async def bot():
    async with SpeakingBot() as server:
        yield server


async def all_ended(bot):
    async with asyncio.timeout(60):
        while bot._calls:
            await asyncio.sleep(0.01)


async def test_the_bot_speaks_and_receives_silence(bot, machine):
    microphone = CountedMicrophone(SENTENCE)
    async with running(bot.url, announce=BY_BOT, microphone=microphone) as rig:
        start(rig, **LUNCH)
        await rig.until(ended(AnnouncementOutcome.PLAYED))
        await all_ended(bot)
        assert machine.received(SENTENCE, bytes(rig.speaker.played))
        assert [body["announcement"] for body in bot.bodies] == [LUNCH]
        assert len(bot.got) > len(SENTENCE) / 2 or (machine.had_no_time and bot.got)
        assert not np.frombuffer(bytes(bot.got), "<i2").any()
        assert microphone.opened == 0
        assert not any(status.mic_live for status in rig.watcher.statuses)


async def test_a_press_stops_it_and_ends_its_session(bot):
    microphone = CountedMicrophone(SENTENCE)
    async with running(bot.url, announce=BY_BOT, microphone=microphone) as rig:
        start(rig, **LUNCH)
        async with asyncio.timeout(60):
            while not rig.speaker.played:
                await asyncio.sleep(0.01)
        rig.box.on_gesture(Pressed(0.0))
        await rig.until(ended(AnnouncementOutcome.STOPPED))
        await all_ended(bot)
        assert microphone.opened == 0


@pytest.mark.parametrize(
    ("mood", "reason"), [("says nothing", "the bot said nothing within 0.5 s"), ("503", "the bot can't be called")]
)
async def test_a_bot_that_does_not_speak_is_a_failure(bot, monkeypatch, mood, reason):
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(bot_speech, "FIRST_WORD_S", 0.5)
    bot.mood = mood
    async with running(bot.url, announce=BY_BOT) as rig:
        start(rig, **LUNCH)
        status = await rig.until(ended(AnnouncementOutcome.FAILED))
        assert reason in status.announcements.ended.reason
        await all_ended(bot)


async def test_a_bot_that_leaves_before_its_first_word_is_a_failure_at_once(bot, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    bot.mood = "leaves when ready"
    async with running(bot.url, announce=BY_BOT) as rig:
        start(rig, **LUNCH)
        status = await rig.until(ended(AnnouncementOutcome.FAILED))
        assert "the bot said nothing before it was done, or left" in status.announcements.ended.reason


class BotThatHoldsTheFirst(SpeakingBot):
    """Answers the first start request when it is told to."""

    def __init__(self):
        super().__init__()
        self.release = asyncio.Event()

    async def answer_start(self, request):
        is_first = not self.bodies
        answer = await super().answer_start(request)
        if is_first:
            await self.release.wait()
        return answer


async def test_its_session_leaves_the_http_connections_of_calls_alone(monkeypatch):
    monkeypatch.setattr(bot_speech, "FIRST_WORD_S", 0.01)
    pool = HttpPool()
    async with BotThatHoldsTheFirst() as bot:
        bot.mood = "says nothing"
        starting = asyncio.create_task(post_json(bot.url, {}, {}, pool))  # as of a call
        async with asyncio.timeout(60):
            while not bot.bodies:
                await asyncio.sleep(0.01)
        connection = ConnectionConfig(SmallWebRTCTransport, APIRequest(bot.url), keep_alive=pool)
        with pytest.raises(SpeechError):
            await BotSpeaker(connection, LUNCH).speak(AnnouncementSound(print), 100, 5.0, lambda: None)
        bot.release.set()
        assert "sessionId" in await starting
        await pool.close()


@needs_espeak
async def test_espeak_ng_speaks_for_a_bot_that_does_not(bot):
    bot.mood = "503"
    async with running(bot.url, announce=BY_BOT) as rig:
        start(rig, **LUNCH)
        await rig.until(ended(AnnouncementOutcome.PLAYED))
        assert np.abs(np.frombuffer(bytes(rig.speaker.played), "<i2").astype(int)).max() > 3000
