"""Armed: everything is ready before the press, the server notices an open socket only, and what is stale isn't used."""

import asyncio
import contextlib
import itertools
import socket
import ssl
from urllib.parse import urlsplit

import aioice.ice
import pytest
from tests.rig.faulty_bot import FaultyBot
from tests.rig.forgetful_router import forgetful_router
from tests.rig.real_calls import RecordingClient
from tests.rig.tcp_server import tcp_server
from tests.rig.tls import make_certificate
from tests.unit.rtvi.test_http_client import reply

from callbox.rtvi import APIRequest, http_client, http_pool
from callbox.rtvi.http_client import post_json
from callbox.rtvi.http_pool import HttpPool
from callbox.system import route
from callbox.system.route import is_off_route, is_on_route
from callbox.transports import http_preconnect
from callbox.transports.http_preconnect import HttpPreconnect
from callbox.transports.small_webrtc import prewarm
from callbox.transports.small_webrtc.prewarm import PrewarmedSmallWebRTC


@contextlib.asynccontextmanager
async def armed_caller(url, ice_servers=()):
    keep_alive = HttpPool()
    line = PrewarmedSmallWebRTC(keep_alive, url, ice_servers)
    caller = RecordingClient(APIRequest(url), transport=line, keep_alive=keep_alive)
    preparing = asyncio.create_task(line.run(caller.media))
    try:
        yield line, caller
    finally:
        await caller.client.disconnect()
        preparing.cancel()
        await asyncio.wait([preparing])


async def until(condition, within_s=60):
    async with asyncio.timeout(within_s):
        while not condition():
            await asyncio.sleep(0.01)


async def test_a_call_uses_the_peer_and_the_connection_that_are_ready(bot):
    async with armed_caller(bot.url) as (line, caller):
        await until(lambda: line.is_armed and line.keep_alive.is_preconnected(bot.url))
        ready = line._prepared_peer.peer
        await caller.client.connect()
        assert caller.client._session.transport._peer is ready
        assert not line.is_armed
        assert line.keep_alive._spares == {}  # used
        await caller.client.disconnect()
        line.refresh()
        await until(lambda: line.is_armed and line.keep_alive.is_preconnected(bot.url))
        assert line._prepared_peer.peer is not ready
        await caller.client.connect()


class NotingBot(FaultyBot):
    """Notes which request came from where."""

    def __init__(self):
        super().__init__()
        self.requests = []

    async def answer_start(self, request):
        self.requests.append(("start", request.transport.get_extra_info("peername")))
        return await super().answer_start(request)

    async def answer_offer(self, request):
        self.requests.append(("offer", request.transport.get_extra_info("peername")))
        return await super().answer_offer(request)


async def test_the_server_gets_no_request_before_the_press():
    async with NotingBot() as bot, armed_caller(bot.url) as (line, caller):
        await until(lambda: line.is_armed and line.keep_alive.is_preconnected(bot.url))
        await asyncio.sleep(0.2)
        assert bot.requests == []
        await caller.client.connect()
        assert [what for what, _ in bot.requests] == ["start", "offer"]


async def test_start_request_and_offer_go_over_one_connection():
    async with NotingBot() as bot:
        caller = RecordingClient(APIRequest(bot.url))
        for calls in (1, 2):
            await caller.client.connect()
            await caller.client.disconnect()
            assert len({place for _, place in bot.requests}) == calls


async def test_a_peer_of_another_address_is_not_used(bot, monkeypatch):
    async with armed_caller(bot.url) as (line, caller):
        await until(lambda: line.is_armed)
        stale = line._prepared_peer.peer
        gather = aioice.ice.get_host_addresses
        monkeypatch.setattr(
            aioice.ice, "get_host_addresses", lambda use_ipv4, use_ipv6: [*gather(use_ipv4, use_ipv6), "127.0.0.7"]
        )
        assert not line.is_armed
        await caller.client.connect()
        assert caller.client._session.transport._peer is not stale
        await caller.client.disconnect()
        line.refresh()
        await until(lambda: line.is_armed)


async def test_a_peer_that_has_aged_is_not_used(bot, monkeypatch):
    monkeypatch.setattr(prewarm, "MAX_AGE_S", 0.0)
    async with armed_caller(bot.url) as (line, caller):
        await until(lambda: line._prepared_peer is not None)
        assert await line.take(caller.media, ()) is None
        await caller.client.connect()


