"""The SmallWebRTC transport between real aiortc peers over loopback, against two servers: ours and Pipecat."""

import asyncio
import gc
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.rig.faulty_bot import FaultyBot
from tests.rig.real_calls import RecordingClient, calling

from callbox.demo.terminal_demo import SPEECH
from callbox.rtvi import APIRequest, BotError, RTVIEvent, SessionAbortedError, SessionLostError, TransportState
from callbox.rtvi.protocol.messages import Message
from callbox.transports.small_webrtc.peer_connection import PeerConnection
from callbox_device.model import pcm
from callbox_device.wav import read_wav

WAY_UP = ["initializing", "initialized", "authenticating", "authenticated", "connecting", "connected", "ready"]
WAY_DOWN = ["disconnecting", "disconnected"]


@pytest.fixture
async def call():
    async with calling() as make:
        yield make


@pytest.fixture
def start(pipecat):
    return APIRequest(pipecat.start_url, request_data={"transport": "webrtc"})


async def converse(call, params, machine):
    """One conversation with a bot that says back what it hears; returns the caller afterwards."""
    speech = read_wav(SPEECH)
    caller = call(params, bytes(pcm.RATE_HZ * 2) + speech)
    await caller.client.connect()
    await caller.until(RTVIEvent.UserStoppedSpeaking)
    await caller.until_bot_has_spoken()
    await caller.client.disconnect()
    assert machine.received(speech, bytes(caller.speaker.played))
    assert not caller.microphone.is_open
    assert not caller.speaker.is_open
    assert caller.lamp == [True, False]
    return caller


async def test_a_conversation_with_our_bot(call, bot, rtp_way, machine):
    caller = await converse(call, APIRequest(bot.url, request_data={}), machine)
    assert caller.states == WAY_UP + WAY_DOWN
    assert [message.type for message in bot.calls[0].received] == ["client-ready"]


async def test_a_conversation_with_pipecat(call, start, machine):
    caller = await converse(call, start, machine)
    assert caller.states == WAY_UP + WAY_DOWN


async def test_an_offer_without_a_start_request(call, bot, pipecat):
    for url in (bot.offer_url, pipecat.offer_url):
        caller = call({"webrtc_url": url})
        await caller.client.connect()
        await caller.client.disconnect()
        assert caller.states == [*WAY_UP[:2], *WAY_UP[4:], *WAY_DOWN]


async def test_pipecat_answers_messages_and_tells_who_it_is(call, start):
    caller = call(start)
    ready = await caller.client.connect()
    assert ready.version == caller.client.bot_version >= (2, 0, 0)
    caller.client.send(Message("client-message", {"t": "push", "d": {"say": "grüezi"}}))
    assert await caller.until(RTVIEvent.ServerMessage) == {"say": "grüezi"}
    caller.client.send(Message("client-message", {"t": "say", "d": 0.5}))
    await caller.until(RTVIEvent.BotStartedSpeaking)
    assert (await caller.until(RTVIEvent.BotTtsText)).text == "a tone"
    await caller.until_bot_has_spoken()
    await caller.client.disconnect()
    assert pcm.peak_dbfs(bytes(caller.speaker.played)) > -20


@pytest.mark.parametrize("order", ["end", "cancel"])
async def test_pipecat_ends_the_session(call, start, order):
    caller = call(start)
    await caller.client.connect()
    caller.client.send(Message("client-message", {"t": order}))
    await caller.until_state(TransportState.DISCONNECTED)
    assert caller.states == WAY_UP + WAY_DOWN
    assert not caller.media.is_open


async def test_pipecat_fails_for_good(call, start):
    caller = call(start)
    await caller.client.connect()
    caller.client.send(Message("client-message", {"t": "fatal"}))
    await caller.until_state(TransportState.ERROR)
    assert isinstance(caller.client.error, BotError)
    assert "the bot was asked to fail" in str(caller.client.error)


async def test_call_after_call_on_one_client(call, start, bot):
    for params in (start, APIRequest(bot.url)):
        caller = call(params)
        for _ in range(3):
            await caller.client.connect()
            await caller.client.disconnect()
        assert caller.states == (WAY_UP + WAY_DOWN) * 3


async def test_a_bot_that_leaves_ends_the_session(call, bot):
    caller = call(APIRequest(bot.url))
    await caller.client.connect()
    await bot.calls[0].end()
    await caller.until(RTVIEvent.BotDisconnected)
    await caller.until_state(TransportState.DISCONNECTED)
    assert caller.states == WAY_UP + WAY_DOWN


async def test_a_bot_that_vanishes_is_an_error(call, bot):
    caller = call(APIRequest(bot.url))
    await caller.client.connect()
    await bot.calls[0].vanish()
    await caller.until_state(TransportState.ERROR)
    assert isinstance(caller.client.error, SessionLostError)
    assert caller.states == [*WAY_UP, "error"]


