"""Faster set-up of ICE and SCTP between real peers: what is sent when, and that nothing is lost by it."""

import asyncio

import pytest
from aioice import Connection
from aioice.ice import StunProtocol
from aiortc import RTCConfiguration, RTCPeerConnection
from aiortc.rtcsctptransport import Chunk, CookieEchoChunk, DataChunk, parse_packet

from callbox.transports.aiortc_patches import fast_connect, loopback


class Pair:
    """Two peers of one process; ours is patched."""

    async def __aenter__(self):
        loopback.allow_loopback()
        self.ours, self.theirs = (RTCPeerConnection(RTCConfiguration(iceServers=[])) for _ in range(2))
        self.channel = self.ours.createDataChannel("chat")
        sctp = self.ours.sctp
        assert sctp is not None
        self.early = fast_connect.EarlyDataChannel(sctp, self.channel)
        self.received: list[str | bytes] = []
        self.packets: list[list[Chunk]] = []
        self.theirs.on("datachannel", lambda channel: channel.on("message", self.received.append))
        self.lose = lambda chunks: False
        deliver = sctp.transport._send_data

        async def watched(packet):
            chunks = parse_packet(packet)[3]
            self.packets.append(chunks)
            if not self.lose(chunks):
                await deliver(packet)

        self.patch = pytest.MonkeyPatch()
        self.patch.setattr(sctp.transport, "_send_data", watched)
        return self

    async def __aexit__(self, *_):
        await asyncio.gather(self.ours.close(), self.theirs.close())
        self.patch.undo()

    async def connect(self):
        await self.ours.setLocalDescription(await self.ours.createOffer())
        await self.theirs.setRemoteDescription(self.ours.localDescription)
        await self.theirs.setLocalDescription(await self.theirs.createAnswer())
        await self.ours.setRemoteDescription(self.theirs.localDescription)

    async def until_received(self, count, within_s=60):
        async with asyncio.timeout(within_s):
            while len(self.received) < count:
                await asyncio.sleep(0.005)


async def test_the_first_texts_go_in_the_packet_that_brings_the_cookie(monkeypatch):
    monkeypatch.setattr("aiortc.rtcsctptransport.SCTP_RTO_INITIAL", 3600)  # a busy machine has lost no packet
    async with Pair() as pair:
        assert pair.early.send("one")
        assert pair.early.send("two")
        await pair.connect()
        await pair.until_received(2)
        assert pair.received == ["one", "two"]
        cookie = next(chunks for chunks in pair.packets if isinstance(chunks[0], CookieEchoChunk))
        assert [type(chunk) for chunk in cookie] == [CookieEchoChunk, DataChunk, DataChunk, DataChunk]  # OPEN first
        assert sum(isinstance(chunk, DataChunk) for chunks in pair.packets for chunk in chunks) == 3  # each once


async def test_texts_of_any_moment_arrive_in_their_order():
    async with Pair() as pair:
        sent = [f"early {number}" for number in range(3)]
        for text in sent:
            pair.early.send(text)
        await pair.connect()
        while pair.channel.readyState != "open":
            sent.append(f"later {len(sent)}")
            assert pair.early.send(sent[-1])
            await asyncio.sleep(0.002)
        pair.early.send("open")
        await pair.until_received(len(sent) + 1)
        assert pair.received == [*sent, "open"]


async def test_what_is_too_long_for_that_packet_follows_it():
    async with Pair() as pair:
        long = ["a" * 5000, "b" * 1100, "c"]
        for text in long:
            pair.early.send(text)
        await pair.connect()
        await pair.until_received(3)
        assert pair.received == long
        assert all(sum(len(bytes(chunk)) for chunk in chunks) <= 1232 for chunks in pair.packets)


async def test_a_lost_cookie_is_sent_again_with_what_went_along():
    async with Pair() as pair:
        lost: list[list[Chunk]] = []

        def lose(chunks):
            if not lost and isinstance(chunks[0], CookieEchoChunk):
                lost.append(chunks)
                return True
            return False

        pair.lose = lose
        pair.early.send("one")
        await pair.connect()
        await pair.until_received(1)
        assert pair.received == ["one"]
        assert lost