async def test_ice_servers_of_the_servers_own_need_another_peer(bot):
    async with armed_caller(bot.url) as (line, caller):
        await until(lambda: line.is_armed)
        assert await line.take(caller.media, ({"urls": "stun:192.0.2.1"},)) is None
        assert await line.take(None, ()) is None
        assert line.is_armed


@pytest.fixture
def silent_stun():
    """A STUN server that takes questions and gives no answer."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        yield {"urls": f"stun:127.0.0.1:{server.getsockname()[1]}"}


async def test_a_silent_stun_server_holds_up_no_armed_call(bot, silent_stun, monkeypatch):
    queries = []
    ask = aioice.ice.server_reflexive_candidate

    def watched(*which):
        queries.append(which)
        return ask(*which)

    monkeypatch.setattr(aioice.ice, "server_reflexive_candidate", watched)
    async with armed_caller(bot.url, (silent_stun,)) as (line, caller):
        await until(lambda: line.is_armed)
        assert queries
        queries.clear()
        await caller.client.connect()
        assert queries == []  # nothing is looked up, so nothing is waited for


async def test_without_a_server_the_box_goes_on_being_armed():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/start"
        async with armed_caller(url) as (line, _):
            await until(lambda: line.is_armed)
            assert not line.keep_alive.is_preconnected(url)


# -- the connection alone --------------------------------------------------------------------------------


@contextlib.asynccontextmanager
async def counting_server(tls=None, closes_unused=False):
    """Answers each request with {}; counts its connections. `closes_unused`: the first at once."""
    connections = []

    async def serve(reader, writer):
        connections.append(writer)
        while not (closes_unused and len(connections) == 1):
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-l"))
            await reader.readexactly(length)
            writer.write(reply("200 OK", b"{}"))

    async with tcp_server(serve, tls=tls) as port:
        yield f"{'https' if tls else 'http'}://127.0.0.1:{port}/", connections


async def test_a_spare_connection_is_used_once_and_kept_for_the_next_request():
    keep_alive = HttpPool()
    async with counting_server() as (url, connections):
        await keep_alive.preconnect(url)
        await keep_alive.preconnect(url)  # there already
        await until(lambda: len(connections) == 1)
        assert keep_alive.is_preconnected(url)
        for _ in range(3):
            assert await post_json(url, {}, {}, keep_alive) == {}
        assert len(connections) == 1
        assert not keep_alive.is_preconnected(url)
        await keep_alive.close_idle()
        assert await post_json(url, {}, {}, keep_alive) == {}
        assert len(connections) == 2
        await keep_alive.close()


async def test_a_spare_connection_that_the_server_has_closed_is_opened_again():
    keep_alive = HttpPool()
    async with counting_server(closes_unused=True) as (url, connections):
        await keep_alive.preconnect(url)
        await until(lambda: not keep_alive.is_preconnected(url))
        assert await post_json(url, {}, {}, keep_alive) == {}
        assert len(connections) == 2
        await keep_alive.close()


async def test_the_pauses_to_a_server_that_closes_unused_connections_grow_to_a_minute():
    now_s, opened_s = 1000.0, []

    async def close(*_):
        opened_s.append(now_s)

    await http_client.imported()
    async with tcp_server(close) as port:
        url = f"http://127.0.0.1:{port}/"
        pool = HttpPool(now_s=lambda: now_s)
        line = HttpPreconnect(pool, url)
        while now_s < 1300:
            await line._prepare(None)
            await until(lambda: not pool.is_preconnected(url))
            now_s += http_preconnect.CHECK_PERIOD_S
        await pool.close()
    assert [after - before for before, after in itertools.pairwise(opened_s)] == [5, 10, 20, 40, 60, 60, 60]


async def test_a_spare_connection_that_breaks_in_the_very_moment_costs_nothing_but_another(monkeypatch):
    keep_alive = HttpPool()
    async with counting_server(closes_unused=True) as (url, connections):
        await keep_alive.preconnect(url)
        await until(lambda: not keep_alive.is_preconnected(url))
        monkeypatch.setattr("callbox.rtvi.http_pool._ESTABLISHED", 8)  # not noticed: as when both happen at once
        assert await post_json(url, {}, {}, keep_alive) == {}
        assert len(connections) == 2
        await keep_alive.close()


async def test_tls_too_is_shaken_hands_ahead(tmp_path, monkeypatch):
    certificate, key = make_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate, key)
    keep_alive = HttpPool()
    async with counting_server(tls) as (url, connections):
        await keep_alive.preconnect(url)
        await until(lambda: len(connections) == 1)
        await asyncio.sleep(0.1)  # the server's tickets have come, and are unread
        assert keep_alive.is_preconnected(url)
        assert await post_json(url, {}, {}, keep_alive) == {}
        assert len(connections) == 1
        await keep_alive.close()


async def test_the_first_press_after_a_silent_loss_of_the_path_calls_and_starts_one_bot():
    async with NotingBot() as bot, forgetful_router(urlsplit(bot.url).port) as (port, forget):
        url = f"http://127.0.0.1:{port}/start"
        async with armed_caller(url) as (line, caller):
            await until(lambda: line.keep_alive.is_preconnected(url))
            forget()
            await caller.client.connect()  # within the start request's deadline
        assert [what for what, _ in bot.requests] == ["start", "offer"]


async def test_a_spare_connection_is_dropped_when_it_has_aged(monkeypatch):
    keep_alive = HttpPool()
    async with counting_server() as (url, connections):
        await keep_alive.preconnect(url)
        monkeypatch.setattr(http_pool, "MAX_SPARE_AGE_S", 0.0)
        assert not keep_alive.is_preconnected(url)
        monkeypatch.undo()
        assert keep_alive.is_preconnected(url)
        monkeypatch.setattr(http_pool, "MAX_SPARE_AGE_S", 0.0)
        await keep_alive.preconnect(url)
        await until(lambda: len(connections) == 2)
        await keep_alive.close()


async def test_a_spare_connection_of_another_address_than_the_routes_is_dropped(monkeypatch):
    async with counting_server() as (url, _):
        place = urlsplit(url)
        _, writer = await asyncio.open_connection("127.0.0.1", place.port, local_addr=("127.0.0.7", 0))
        socket_of = writer.get_extra_info("socket")  # the kernel would now take 127.0.0.1
        assert (is_on_route(socket_of), is_off_route(socket_of)) == (False, True)
        writer.close()
        _, writer = await asyncio.open_connection("127.0.0.1", place.port)
        socket_of = writer.get_extra_info("socket")
        assert (is_on_route(socket_of), is_off_route(socket_of)) == (True, False)
        writer.close()
        keep_alive = HttpPool()
        await keep_alive.preconnect(url)
        assert keep_alive.is_preconnected(url)
        monkeypatch.setattr(route, "route_source", lambda _: "127.0.0.7")  # DHCP gave this machine another
        assert not keep_alive.is_preconnected(url)
        await keep_alive.close()


async def test_tcp_looks_after_connections_that_are_idle():
    keep_alive = HttpPool()
    async with counting_server() as (url, _):
        await keep_alive.preconnect(url)
        connected = next(iter(keep_alive._spares.values()))._socket
        assert connected.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
        assert 0 < connected.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) <= 30
        assert 0 < connected.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) <= 20_000
        await keep_alive.close()


async def test_a_server_that_takes_its_time_gets_a_request_once(monkeypatch):
    """Over a spare connection: TCP acknowledges it at once, and no answer to a first half is waited for."""
    requests = []

    async def serve(reader, writer):
        head = await reader.readuntil(b"\r\n\r\n")
        requests.append((b"expect:" in head.lower(), await reader.readexactly(2)))
        await asyncio.sleep(0.5)
        writer.write(reply("200 OK", b"{}"))

    monkeypatch.setattr(http_pool, "ACK_WAIT_S", 0.1)
    async with tcp_server(serve) as port:
        url = f"http://127.0.0.1:{port}/"
        keep_alive = HttpPool()
        await keep_alive.preconnect(url)
        assert await post_json(url, {}, {}, keep_alive) == {}
        await keep_alive.close()
    assert requests == [(False, b"{}")]


async def test_a_proxys_connections_are_its_own(monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    keep_alive = HttpPool()
    await keep_alive.preconnect("http://bot.invalid/start")
    assert not keep_alive.is_preconnected("http://bot.invalid/start")
