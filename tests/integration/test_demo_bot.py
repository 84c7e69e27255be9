"""The demo's small bot: a re-offer keeps the call, as with Pipecat."""

import asyncio
import functools
import re
from typing import Any

import aiohttp
import aioice
import pytest
from aiortc import RTCPeerConnection
from tests.rig.faulty_bot import FaultyBot
from tests.rig.real_calls import calling

from callbox.cli import main
from callbox.cli.common import EX_UNAVAILABLE
from callbox.demo import processes
from callbox.rtvi import APIRequest, BotOutput, ReconnectionPolicy, RTVIEvent, TransportState


@pytest.mark.parametrize("attempts", [1, 2])
async def test_call_goes_on_with_the_same_bot_after_a_pause_of_its_process(attempts):
    """It goes on while the first attempt to reconnect waits for it, or after that was given up."""
    process = await processes.started(processes.bot)
    patient = ReconnectionPolicy(give_up_s=200)  # a busy machine needs longer
    try:
        async with calling(reconnection=patient) as make:
            client = make(
                APIRequest(f"http://127.0.0.1:{process.port}/start", request_data={"transport": "webrtc"})
            ).client
            begun, back = asyncio.Queue[None](), asyncio.Event()
            client.on(RTVIEvent.Reconnected, lambda *_: back.set())
            await client.connect()
            transport = client._session.transport
            pc_id, is_known = transport._pc_id, transport.is_known

            def attempt():
                begun.put_nowait(None)
                return is_known()

            transport.is_known = attempt
            process.pause()
            for _ in range(attempts):
                await asyncio.wait_for(begun.get(), 60)
            process.resume()
            await asyncio.wait_for(back.wait(), 100)
            assert client.state is TransportState.READY
            assert client._session.transport._pc_id == pc_id  # as the answer to the re-offer has it
            assert await client.send_client_request("echo", {"a": 1}) == {"a": 1}
    finally:
        await process.kill()


@pytest.mark.parametrize("user", ["nosuchuser", ""])
async def test_the_broker_of_the_demo_runs_whatever_the_environment_calls_the_user(user, tmp_path, monkeypatch):
    monkeypatch.setenv("USER", user)
    assert processes.MOSQUITTO
    broker = await processes.started(functools.partial(processes.broker, processes.MOSQUITTO, tmp_path))
    assert broker.is_running
    await broker.kill()


def test_a_program_that_does_not_start_is_named(monkeypatch, capsys):
    monkeypatch.setattr(processes, "MOSQUITTO", "/bin/false")
    assert main(["demo", "--panel", "--bot", "http://127.0.0.1:1/start"]) == EX_UNAVAILABLE
    printed = capsys.readouterr().err
    assert re.fullmatch(r"callbox demo: /bin/false -c \S+/mosquitto\.conf ended at once, with 1\n", printed)


async def test_each_call_has_a_pc_id_of_its_own_and_other_ids_are_not_known():
    async with FaultyBot() as bot, calling() as make, aiohttp.ClientSession() as http:
        for _ in range(2):
            await make(APIRequest(bot.url)).client.connect()
        first, second = bot._calls
        assert first != second
        for pc_id, status in ((first, 200), (second, 200), ("EchoBot#0", 404), (None, 404)):
            async with http.patch(bot.offer_url, json={"pc_id": pc_id, "candidates": []}) as answer:
                assert answer.status == status


@pytest.mark.parametrize(
    "body", ["", "[]", "{}", '"x"', '{"sdp":1,"type":"offer"}', '{"sdp":"v=0","type":"\\ud800"}', "[" * 500]
)
async def test_malformed_offer_is_refused(body):
    async with FaultyBot() as bot, aiohttp.ClientSession() as http:
        async with http.post(bot.offer_url, data=body) as answer:
            assert answer.status in (400, 422)
            assert (await answer.json())["detail"]
        async with http.patch(bot.offer_url, data=body) as answer:
            assert answer.status in (404, 422)
        assert not bot._calls