async def test_a_closed_channel_takes_nothing():
    async with Pair() as pair:
        await pair.connect()
        pair.early.send("one")
        await pair.until_received(1)
    assert not pair.early.send("two")


async def test_checks_are_acted_upon_at_once(monkeypatch):
    """By the clock of the checks, an hour a stroke: connected all the same, so no tick was waited for."""
    monkeypatch.setattr(fast_connect, "CHECK_PERIOD_S", 3600)
    tasks = []
    here, there = Connection(ice_controlling=True), Connection(ice_controlling=False)
    loopback.allow_loopback()
    fast_connect.nominate_immediately(here, lambda work, name: tasks.append(asyncio.create_task(work)))
    try:
        for one, other in ((here, there), (there, here)):
            await one.gather_candidates()
            other.remote_username, other.remote_password = one.local_username, one.local_password
            for candidate in one.local_candidates:
                await other.add_remote_candidate(candidate)
            await other.add_remote_candidate(None)
        async with asyncio.timeout(60):
            await asyncio.gather(here.connect(), there.connect())
        await there.send(b"hello")
        assert await here.recv() == b"hello"
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(here.close(), there.close())


async def test_candidates_that_lead_nowhere_are_all_tried_and_fail_in_the_end(monkeypatch):
    from aioice import Candidate, stun

    monkeypatch.setattr(stun, "RETRY_MAX", 0)
    here = Connection(ice_controlling=True)
    tasks, tried = [], []
    fast_connect.nominate_immediately(here, lambda work, name: tasks.append(asyncio.create_task(work)))
    start = here.check_start_task

    def check(pair):
        tried.append(pair.remote_candidate.port)
        return start(pair)

    monkeypatch.setattr(here, "check_start_task", check)
    await here.gather_candidates()
    here.remote_username = here.remote_password = "x" * 22
    for port in (9, 10, 11):
        await here.add_remote_candidate(Candidate(f"f{port}", 1, "udp", 5, "127.0.0.1", port, "host"))
    await here.add_remote_candidate(None)
    with pytest.raises(ConnectionError):
        await here.connect()
    assert set(tried) == {9, 10, 11}
    await asyncio.gather(*tasks)
    await here.close()


async def test_a_silent_stun_server_is_waited_for_briefly(monkeypatch):
    waited = []
    wait = asyncio.wait

    async def noted(tasks, timeout=None):
        waited.append(timeout)
        return await wait(tasks, timeout=0.01 if timeout else None)

    monkeypatch.setattr("aioice.ice.asyncio.wait", noted)
    here = Connection(ice_controlling=True, stun_server=("127.0.0.1", 9))
    fast_connect.limit_gathering(here)
    await here.gather_candidates()
    assert waited == [fast_connect.MAX_GATHER_S]
    assert here.local_candidates
    await here.close()


@pytest.mark.parametrize("closed", ["after it", "meanwhile"])
@pytest.mark.parametrize("steps", range(8))
async def test_gathering_that_is_cancelled_leaves_no_socket_open(steps, closed):
    connection, opened = Connection(ice_controlling=True), []
    make = StunProtocol.connection_made

    def connection_made(protocol, transport):
        opened.append(transport)
        make(protocol, transport)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(StunProtocol, "connection_made", connection_made)
        patch.setattr("aioice.ice.get_host_addresses", lambda **_: ["127.0.0.1"] * 4)
        fast_connect.limit_gathering(connection)
        gathering = asyncio.create_task(connection.gather_candidates())
        for _ in range(steps):
            await asyncio.sleep(0)
        gathering.cancel()
        if closed == "after it":
            await asyncio.wait([gathering])
        await connection.close()
        await asyncio.wait([gathering])
    assert all(transport.is_closing() for transport in opened)
