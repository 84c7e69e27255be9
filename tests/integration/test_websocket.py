"""The WebSocket transport, against a real Pipecat server and against sockets that misbehave."""

import asyncio
import contextlib
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.integration.test_small_webrtc import WAY_DOWN, WAY_UP, converse
from tests.rig.pipecat import PipecatServer
from tests.rig.real_calls import calling
from websockets.asyncio.server import serve

from callbox.rtvi import (
    APIRequest,
    InvalidTransportParamsError,
    MessageTooLargeError,
    RTVIEvent,
    SessionLostError,
    TransportStartError,
    TransportState,
)
from callbox.rtvi.errors import MalformedMessageError
from callbox.transports.websocket import WebSocketTransport, protobuf_frames
from callbox.transports.websocket import transport as websocket_transport
from callbox.transports.websocket.transport import MAX_BACKLOG, socket_url

S = TransportState


@pytest.fixture
async def call():
    async with calling(transport=WebSocketTransport) as make:
        yield make


@pytest.fixture
def start(pipecat):
    return APIRequest(pipecat.start_url, request_data={"transport": "websocket"})


async def test_a_conversation_with_pipecat(call, start, machine):
    caller = await converse(call, start, machine)
    assert caller.states == WAY_UP + WAY_DOWN


async def test_messages_both_ways_up_to_the_limit(call, start):
    caller = call(start)
    bot = await caller.client.connect()
    assert bot.version >= (2, 0, 0)
    big = "x" * 500_000
    assert await caller.client.send_client_request("echo", big) == big
    with pytest.raises(MessageTooLargeError):
        caller.client.send_client_message("echo", big * 3)
    assert caller.client.state is S.READY


@pytest.mark.parametrize("order", ["end", "cancel"])
async def test_the_bot_ends_the_session(call, start, order):
    caller = call(start)
    await caller.client.connect()
    caller.client.send_client_message(order)
    await caller.until_state(S.DISCONNECTED)
    assert caller.states == WAY_UP + WAY_DOWN
    assert not caller.microphone.is_open


@pytest.mark.pipecat
async def test_a_server_that_wants_a_token_gets_the_one_it_gave(call):
    with PipecatServer("--ws-auth", "token") as server:
        caller = call(APIRequest(server.start_url, request_data={"transport": "websocket"}))
        await caller.client.connect()
        await caller.client.disconnect()
        stranger = call({"ws_url": f"ws://127.0.0.1:{server.port}/ws-client", "token": "made up"})
        with pytest.raises(TransportStartError, match=r"403: no session\. Is the token right") as raised:
            await stranger.client.connect()
        assert raised.value.status == 403
        assert "made up" not in str(raised.value)


@pytest.mark.pipecat
async def test_a_server_that_is_killed(call):
    with PipecatServer() as server:
        caller = call({"ws_url": f"ws://127.0.0.1:{server.port}/ws-client"})
        await caller.client.connect()
        server.kill()
        await caller.until_state(S.ERROR)
        assert isinstance(caller.client.error, SessionLostError)
        await caller.client.disconnect()
        assert not caller.microphone.is_open


@pytest.mark.parametrize("url", ["ws://127.0.0.1:9/ws-client", "ws://bot..example/ws-client"])
async def test_no_server_at_the_address(call, url):
    caller = call({"ws_url": url})
    with pytest.raises(TransportStartError, match=f"{re.escape(url)} gives no WebSocket"):
        await caller.client.connect()


async def test_a_socket_that_speaks_garbage(call):
    async def garbage(socket):
        ready = '{"label":"rtvi-ai","type":"bot-ready","data":{"version":"2.2.0"}}'
        for data in (
            b"", b"\xff" * 100, "text", protobuf_frames.encode("{"), protobuf_frames.encode("null"),
            protobuf_frames.encode(protobuf_frames.Sound(b"\1", 16000)), protobuf_frames.encode(protobuf_frames.Sound(b"\0" * 99, 0, 0)),
            protobuf_frames.encode(protobuf_frames.Sound(b"\0" * 960, 4_000_000_000, 7)), b"\x0a\x02\x08\x01", b"\x2a\x00",
            protobuf_frames.encode(protobuf_frames.Sound(b"\0" * 960, 24000, 2)), protobuf_frames.encode(ready),
        ):  # fmt: skip
            await socket.send(data)
        await socket.wait_closed()

    async with serving(garbage) as url:
        caller = call({"ws_url": url})
        await caller.client.connect()
        assert caller.client.state is S.READY
        await caller.client.disconnect()
        assert caller.states == [*WAY_UP[:2], *WAY_UP[4:], *WAY_DOWN]


