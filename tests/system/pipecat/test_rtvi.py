"""Every call of the client against a real Pipecat server, as its pipeline sees it."""

import asyncio
import base64

import pytest
from tests.rig.real_calls import RecordingClient

from callbox.rtvi import APIRequest, BotResponseError, File, Message, RTVIEvent, TransportState


@pytest.fixture
async def caller(pipecat):
    caller = RecordingClient(APIRequest(pipecat.start_url, request_data={"transport": "webrtc"}))
    await caller.client.connect()
    yield caller
    await caller.client.disconnect()


async def test_it_announces_the_version_that_the_server_speaks(caller):
    assert caller.client.bot_version == (2, 2, 0)
    assert caller.client.bot.capabilities["audio_in"] is True
    assert caller.count(RTVIEvent.MessageError) == 0
    assert caller.client.bot_participant.id.startswith("SmallWebRTCConnection#")


async def test_requests(caller):
    client = caller.client
    answers = await asyncio.gather(*(client.send_client_request("echo", {"number": number}) for number in range(20)))
    assert [answer["number"] for answer in answers] == list(range(20))
    assert len(await client.send_client_request("echo", "x" * 250_000)) == 250_000
    with pytest.raises(BotResponseError, match="unknown nonsense"):
        await client.send_client_request("nonsense")


async def test_typed_words_that_wait_their_turn(caller):
    identity = caller.client.send_text("hello", run_immediately=False, audio_response=False)
    typed = await caller.until(RTVIEvent.UserInput)
    assert (typed.text, typed.input_type, typed.msg_id) == ("hello", "chat", identity)
    assert caller.count(RTVIEvent.BotInterrupted) == 0


async def test_typed_words_that_interrupt(caller):
    caller.client.send_text("and now")
    await caller.until(RTVIEvent.BotInterrupted)
    assert await caller.until(RTVIEvent.ServerMessage) == {"said": "and now", "run": True}


async def test_telephone_keys(caller):
    caller.client.send_dtmf("1*#")
    assert [await caller.until(RTVIEvent.ServerMessage) for _ in range(3)] == [
        {"dtmf": "1"}, {"dtmf": "*"}, {"dtmf": "#"},
    ]  # fmt: skip


async def test_files(caller):
    caller.client.send_file("read this", File("text/plain", b"words", name="a.txt"), run_immediately=False)
    assert await caller.until(RTVIEvent.ServerMessage) == {"file": "a.txt", "format": "text/plain", "text": "read this"}


async def test_functions(caller):
    client = caller.client
    client.register_function_call_handler("volume", lambda call: {"was": 5, "is": call.arguments["to"]})

    async def broken(call):
        raise OSError("no lamp")

    client.register_function_call_handler("light", broken)
    client.send_client_message("call", {"name": "volume", "arguments": {"to": 3}})
    in_progress = await caller.until(RTVIEvent.LLMFunctionCallInProgress)
    assert (in_progress.function_name, in_progress.arguments) == ("volume", {"to": 3})
    assert await caller.until(RTVIEvent.ServerMessage) == {
        "function": "volume", "call": "call-1", "result": {"was": 5, "is": 3},
    }  # fmt: skip
    client.send_client_message("call", {"name": "light"})
    assert (await caller.until(RTVIEvent.ServerMessage))["result"] == {"error": "no lamp"}


async def test_what_the_server_does_not_know_is_answered_as_an_error(caller):
    with pytest.raises(BotResponseError, match="Unsupported type describe-config"):
        await caller.client.request("describe-config")
    assert caller.client.state is TransportState.READY


async def test_the_bot_is_requested_to_leave(caller):
    caller.client.disconnect_bot()
    await caller.until(RTVIEvent.BotDisconnected)
    await caller.until_state(TransportState.DISCONNECTED)


async def test_levels_as_the_server_measures_them(caller):
    caller.client.send_client_message("say", 1)
    loud = 0.0
    async with asyncio.timeout(60):
        while loud <= 0:
            loud = (await caller.until(RTVIEvent.BotAudioLevel)).value
    assert 0 <= (await caller.until(RTVIEvent.UserAudioLevel)).value <= 1


async def test_any_message_can_be_sent(caller):
    sound = base64.b64encode(bytes(640)).decode()
    caller.client.send(Message("raw-audio", {"base64Audio": sound, "sampleRate": 16000, "numChannels": 1}))
    assert await caller.client.send_client_request("echo", 1) == 1
    assert caller.count(RTVIEvent.Error) == 0