@pytest.mark.parametrize("after", WAY_UP)
async def test_hanging_up_at_any_moment_closes_everything(call, bot, after):
    caller = call(APIRequest(bot.url))

    def hang_up(state):
        if state == after:
            hanging_up.append(asyncio.ensure_future(caller.client.disconnect()))

    hanging_up: list[asyncio.Future[None]] = []
    caller.client.on(RTVIEvent.TransportStateChanged, hang_up)
    await asyncio.gather(caller.client.connect(), return_exceptions=True)
    await hanging_up[0]
    climbed = len(caller.states) - len(WAY_DOWN)  # a step that takes no time may follow before the hang-up runs
    assert climbed > WAY_UP.index(after)
    assert caller.states == WAY_UP[:climbed] + WAY_DOWN
    assert not caller.media.is_open
    assert not caller.microphone.is_open


@pytest.mark.parametrize("media", ["None", "wav_media('SPEECH', 'PLAYED')"])
async def test_a_program_that_ends_without_disconnect_prints_nothing(bot, media, tmp_path):
    program = f"""
import asyncio
from callbox.audio.wav_media import wav_media
from callbox.rtvi import APIRequest, RTVIClient
from callbox.transports.small_webrtc import SmallWebRTCTransport

async def main():
    await RTVIClient(SmallWebRTCTransport, {media}, params=APIRequest("{bot.url}")).connect()

asyncio.run(main())
""".replace("SPEECH", str(SPEECH)).replace("PLAYED", str(tmp_path / "played.wav"))
    running = await asyncio.create_subprocess_exec(sys.executable, "-c", program, stderr=subprocess.PIPE)
    async with asyncio.timeout(60):
        _, printed = await running.communicate()
    assert (printed.decode(), running.returncode) == ("", 0)


async def test_malformed_messages_change_nothing(call):
    async with FaultyBot("malformed") as bot:
        caller = call(APIRequest(bot.url))
        await caller.client.connect()
        # What can't be read is passed on as it is; what is no RTVI message isn't.
        assert (await caller.until(RTVIEvent.GenericMessage)).type == "user-transcription"
        assert (await caller.until(RTVIEvent.GenericMessage)).type == "a-type-of-the-future"
        await caller.client.disconnect()
        assert caller.states == WAY_UP + WAY_DOWN


async def test_mute_is_sent_to_the_bot_and_silences_it(call, bot):
    speech = read_wav(SPEECH)
    caller = call(APIRequest(bot.url), bytes(pcm.RATE_HZ) + speech)
    caller.client.enable_mic(False)
    await caller.client.connect()
    with pytest.raises(TimeoutError):
        await caller.until(RTVIEvent.UserStartedSpeaking, within_s=3)
    await caller.client.disconnect()


@pytest.mark.netns
def test_without_any_network(tmp_path, machine):
    """A box and a bot on one machine whose only address is 127.0.0.1, without root."""
    enter = ["unshare", "--user", "--map-root-user", "--net"]
    if subprocess.run([*enter, "true"], capture_output=True).returncode:
        pytest.skip("this machine gives no network namespace to a user")
    paths = ":".join(str(Path(__file__).parents[2] / name) for name in ("firmware", "device"))
    command = f"ip link set lo up && PYTHONPATH={paths} {sys.executable} -m callbox demo --wav {tmp_path}/answer.wav"
    done = subprocess.run([*enter, "sh", "-c", command], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert "the answer is in" in done.stdout, done.stdout + done.stderr
    assert machine.received(read_wav(SPEECH), read_wav(tmp_path / "answer.wav")), done.stdout
    assert done.returncode == 0 or machine.share > 0, done.stdout  # a card that was late says so in the output


@pytest.mark.parametrize("close", ["is over", "goes on"])
async def test_a_connection_that_comes_up_while_it_is_closed_starts_nothing(monkeypatch, close):
    """aiortc would send and receive RTCP for good, and fail to start ICE once more, for the data channel."""
    accept, closed, closed_peers = PeerConnection.accept, asyncio.Event(), []
    errors: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: errors.append(context))

    async def accept_and_close(self, answer):
        dtls = self._pc.sctp.transport
        start = dtls.start

        async def start_and_close(parameters):
            await start(parameters)
            closing = asyncio.create_task(self.close())
            while not closing.done() and (close == "is over" or dtls.transport.state != "closed"):
                await asyncio.sleep(0)
            closed_peers.append(self)
            closed.set()

        dtls.start = start_and_close
        await accept(self, answer)

    monkeypatch.setattr(PeerConnection, "accept", accept_and_close)
    async with FaultyBot() as bot:
        caller = RecordingClient(APIRequest(bot.url))
        calling = asyncio.create_task(caller.client.connect())
        async with asyncio.timeout(60):
            await closed.wait()
        await asyncio.sleep(0)
        [sender], [receiver] = closed_peers[0]._pc.getSenders(), closed_peers[0]._pc.getReceivers()
        assert not sender._RTCRtpSender__started
        assert not receiver._RTCRtpReceiver__started
        await caller.client.disconnect()
        with pytest.raises((SessionAbortedError, SessionLostError)):
            await calling
    gc.collect()  # a task whose exception was not retrieved says so when it goes
    assert errors == []


async def test_a_close_that_is_abandoned_goes_on():
    peer = PeerConnection(None, [])
    await peer.offer()
    closing = asyncio.create_task(peer.close())
    await asyncio.sleep(0)
    closing.cancel()
    await asyncio.wait([closing])
    await peer.close()
    assert peer._pc.iceConnectionState == "closed"
