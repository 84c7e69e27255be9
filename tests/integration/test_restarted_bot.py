"""A server without PATCH, as Pipecat before 0.0.91: whether it was restarted in an outage, its bot's UDP socket says."""

import asyncio
import socket
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from aiohttp import web
from aioice import Candidate
from aioice.ice import CandidatePair
from tests.rig.faulty_bot import FaultyBot
from tests.rig.network_switch import NetworkSwitch
from tests.rig.ports import free_port, wait_until_open
from tests.rig.real_calls import RecordingClient

from callbox.rtvi import APIRequest, RTVIEvent, SessionLostError, TransportState
from callbox.transports.aiortc_patches import port_probe

ROOT = Path(__file__).parents[2]
BOT = """
import asyncio, sys
from aiohttp import web
from callbox.demo.bot import EchoBot

class OldBot(EchoBot):
    async def _answer_patch(self, request):
        return web.Response(status=405)

async def main():
    await OldBot().start(port=int(sys.argv[1]))
    await asyncio.Event().wait()

asyncio.run(main())
"""


class OldBot(FaultyBot):
    """In this process."""

    async def _answer_patch(self, request):
        return web.Response(status=405)


def start(port):
    process = subprocess.Popen([sys.executable, "-W", "ignore", "-c", BOT, str(port)], cwd=ROOT)
    wait_until_open(port)
    return process


async def test_a_restarted_server_without_patch_ends_the_session():
    port = free_port()
    first = await asyncio.to_thread(start, port)
    second = OldBot()  # in this process: a new one may begin later than the client gives up
    caller = RecordingClient(APIRequest(f"http://127.0.0.1:{port}/start"))
    try:
        await caller.client.connect()
        first.kill()
        first.wait()
        await second.start(port=port)
        await caller.until_state(TransportState.ERROR)
        assert isinstance(caller.client.error, SessionLostError)
        assert "Was it restarted?" in str(caller.client.error)
    finally:
        await caller.client.disconnect()
        await second.stop()
        first.kill()
        first.wait()


async def test_a_session_with_a_server_without_patch_survives_an_outage():
    async with OldBot() as bot, NetworkSwitch(int(bot.url.split(":")[2].split("/")[0])) as cable:
        caller = RecordingClient(APIRequest(f"http://127.0.0.1:{cable.port}/start"))
        await caller.client.connect()
        cable.cut()
        await caller.until(RTVIEvent.Reconnecting)
        cable.mend(old_paths=False)
        await caller.until(RTVIEvent.Reconnected)
        assert await caller.client.send_client_request("echo", 7) == 7
        await caller.client.disconnect()


@pytest.mark.parametrize("is_open", [True, False])
async def test_a_port_is_closed_if_icmp_says_so(is_open, monkeypatch):
    monkeypatch.setattr(port_probe, "TIMEOUT_S", 0.2 if is_open else 60.0)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as bot:
        bot.bind(("127.0.0.1", 0))
        transport = _transport_to(*bot.getsockname())
        if not is_open:
            bot.close()
        assert await port_probe.is_port_closed(transport) is not is_open


async def test_of_a_port_behind_a_relay_nothing_is_known():
    assert not await port_probe.is_port_closed(_transport_to("127.0.0.1", free_port(), kind="relay"))
    nothing = _transport_to("127.0.0.1", free_port())
    nothing.transport._connection._nominated.clear()
    assert not await port_probe.is_port_closed(nothing)


def _transport_to(host, port, kind="host"):
    """A DTLS transport as far as the probe looks, over a candidate pair of aioice."""
    local = Candidate.from_sdp(f"1 1 udp 1 127.0.0.1 9 typ {kind}")
    remote = Candidate.from_sdp(f"1 1 udp 1 {host} {port} typ host")
    remote._network_host = host
    protocol: Any = SimpleNamespace(local_candidate=local)
    pair = CandidatePair(protocol, remote)
    return SimpleNamespace(transport=SimpleNamespace(_connection=SimpleNamespace(_nominated={1: pair})))
