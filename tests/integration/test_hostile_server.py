"""A server that misbehaves in every phase, on the real stack: HTTP, ICE, DTLS, data channel. After each, the next call works.

Killed, frozen and restarted servers are met in test_small_webrtc_reconnects, other sockets in test_websocket.
"""

import asyncio
import json
import re
from urllib.parse import urlsplit

import pytest
from aiohttp import web
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.rig.faulty_bot import FaultyBot
from tests.rig.network_switch import NetworkSwitch
from tests.rig.real_calls import RecordingClient

from callbox.rtvi import (
    APIRequest,
    BotError,
    ConnectionTimeoutError,
    Deadlines,
    InvalidTransportParamsError,
    RTVIError,
    RTVIEvent,
    SessionLostError,
    StartBotError,
    TransportStartError,
    TransportState,
)

S = TransportState
SHORT = {
    "never": Deadlines(start_s=5.0),
    "offer never": Deadlines(connect_s=5.0),
    "nobody behind it": Deadlines(connect_s=5.0),
    "never ready": Deadlines(bot_ready_s=1.0),
}
"""Short where the bot says nothing, and long enough that the request is sent; all else has the time that a busy machine needs."""

FAILS = {
    # the start request
    "404": StartBotError,
    "500": StartBotError,
    "html": StartBotError,
    "a list": StartBotError,
    "never": ConnectionTimeoutError,
    "start cut off": StartBotError,
    "start without end": StartBotError,
    "no session": InvalidTransportParamsError,
    "a session of another kind": InvalidTransportParamsError,
    # the offer
    "offer 400": TransportStartError,
    "offer 500": TransportStartError,
    "offer never": ConnectionTimeoutError,
    "offer cut off": TransportStartError,
    "offer without end": TransportStartError,
    "no sdp": TransportStartError,
    "empty sdp": TransportStartError,
    "garbled sdp": TransportStartError,
    "no audio": TransportStartError,
    # the way of the media
    "nobody behind it": ConnectionTimeoutError,
    # the handshake
    "never ready": ConnectionTimeoutError,
    "fatal": BotError,
    "leaves at once": SessionLostError,
    "closes the channel": SessionLostError,
}
WORKS = ("slow start", "slow offer", "malformed", "flood", "ready thrice", "lies")


@pytest.fixture
async def line():
    async with FaultyBot() as bot:
        caller = RecordingClient(APIRequest(bot.url))
        yield bot, caller
        await caller.client.disconnect()


async def next_call_works(bot, caller):
    failed = caller.client.state
    assert failed is S.ERROR
    await caller.client.disconnect()
    assert not caller.microphone.is_open
    assert not caller.lamp[-1]
    caller.client._deadlines = caller.client._session._deadlines = Deadlines()
    bot.mood = "good"
    await caller.client.connect()
    assert caller.client.state is S.READY


@pytest.mark.parametrize("mood", FAILS)
async def test_what_can_not_work_fails_in_words_and_the_next_call_works(line, mood):
    bot, caller = line
    bot.mood = mood
    caller.client._deadlines = caller.client._session._deadlines = SHORT.get(mood, Deadlines())
    with pytest.raises(FAILS[mood]) as raised:
        await asyncio.wait_for(caller.client.connect(), 60)
    assert re.match(r"[A-Z][a-z]+ |http://127", str(raised.value))  # words, or the address and words
    assert not re.search(r"Error\(|object at|Traceback|None", str(raised.value))
    assert caller.client.error is raised.value
    await next_call_works(bot, caller)


@pytest.mark.parametrize("mood", WORKS)
async def test_what_is_only_odd_works(line, mood):
    bot, caller = line
    bot.mood = mood
    await caller.client.connect()
    assert await caller.client.send_client_request("echo", 7) == 7
    assert caller.client.state is S.READY


async def test_a_session_that_is_cut_in_the_middle(line):
    bot, caller = line
    for _ in range(2):
        await caller.client.connect()
        await bot.calls[-1].vanish()
        await caller.until_state(S.ERROR)
    await next_call_works(bot, caller)


async def test_a_flood_before_the_bot_leaves(line):
    bot, caller = line
    await caller.client.connect()
    call = bot.calls[-1]
    call._rubbish()
    call._flood()
    call.tell("bot-interrupted")
    await call.end()
    async with asyncio.timeout(60):
        while caller.client.state is S.READY:  # peerLeft may be lost behind all that: then silence tells
            await asyncio.sleep(0.02)
    await caller.client.disconnect()
    assert not caller.microphone.is_open