async def test_a_socket_that_takes_nothing_drops_sound_and_keeps_messages(call, monkeypatch):
    monkeypatch.setattr(websocket_transport, "KEEPALIVE_S", 3600)
    looked = asyncio.Event()
    received = []

    async def stuck(socket):
        await socket.recv()
        await socket.send(protobuf_frames.encode('{"label":"rtvi-ai","type":"bot-ready"}'))
        socket.transport.pause_reading()
        await looked.wait()
        socket.transport.resume_reading()
        async for data in socket:
            received.append(protobuf_frames.decode(data))

    async with serving(stuck) as url, asyncio.timeout(60):
        caller = call({"ws_url": url})
        try:
            await caller.client.connect()
            waiting = caller.client._session.transport._outgoing
            sent = 0
            while waiting.qsize() <= MAX_BACKLOG:  # the kernel's buffers take up to some ten megabytes
                caller.client.send_client_message("x", [sent, "y" * 100_000])
                sent += 1
                await asyncio.sleep(0)
            full = waiting.qsize()
            captured = caller.count(RTVIEvent.LocalAudioLevel) + 10
            while caller.count(RTVIEvent.LocalAudioLevel) < captured:
                await asyncio.sleep(0.01)
            assert waiting.qsize() <= full
        finally:
            looked.set()
        while len(messages := [json.loads(frame) for frame in received if isinstance(frame, str)]) < sent:
            await asyncio.sleep(0.01)
        assert [message["data"]["d"][0] for message in messages] == list(range(sent))
        await caller.client.disconnect()


@pytest.mark.parametrize(
    ("end", "words"),
    [
        ("silence", "The network to the bot was gone for 0.5 s."),
        ("failure", "The connection to the bot broke (code 1011)."),
    ],
)
async def test_a_lost_network_is_not_closed_by_the_bot(call, monkeypatch, end, words):
    monkeypatch.setattr(websocket_transport, "KEEPALIVE_S", 0.5 if end == "silence" else 3600)
    over = asyncio.Event()

    async def handle(socket):
        await socket.recv()
        await socket.send(protobuf_frames.encode('{"label":"rtvi-ai","type":"bot-ready"}'))
        if end == "silence":
            socket.transport.pause_reading()  # no pong either
            await over.wait()
            socket.transport.resume_reading()
        else:
            await socket.close(1011)

    async with serving(handle) as url:
        caller = call({"ws_url": url})
        await caller.client.connect()
        await caller.until_state(S.ERROR)
        over.set()
        assert str(caller.client.error) == words
        await caller.client.disconnect()


@contextlib.asynccontextmanager
async def serving(handle):
    async def one(socket):
        with contextlib.suppress(Exception):
            await handle(socket)

    async with serve(one, "127.0.0.1", 0) as server:
        yield f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/"


START = APIRequest("http://pi.local:7860/start")


@pytest.mark.parametrize(
    ("params", "request_", "url"),
    [
        ({"wsUrl": "wss://0.0.0.0:7860/ws-client"}, START, "ws://pi.local:7860/ws-client"),
        (
            {"ws_url": "ws://localhost:7860/ws-client", "token": "a+b"},
            START,
            "ws://pi.local:7860/ws-client?token=a%2Bb",
        ),
        ({"wsUrl": "wss://bot.example/ws?agent=x"}, START, "wss://bot.example/ws?agent=x"),
        ({"wsUrl": "wss://media.example/ws"}, APIRequest("https://bots.example/start"), "wss://media.example/ws"),
        ({"ws_url": "/ws"}, START, "ws://pi.local:7860/ws"),
        ({"wsUrl": "ws://x/ws", "sessionId": "1", "token": None}, None, "ws://x/ws"),
        ({"wsUrl": "https://x/ws?token=old&a=1", "token": "new"}, None, "wss://x/ws?a=1&token=new"),
    ],
)
def test_where_the_socket_is(params, request_, url):
    assert socket_url(params, request_) == url


@pytest.mark.parametrize("params", [{}, {"sessionId": "1"}, {"wsUrl": 5}, {"wsUrl": "ftp://x"}, {"wsUrl": "ws://"}])
def test_a_bundle_without_a_socket(params):
    with pytest.raises(InvalidTransportParamsError):
        socket_url(params, START)


@given(st.binary())
def test_any_bytes_are_a_frame_or_malformed(data):
    with contextlib.suppress(MalformedMessageError):
        protobuf_frames.decode(data)


@given(st.text(), st.binary(), st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1))
def test_frames_come_back_as_they_went(text, sound, rate_hz, channels):
    assert protobuf_frames.decode(protobuf_frames.encode(text)) == text
    assert protobuf_frames.decode(
        protobuf_frames.encode(protobuf_frames.Sound(sound, rate_hz, channels))
    ) == protobuf_frames.Sound(sound, rate_hz, channels)
