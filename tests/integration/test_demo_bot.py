"""The demo's small bot: a re-offer keeps the call, as with Pipecat."""

import asyncio
import functools
import re

import aiohttp
import pytest
from tests.rig.faulty_bot import FaultyBot
from tests.rig.real_calls import calling

from callbox.cli import main
from callbox.cli.common import EX_UNAVAILABLE
from callbox.demo import processes
from callbox.rtvi import APIRequest, BotOutput, RTVIEvent, TransportState


@pytest.mark.parametrize("pause_s", [5.0, 9.0])
async def test_call_goes_on_with_the_same_bot_after_a_pause_of_its_process(pause_s):
    process = await processes.started(processes.bot)
    try:
        async with calling() as make:
            client = make(
                APIRequest(f"http://127.0.0.1:{process.port}/start", request_data={"transport": "webrtc"})
            ).client
            lost, back = asyncio.Event(), asyncio.Event()
            client.on(RTVIEvent.Reconnecting, lambda *_: lost.set())
            client.on(RTVIEvent.Reconnected, lambda *_: back.set())
            await client.connect()
            pc_id = client._session.transport._pc_id
            process.pause()
            await asyncio.wait_for(lost.wait(), 60)
            await asyncio.sleep(pause_s)  # so long is the outage, in which re-offers are sent and given up
            process.resume()
            await asyncio.wait_for(back.wait(), 60)
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
