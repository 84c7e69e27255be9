"""Every row of the tables of media causes, reached by a real peer: aiortc, a bot's server, a small TURN server."""

import asyncio
import contextlib
import functools
import re
import socket
import ssl
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import aioice.ice
import aioice.turn
import pytest
from aiortc import RTCConfiguration, RTCIceTransportPolicy
from tests.rig.faulty_bot import FaultyBot
from tests.rig.network_switch import NetworkSwitch
from tests.rig.ports import free_port
from tests.rig.real_calls import RecordingClient
from tests.rig.tcp_server import tcp_server
from tests.rig.tls import make_certificate
from tests.rig.turn_server import TurnServer
from tests.unit.transports.test_reconnect import DeadNetwork

from callbox.audio.media import BoardMedia
from callbox.control.faults import Fault, problem_from_error
from callbox.rtvi import NO_RECONNECTION, APIRequest, RTVIClient, RTVIError, RTVIEvent, TransportState
from callbox.rtvi.http_client import HttpError
from callbox.rtvi.protocol.ice_servers import select
from callbox.rtvi.protocol.media_errors import CONNECTION, TURN
from callbox.rtvi.protocol.policies import ReconnectionPolicy
from callbox.transports.aiortc_patches import turn_check
from callbox.transports.small_webrtc import SmallWebRTCTransport, peer_connection
from callbox.transports.small_webrtc.reconnect import LivenessMonitor
from callbox_device.simulated import SimulatedMicrophone, SimulatedSpeaker


@pytest.fixture(autouse=True)
def patient(monkeypatch):
    """A busy machine is no TURN server that is silent."""
    monkeypatch.setattr(turn_check, "TIMEOUT_S", 60.0)


async def failed_call(change: Callable[[str], str]) -> RTVIError:
    """The error of a call whose answer was changed."""
    async with FaultyBot() as bot:
        bot.change_answer = change
        caller = RecordingClient(APIRequest(bot.url))
        with pytest.raises(RTVIError) as caught:
            await caller.client.connect()
        await caller.client.disconnect()
        return caught.value


async def ended_call(end: Callable[[Any, Any], Any]) -> RTVIError:
    """The error of a call that was ready, and is ended by `end`, which gets the bot's call and our peer connection."""
    async with FaultyBot() as bot:
        caller = RecordingClient(APIRequest(bot.url))
        await caller.client.connect()
        transport: Any = caller.client._session.transport
        await end(bot.calls[-1], transport._peer)
        await caller.until(RTVIEvent.Error)
        assert caller.client.state is TransportState.ERROR
        error = caller.client.error
        await caller.client.disconnect()
        assert error is not None
        return error


async def given_up(network: DeadNetwork) -> Exception:
    """The error by which a session ends that can't be restored; in simulated time."""
    loop = asyncio.get_running_loop()
    monitor = LivenessMonitor(network, ReconnectionPolicy(), loop.time)
    tasks = [asyncio.create_task(monitor.ping()), asyncio.create_task(monitor.watch())]
    error = await network.error
    for task in tasks:
        task.cancel()
    return error


def no_candidates(sdp):
    return re.sub(r"a=candidate:.*\r\n", "", sdp)


def other_fingerprint(sdp):
    return re.sub(r"(a=fingerprint:sha-256) \S+", r"\1 " + ":".join(["00"] * 32), sdp)


async def close_channel(call, _):
    call._channel.close()


async def end_dtls(call, _):
    await call._pc.sctp.transport.stop()  # a close_notify, without SCTP's ABORT


@pytest.mark.parametrize(
    ("cause", "change", "fault"),
    [("no path", no_candidates, Fault.BOT_TIMEOUT), ("no dtls", other_fingerprint, Fault.BOT_FAILED)],
)
async def test_a_connection_that_does_not_come_up(cause, change, fault):
    error = await failed_call(change)
    assert str(error) == CONNECTION[cause].text()
    assert problem_from_error(error).fault is fault


@pytest.mark.parametrize("end", [close_channel, end_dtls])
async def test_a_connection_that_the_bot_closes(end):
    error = await ended_call(end)
    assert str(error) == CONNECTION["closed"].text()
    assert problem_from_error(error).fault is Fault.BOT_FAILED


@pytest.mark.parametrize("has_sound", [False, True])
@pytest.mark.parametrize("cause", ["gone", "broken", "closed"])
async def test_a_lost_network_is_not_closed_by_the_bot(monkeypatch, has_sound, cause):
    """aiortc closes the data channel in each case, before ICE's state says that it has failed."""
    media = BoardMedia(SimulatedMicrophone(b""), SimulatedSpeaker()) if has_sound else None
    ended = asyncio.Event()
    async with TurnServer("tcp") as turn, FaultyBot() as bot, NetworkSwitch(urlsplit(bot.url).port or 0) as cable:
        transport: Any = SmallWebRTCTransport
        if cause == "broken":
            relayed = functools.partial(RTCConfiguration, iceTransportPolicy=RTCIceTransportPolicy.RELAY)
            monkeypatch.setattr(peer_connection, "RTCConfiguration", relayed)
            transport = functools.partial(SmallWebRTCTransport, ice_servers=[turn.ice_server])
        request = APIRequest(f"http://127.0.0.1:{cable.port}/start")
        client = RTVIClient(transport, media, params=request, reconnection=NO_RECONNECTION)
        client.on(RTVIEvent.Error, lambda _: ended.set())
        await client.connect()
        match cause:
            case "gone":
                monkeypatch.setattr(aioice.ice, "CONSENT_INTERVAL", 0.1)
                cable.cut()
            case "broken":
                turn.drop_connections()
            case "closed":
                await bot.calls[-1].vanish()
        async with asyncio.timeout(60):
            await ended.wait()
        assert client.error is not None
        assert str(client.error) == CONNECTION[cause].text(limit_s=30)
        assert problem_from_error(client.error).fault is Fault.BOT_FAILED
        await client.disconnect()