async def test_failed_reoffer_keeps_the_call():
    async with FaultyBot() as bot, calling() as make, aiohttp.ClientSession() as http:
        client = make(APIRequest(bot.url)).client
        await client.connect()
        (pc_id,) = bot._calls
        body = {"sdp": "v=0\r\nm=audio x\r\n", "type": "offer", "pc_id": pc_id, "restart_pc": True}
        async with http.post(bot.offer_url, json=body) as answer:
            assert answer.status == 400
        assert list(bot._calls) == [pc_id]
        assert await client.send_client_request("echo", 1) == 1
        await client.disconnect()
        while bot._calls:  # ends with the test's time limit
            await asyncio.sleep(0.05)


async def test_it_says_why_it_rang():
    ring = {"ring": {"id": "1", "reason": "Somebody is at the door"}}
    async with FaultyBot() as bot, calling() as make:
        request = APIRequest(bot.url, request_data={"transport": "webrtc", "body": ring})
        client = make(request).client
        outputs: asyncio.Queue[BotOutput] = asyncio.Queue()
        client.on(RTVIEvent.BotOutput, outputs.put_nowait)
        await client.connect()
        assert (await asyncio.wait_for(outputs.get(), 60)).text == "I rang because: Somebody is at the door"


# -- its sockets ---------------------------------------------------------------------------------------------


def watched_files():
    """How many files the event loop watches: its own ends of sockets."""
    loop: Any = asyncio.get_running_loop()
    return len(loop._selector.get_map())


async def an_offer():
    """One whose client is gone."""
    pc = RTCPeerConnection()
    pc.createDataChannel("chat")
    await pc.setLocalDescription(await pc.createOffer())
    offer = {"sdp": pc.localDescription.sdp, "type": "offer"}
    await pc.close()
    return offer


class LateBot(FaultyBot):
    """Answers an offer when it is told to."""

    def __init__(self):
        super().__init__()
        self.requested, self.go_on = asyncio.Event(), asyncio.Event()

    async def answer_offer(self, request):
        self.requested.set()
        await self.go_on.wait()
        return await super().answer_offer(request)


async def test_an_offer_that_is_answered_while_it_stops_leaves_no_socket_open():
    before, bot = watched_files(), LateBot()
    await bot.start()
    async with aiohttp.ClientSession() as http:
        offering = asyncio.ensure_future(http.post(bot.offer_url, json=await an_offer()))
        await bot.requested.wait()
        stopping = asyncio.ensure_future(bot.stop())
        assert bot._runner
        while bot._runner.sites:  # it has ended the calls that it had
            await asyncio.sleep(0)
        bot.go_on.set()
        await stopping
        await asyncio.wait([offering])
        assert not offering.exception()
    assert bot.calls
    assert watched_files() == before


async def test_a_call_that_never_came_up_leaves_no_socket_open(monkeypatch):
    monkeypatch.setattr(aioice.stun, "RETRY_MAX", 0)  # else it fails after half a minute
    before, bot = watched_files(), FaultyBot()
    await bot.start()
    async with aiohttp.ClientSession() as http:
        async with http.post(bot.offer_url, json=await an_offer()) as answer:
            assert answer.status == 200
        while bot._calls:  # ends with the test's time limit
            await asyncio.sleep(0.01)
    assert not bot.calls[0]._was_connected
    await bot.stop()
    assert watched_files() == before


async def test_stop_waits_for_a_call_that_its_caller_has_just_ended(monkeypatch):
    close = aioice.ice.StunProtocol.close

    async def close_late(self):
        await asyncio.sleep(0.2)  # on a busy machine
        await close(self)

    before, bot = watched_files(), FaultyBot()
    await bot.start()
    async with calling() as make:
        client = make(APIRequest(bot.url)).client
        await client.connect()
        monkeypatch.setattr(aioice.ice.StunProtocol, "close", close_late)
        await client.disconnect()
        while bot._calls:
            await asyncio.sleep(0)
        await bot.stop()
    assert watched_files() == before