# -- the network goes --------------------------------------------------------------------------------


@pytest.fixture
async def cable_line():
    async with FaultyBot() as bot, NetworkSwitch(urlsplit(bot.url).port) as cable:
        patient = Deadlines(bot_ready_s=60.0)  # an outage is within it
        caller = RecordingClient(APIRequest(f"http://127.0.0.1:{cable.port}/start"), deadlines=patient)
        yield bot, cable, caller
        await caller.client.disconnect()


async def outage(cable, caller):
    await caller.until(RTVIEvent.Reconnecting)
    cable.mend(old_paths=False)
    await caller.until(RTVIEvent.Reconnected)


async def test_messages_of_the_first_seconds_of_an_outage_arrive_once_and_in_order(cable_line):
    bot, cable, caller = cable_line
    await caller.client.connect()
    assert await caller.client.send_client_request("echo", 0) == 0
    cable.cut()
    for number in range(1, 100):
        caller.client.send_client_message("note", number)
    request = asyncio.create_task(caller.client.send_client_request("echo", 100, timeout_s=60))
    caller.client.on(
        RTVIEvent.Reconnecting, lambda _: [caller.client.send_client_message("note", n) for n in range(101, 200)]
    )
    await outage(cable, caller)
    caller.client.send_client_message("note", 200)
    assert await request == 100
    assert await caller.client.send_client_request("echo", 201) == 201
    numbers = [message.data["d"] for message in bot.calls[-1].received if message.type == "client-message"]
    assert numbers == list(range(202))


@pytest.mark.parametrize("hot", [True, False])
async def test_the_handshake_goes_on_when_the_path_died_in_it(cable_line, hot):
    bot, cable, caller = cable_line
    bot.mood = "never ready"
    if hot:
        await caller.client.stand_by()
    connecting = asyncio.create_task(caller.client.connect())
    while not (bot.calls and bot.calls[-1].received):
        await asyncio.sleep(0.01)
    cable.cut()
    bot.calls[-1].mood = "good"
    await outage(cable, caller)
    await connecting
    assert [message.type for message in bot.calls[-1].received].count("client-ready") == 2


MUTATIONS = st.lists(
    st.tuples(
        st.integers(0, 60),
        st.sampled_from(["drop", "double", "swap", "cut", "number", "text"]),
        st.text(max_size=20) | st.sampled_from(["99999999999999999999", "-1", "\0", "a=mid:", "m=audio 0"]),
    ),
    min_size=1,
    max_size=6,
)


def mutated(sdp, mutations):
    lines = sdp.split("\r\n")
    for place, kind, text in mutations:
        at = place % len(lines)
        match kind:
            case "drop":
                del lines[at]
            case "double":
                lines.insert(at, lines[at])
            case "swap":
                lines[at], lines[0] = lines[0], lines[at]
            case "cut":
                lines[at] = lines[at][: len(lines[at]) // 2]
            case "number":
                lines[at] = re.sub(r"\d+", text, lines[at], count=1)
            case "text":
                lines[at] += text
        lines = lines or [""]
    return "\r\n".join(lines)


@given(mutations=MUTATIONS)
@settings(max_examples=15)
def test_any_sdp_is_used_or_refused(mutations):
    used_or_refused(mutations)


@pytest.mark.slow
@given(mutations=MUTATIONS)
@settings(max_examples=150)
def test_many_sdps_are_used_or_refused(mutations):
    used_or_refused(mutations)


def used_or_refused(mutations):
    class Mutating(FaultyBot):
        async def answer_offer(self, request):
            answer = await super().answer_offer(request)
            body = json.loads(answer.text)
            return web.json_response(body | {"sdp": mutated(body["sdp"], mutations)})

    async def call():
        async with Mutating() as bot:
            quick = Deadlines(start_s=2.0, connect_s=0.3, bot_ready_s=0.3)
            caller = RecordingClient(APIRequest(bot.url), deadlines=quick)
            try:
                await asyncio.wait_for(caller.client.connect(), 60)
            except RTVIError:
                assert caller.client.state is S.ERROR
            await caller.client.disconnect()
            assert caller.client.state is S.DISCONNECTED
            assert not caller.microphone.is_open

    asyncio.run(call())