def test_the_time_of_a_lost_network_is_that_of_the_library():
    assert aioice.ice.CONSENT_FAILURES * aioice.ice.CONSENT_INTERVAL == peer_connection.CONSENT_S


class Unknown(DeadNetwork):
    """The server has lost the session."""

    async def is_known(self) -> bool:
        return False


class Ended(DeadNetwork):
    """The server has ended."""

    async def is_known(self) -> bool:
        raise HttpError("refused", cause="refused")


@pytest.mark.simulated_time
@pytest.mark.parametrize(
    ("cause", "network"), [("gone", DeadNetwork), ("session unknown", Unknown), ("server ended", Ended)]
)
async def test_a_session_that_is_not_restored(cause, network):
    error = await given_up(network(0.0, 1.0))
    assert str(error) == CONNECTION[cause].text(limit_s="26")


def test_every_connection_row_is_reached():
    assert {"no path", "no dtls", "closed", "broken", "gone", "session unknown", "server ended"} == CONNECTION.keys()


# -- TURN ----------------------------------------------------------------------------------------------------


async def failure_of(ice_server: dict[str, str]) -> str:
    turn = select([ice_server]).turn
    assert turn is not None
    failure = await turn_check.failure(turn)
    assert failure is not None
    return failure


CODES = {
    **dict.fromkeys((401, 403, 441), "credentials"),
    437: "mismatch",
    **dict.fromkeys((400, 420, 440, 442, 443), "protocol"),
    486: "quota",
    **dict.fromkeys((500, 508), "capacity"),
    300: "alternate",
    487: "refused",
}


@pytest.mark.parametrize(("code", "cause"), CODES.items())
async def test_an_error_code_of_a_turn_server(code, cause):
    async with TurnServer() as turn:
        turn.refuses = (code, "Words")
        failure = await failure_of(turn.ice_server)
    fields = {"server": turn.ice_server["urls"], "code": code, "detail": "Words"}
    assert failure == TURN[cause].text(**fields)


class Place:
    """Where a row's TURN server is."""

    def __init__(self, tmp_path, monkeypatch, running: contextlib.AsyncExitStack):
        self.folder, self.monkeypatch, self.running = tmp_path, monkeypatch, running

    async def listening(self, answer: bytes | None) -> str:
        async def serve(reader, writer):
            await reader.read(1)
            if answer:
                writer.write(answer)
                await writer.drain()

        return f"127.0.0.1:{await self.running.enter_async_context(tcp_server(serve))}?transport=tcp"

    async def plain(self) -> str:
        host = await self.listening(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        return f"turns:{host}"

    async def closing(self) -> str:
        return f"turns:{await self.listening(None)}"

    async def untrusted(self) -> str:
        certificate, key = make_certificate(self.folder)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate, key)

        async def close(*_):
            pass

        return f"turns:127.0.0.1:{await self.running.enter_async_context(tcp_server(close, tls=context))}?transport=tcp"

    async def silent(self) -> str:
        self.monkeypatch.setattr(turn_check, "TIMEOUT_S", 0.2)
        return f"turn:127.0.0.1:{free_port()}?transport=udp"

    async def broken(self, error: Exception) -> str:
        async def fail(*_, **__):
            raise error

        self.monkeypatch.setattr(aioice.turn, "create_turn_endpoint", fail)
        return "turn:127.0.0.1:3478?transport=udp"


ROWS: dict[str, Callable[[Place], Any]] = {
    "certificate": lambda at: at.untrusted(),
    "tls failed": lambda at: at.plain(),
    "silent": lambda at: at.silent(),
    "name unknown": lambda at: at.broken(socket.gaierror(-2, "Name or service not known")),
    "connection refused": lambda at: at.broken(ConnectionRefusedError()),
    "connection closed": lambda at: at.closing(),
    "not reachable": lambda at: at.broken(OSError(113, "No route to host")),
    "no turn": lambda at: at.broken(ValueError("odd")),
}


@pytest.mark.parametrize("cause", ROWS)
async def test_a_turn_server_that_gives_no_answer(cause, tmp_path, monkeypatch):
    async with contextlib.AsyncExitStack() as running:
        url = await ROWS[cause](Place(tmp_path, monkeypatch, running))
        failure = await failure_of({"urls": url, "username": "box", "credential": "right"})
    row = TURN[cause]
    before, _, after = row.sentence.format(server=url, limit_s="0.2", detail="…").partition("…")
    assert failure.startswith(before)
    assert failure.endswith(row.advice or after)


async def test_a_turn_server_whose_name_has_an_empty_label():
    failure = await failure_of({"urls": "turn:turn..example?transport=udp", "username": "box", "credential": "right"})
    assert failure == TURN["name unknown"].text(server="turn:turn..example:3478?transport=udp")


def test_every_turn_row_is_reached():
    assert set(CODES.values()) | ROWS.keys() == TURN.keys()
