"""The network goes and comes, with a real Pipecat server at the other end."""

import asyncio
import contextlib
import itertools
import statistics
import time

import pytest
from tests.rig.network_switch import NetworkSwitch
from tests.rig.pipecat import PipecatServer
from tests.rig.real_calls import RecordingClient

from callbox.rtvi import (
    NO_RECONNECTION,
    APIRequest,
    ReconnectionPolicy,
    RTVIEvent,
    SessionLostError,
    TransportState,
)
from callbox.transports.small_webrtc import SmallWebRTCTransport
from callbox_device.model import pcm

S = TransportState


class Line:
    """A caller whose network can be cut, in a session."""

    def __init__(self, by, reconnection=None, *, direct=False):
        base = f"http://127.0.0.1:{by.port}"
        start = APIRequest(f"{base}/start", request_data={"transport": "webrtc"})
        self.caller = RecordingClient(
            {"webrtc_url": f"{base}/api/offer"} if direct else start, reconnection=reconnection or ReconnectionPolicy()
        )
        self.client = self.caller.client

    async def __aenter__(self):
        await self.client.connect()
        await self.ask("session")
        self.caller.states.clear()
        await asyncio.sleep(0.5)  # the first pings
        return self

    async def __aexit__(self, *_):
        await self.client.disconnect()
        assert not self.caller.microphone.is_open

    async def ask(self, kind, data=None):
        return await self.client.send_client_request(kind, data, timeout_s=60)

    async def speaks(self):
        """Whether the bot can still be heard."""
        self.caller.speaker.played.clear()
        self.client.send_client_message("say", 1)
        return await within(60, lambda: pcm.peak_dbfs(bytes(self.caller.speaker.played)) > -20)


