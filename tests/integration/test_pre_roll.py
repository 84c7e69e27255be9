"""What a person says before the bot is ready, against a real Pipecat server that is slow to start."""

import asyncio

from tests.rig.real_calls import calling

from callbox.audio.playout.cues import Cue, periods
from callbox.demo.terminal_demo import SPEECH
from callbox.rtvi import APIRequest, http_client
from callbox_device.wav import read_wav


def played(caller, cue):
    """Whether each period of `cue` was played, in order: a busy machine has underruns between them."""
    sound, at = bytes(caller.speaker.played), 0
    for period in periods(cue):
        at = sound.find(period, at) + len(period)
        if at < len(period):
            return False
    return True


def slowly(wait_s):
    async def connect(request):
        await asyncio.sleep(wait_s)
        return await http_client.post_json(request.endpoint, request.request_data, request.headers)

    return connect


async def test_the_first_words_arrive_although_the_bot_was_not_ready(pipecat, machine):
    speech = read_wav(SPEECH)
    async with calling(connect_handler=slowly(1.5)) as make:
        caller = make(APIRequest(pipecat.start_url, request_data={"transport": "webrtc"}), speech)
        await caller.client.connect()
        await caller.until_bot_has_spoken()
        assert machine.received(speech, bytes(caller.speaker.played))


async def test_after_too_long_a_pre_roll_a_cue_asks_to_speak_again(pipecat):
    async with calling(connect_handler=slowly(6.0)) as make:
        caller = make(APIRequest(pipecat.start_url, request_data={"transport": "webrtc"}), read_wav(SPEECH))
        await caller.client.connect()
        async with asyncio.timeout(60):
            while not played(caller, Cue.SPEAK_NOW):
                await asyncio.sleep(0.05)


async def test_a_cue_tells_that_a_failed_call_lost_words():
    async with calling(connect_handler=slowly(3.0)) as make:
        caller = make(APIRequest("http://127.0.0.1:9/start", request_data={}), read_wav(SPEECH))
        try:
            await caller.client.connect()
        except Exception:
            pass
        await caller.client.disconnect()
        assert played(caller, Cue.NOT_RECEIVED)
        assert caller.lamp == [True, False]
