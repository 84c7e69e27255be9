"""Calls over a TURN server that ends, refuses or isn't there; over UDP, TCP, TLS and IPv6."""

import asyncio
import functools
import socket
import ssl

import pytest
from aiortc import RTCConfiguration, RTCIceTransportPolicy
from tests.rig.faulty_bot import FaultyBot
from tests.rig.speaking_media import OpusSpeechMedia
from tests.rig.tls import make_certificate
from tests.rig.turn_server import TurnServer

from callbox.rtvi import APIRequest, ConnectionTimeoutError, RTVIClient, RTVIEvent, TransportState
from callbox.rtvi.protocol.ice_servers import select
from callbox.transports.aiortc_patches import fast_connect, turn_check
from callbox.transports.small_webrtc import SmallWebRTCTransport, peer_connection


@pytest.fixture(autouse=True)
def a_busy_machine_is_no_slow_server(monkeypatch):
    for module, limit in ((fast_connect, "MAX_GATHER_S"), (turn_check, "MAX_GATHER_S"), (turn_check, "TIMEOUT_S")):
        monkeypatch.setattr(module, limit, 60.0)


@pytest.fixture
def relay_only(monkeypatch):
    """As on a network that lets nothing through but the TURN server."""
    configuration = functools.partial(RTCConfiguration, iceTransportPolicy=RTCIceTransportPolicy.RELAY)
    monkeypatch.setattr(peer_connection, "RTCConfiguration", configuration)


def client_of(bot, ice_server):
    transport = functools.partial(SmallWebRTCTransport, ice_servers=[ice_server])
    client = RTVIClient(transport, OpusSpeechMedia(), params=APIRequest(bot.url))
    events: list[RTVIEvent] = []
    for event in (RTVIEvent.Reconnecting, RTVIEvent.Reconnected):
        client.on(event, lambda *_, event=event: events.append(event))
    return client, events


async def until(condition, within_s=60):
    async with asyncio.timeout(within_s):
        while not condition():
            await asyncio.sleep(0.02)


def turn_of(ice_server):
    turn = select([ice_server]).turn
    assert turn is not None
    return turn


@pytest.mark.parametrize(
    ("transport", "host"), [("udp", "127.0.0.1"), ("tcp", "127.0.0.1"), ("udp", "::1"), ("tcp", "::1")]
)
async def test_a_call_over_turn(relay_only, transport, host):
    async with TurnServer(transport, host=host) as turn, FaultyBot() as bot:
        client, _ = client_of(bot, turn.ice_server)
        received = asyncio.Event()
        client.on(RTVIEvent.UserStartedSpeaking, lambda *_: received.set())
        await client.connect()
        async with asyncio.timeout(60):
            await received.wait()
        await client.disconnect()
        assert turn.allocations == 1


async def test_a_session_survives_the_end_of_its_turn_server_over_tcp(relay_only):
    async with TurnServer("tcp") as turn, FaultyBot() as bot:
        client, events = client_of(bot, turn.ice_server)
        await client.connect()
        turn.drop_connections()
        await until(lambda: RTVIEvent.Reconnected in events or client.state is TransportState.ERROR)
        assert events == [RTVIEvent.Reconnecting, RTVIEvent.Reconnected]
        assert client.state is TransportState.READY
        assert len(bot.calls) == 1  # the same session
        await client.disconnect()


async def test_a_refused_password_is_named_when_no_other_path_comes_up(relay_only, monkeypatch):
    monkeypatch.setattr(peer_connection, "MAX_DIRECT_S", 0.5)
    async with TurnServer() as turn, FaultyBot() as bot:
        client, _ = client_of(bot, turn.ice_server | {"credential": "hunter2"})
        with pytest.raises(ConnectionTimeoutError) as error:
            await client.connect()
        await client.disconnect()
    url = turn.ice_server["urls"]
    assert str(error.value) == (
        "No media connection with the bot came up. "
        f"The TURN server {url} refused username or credential (401 Unauthorized)."
    )


async def test_a_direct_path_is_used_though_the_turn_server_refuses(caplog):
    async with TurnServer() as turn, FaultyBot() as bot:
        client, _ = client_of(bot, turn.ice_server | {"credential": "hunter2"})
        await client.connect()
        await until(lambda: "refused username or credential" in caplog.text)
        assert client.state is TransportState.READY
        await client.disconnect()


@pytest.mark.parametrize("transport", ["udp", "tcp"])
async def test_a_server_that_gives_an_allocation_has_no_failure(transport):
    async with TurnServer(transport) as turn:
        assert await turn_check.failure(turn_of(turn.ice_server)) is None
        refused = await turn_check.failure(turn_of(turn.ice_server | {"credential": "hunter2"}))
        assert refused is not None
        assert refused.endswith("refused username or credential (401 Unauthorized).")
        assert "hunter2" not in refused
        without = await turn_check.failure(turn_of({"urls": turn.ice_server["urls"]}))
        assert without is not None
        assert without.endswith("refused username or credential (401 Unauthorized).")


async def test_a_certificate_of_an_unknown_authority_is_named(tmp_path, monkeypatch):
    certificate, key = make_certificate(tmp_path)
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate, key)
    async with TurnServer("tcp", tls=tls) as turn:
        assert "has a certificate that can't be verified: " in str(await turn_check.failure(turn_of(turn.ice_server)))
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert await turn_check.failure(turn_of(turn.ice_server)) is None


async def test_a_server_without_tls_is_named():
    async with TurnServer("tcp") as turn:
        url = turn.ice_server["urls"].replace("turn:", "turns:")
        failure = str(await turn_check.failure(turn_of(turn.ice_server | {"urls": url})))
        assert failure == f"The TURN server {url} closed the connection. Does it speak another protocol at this port?"


async def test_a_server_that_is_not_there_is_named(monkeypatch):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{unused.getsockname()[1]}"
        failure = await turn_check.failure(turn_of({"urls": f"turn:{host}?transport=tcp"}))
        assert failure == f"The TURN server turn:{host}?transport=tcp is not reachable: connection refused."
        monkeypatch.setattr(turn_check, "TIMEOUT_S", 0.5)
        failure = await turn_check.failure(turn_of({"urls": f"turn:{host}"}))
        assert failure == f"The TURN server turn:{host}?transport=udp did not answer within 0.5 s."
    failure = await turn_check.failure(turn_of({"urls": "turn:relay.invalid"}))
    assert failure is not None
    assert failure.endswith(("host name not found.", "did not answer within 0.5 s."))