async def within(limit_s, condition):
    """Whether `condition` holds within so long."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(limit_s):
            while not condition():
                await asyncio.sleep(0.05)
    return condition()


@pytest.mark.parametrize("direct", [False, True], ids=["session url", "offer url"])
async def test_another_path_takes_over_and_the_bot_is_the_same(pipecat, direct):
    short = ReconnectionPolicy(quiet_s=60)  # however busy this machine is: not shown as connecting
    async with NetworkSwitch(pipecat.port) as cable, Line(cable, short, direct=direct) as line:
        before = await line.ask("session")
        cable.cut()
        await line.caller.until(RTVIEvent.Reconnecting)
        line.client.send_client_message("push", "kept while the network was away")
        assert await within(20, lambda: cable.lost > 50)
        cable.mend(old_paths=False)
        await line.caller.until(RTVIEvent.Reconnected)
        assert await line.caller.until(RTVIEvent.ServerMessage) == "kept while the network was away"
        assert line.caller.states == []
        assert line.client.state is S.READY
        assert await line.ask("session") == before
        assert await line.speaks()
        assert line.caller.count(RTVIEvent.BotReady) == 1


async def test_a_path_that_comes_back_by_itself_is_used_on(pipecat):
    async with NetworkSwitch(pipecat.port) as cable, Line(cable) as line:
        bot = line.client.bot_participant
        cable.cut()
        await line.caller.until(RTVIEvent.Reconnecting)
        cable.mend()
        await line.caller.until(RTVIEvent.Reconnected)
        assert line.client.bot_participant == bot
        assert await line.ask("session")
        assert await line.speaks()


async def test_a_network_that_is_deaf_in_one_direction_does_not_leave_the_bot_mute(pipecat):
    # The server hears our pings until we stop them, and waits for its old track if it is replaced too early.
    async with NetworkSwitch(pipecat.port) as cable, Line(cable) as line:
        line.client.send_client_message("say", 7)
        await asyncio.sleep(0.5)
        cable.cut_in = True
        await line.caller.until(RTVIEvent.Reconnecting)
        cable.mend(old_paths=False)
        await line.caller.until(RTVIEvent.Reconnected)
        await asyncio.sleep(4)
        assert await line.speaks()


async def test_a_network_that_stays_away_shows_as_connecting_and_ends_as_lost(pipecat):
    policy = ReconnectionPolicy(quiet_s=1, attempt_s=1, give_up_s=5)
    async with NetworkSwitch(pipecat.port) as cable, Line(cable, policy) as line:
        requested = asyncio.create_task(line.client.send_client_request("never", timeout_s=60))
        cable.cut()
        await line.caller.until(RTVIEvent.Reconnecting)
        await line.caller.until_state(S.CONNECTING)
        await line.caller.until_state(S.ERROR)
        assert line.caller.states == ["connecting", "error"]
        assert "gone for 5 s" in str(line.client.error)
        with pytest.raises(SessionLostError):
            await asyncio.wait_for(requested, 60)
        cable.mend()
        await line.client.connect()


@pytest.mark.parametrize("body", [{"audio_out_auto_silence": False}, {"audio_out_enabled": False}])
async def test_a_bot_that_sends_nothing_while_silent_is_not_taken_for_a_lost_network(pipecat, body):
    patient = ReconnectionPolicy(silence_s=60)  # a busy machine is no lost network
    request = APIRequest(pipecat.start_url, request_data={"transport": "webrtc", "body": body})
    caller = RecordingClient(request, reconnection=patient)
    await caller.client.connect()
    transport = caller.client._session.transport
    assert isinstance(transport, SmallWebRTCTransport)
    sound = caller.media.snapshot().packets_received
    arrived_s = [time.monotonic()]
    for _ in range(10):
        before = await transport.packets_received()
        async with asyncio.timeout(60):
            while await transport.packets_received() == before:
                await asyncio.sleep(0.01)
        arrived_s.append(time.monotonic())
    assert caller.media.snapshot().packets_received - sound <= 1  # RTCP only: a bot that speaks sends 50 a second
    pauses_s = [later - sooner for sooner, later in itertools.pairwise(arrived_s)]
    assert statistics.median(pauses_s) < ReconnectionPolicy().silence_s
    assert caller.client.state is S.READY
    assert caller.count(RTVIEvent.Reconnecting) == 0
    assert await caller.client.send_client_request("echo", 1) == 1
    await caller.client.disconnect()


async def test_without_a_policy_silence_is_not_looked_for(pipecat):
    async with NetworkSwitch(pipecat.port) as cable, Line(cable, NO_RECONNECTION) as line:
        cable.cut()
        await asyncio.sleep(3.5)
        cable.mend()
        assert line.client.state is S.READY
        assert line.caller.count(RTVIEvent.Reconnecting) == 0


@pytest.mark.pipecat
async def test_a_server_that_was_killed_is_not_waited_for():
    with PipecatServer() as server:
        async with Line(server) as line:
            server.kill()
            await line.caller.until_state(S.ERROR)
            assert isinstance(line.client.error, SessionLostError)
            assert "nothing listens" in str(line.client.error)


@pytest.mark.pipecat
@pytest.mark.parametrize("direct", [False, True], ids=["session url", "offer url"])
async def test_a_server_that_was_restarted_has_forgotten_us_and_says_so(direct):
    with PipecatServer() as server:
        patient = ReconnectionPolicy(give_up_s=120)  # a busy machine starts the new one later than after 26 s
        async with NetworkSwitch(server.port) as cable, Line(cable, patient, direct=direct) as line:
            cable.cut_tcp = True  # until the new one listens
            server.kill()
            await asyncio.to_thread(server.start)
            cable.mend()
            await line.caller.until_state(S.ERROR)
            assert "Was it restarted?" in str(line.client.error)
            await line.client.connect()  # and the next call works
            assert await line.speaks()


@pytest.mark.pipecat
async def test_a_server_that_freezes_for_a_while_is_waited_for():
    with PipecatServer() as server:
        async with NetworkSwitch(server.port) as cable, Line(cable) as line:
            before = await line.ask("session")
            server.freeze()
            await line.caller.until(RTVIEvent.Reconnecting)
            await asyncio.sleep(4)
            server.thaw()
            await line.caller.until(RTVIEvent.Reconnected)
            assert await line.ask("session") == before
            assert line.client.state is S.READY
