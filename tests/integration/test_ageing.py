"""What is prepared for the next call ages: a night of 12 h, in which addresses change, a bot moves, a router forgets its
connections and the machine is suspended. The clock is the test's, everything else is real. HTTP connection, prepared peer connection, TURN
allocation, session of hot standby, MQTT connection.
"""

import asyncio
import random
import socket
import time
from urllib.parse import urlsplit

import aioice.ice
import pytest
from tests.integration.test_mqtt_client import STATUS, report_to, running, soon
from tests.integration.test_prewarm import NotingBot
from tests.integration.test_turn import relay_only  # noqa: F401
from tests.rig.fake_session import Media
from tests.rig.faulty_bot import FaultyBot
from tests.rig.forgetful_router import forgetful_router
from tests.rig.mosquitto import Listener, Mosquitto
from tests.rig.network_switch import NetworkSwitch
from tests.rig.real_calls import RecordingClient
from tests.rig.turn_server import TurnServer

from callbox.app import standby
from callbox.app.standby import Standby
from callbox.mqtt import client, paho_client
from callbox.mqtt.event_queue import EventQueue
from callbox.mqtt.model.backoff import EndReason, ReconnectBackoff
from callbox.mqtt.paho_client import BrokerError
from callbox.rtvi import APIRequest, Deadlines, RTVIEvent, http_pool
from callbox.rtvi.http_pool import HttpPool
from callbox.rtvi.protocol.policies import ReconnectionPolicy
from callbox.system.clock import boot_time_s
from callbox.transports import http_preconnect
from callbox.transports.aiortc_patches import fast_connect, turn_allocation
from callbox.transports.small_webrtc import prewarm
from callbox.transports.small_webrtc.prewarm import PrewarmedSmallWebRTC

NIGHT_S = 12 * 3600.0
STEP_S = 4 * http_preconnect.CHECK_PERIOD_S
HOST = "bot.home.test"
# What is stale may cost 1 s; a busy machine more.
DEADLINES = Deadlines(start_s=http_pool.ACK_WAIT_S + 60)


class Night:
    """A clock, and the preparation that looks after itself as `HttpPreconnect.run` does, each `STEP_S`."""

    def __init__(self, url: str, ice_servers=()) -> None:
        self.now_s = 1000.0
        self.pool = HttpPool(now_s=lambda: self.now_s)
        self.url = url
        self.line = PrewarmedSmallWebRTC(self.pool, url, ice_servers)
        self.caller = RecordingClient(APIRequest(url), transport=self.line, keep_alive=self.pool, deadlines=DEADLINES)
        self.peers, self.connections = set[int](), set[int]()

    async def pass_by(self, seconds: float) -> None:
        until_s = self.now_s + seconds
        while self.now_s < until_s:
            self.now_s += STEP_S
            await self.line._prepare(self.caller.media)
            self.look()

    def look(self) -> None:
        """Nothing that a press would use now is older than it may be."""
        ready = self.line._prepared_peer
        if self.line.is_armed and ready is not None:
            assert self.now_s < ready._until_s <= self.now_s + prewarm.MAX_AGE_S
            self.peers.add(id(ready))
        for spare in self.pool._spares.values():
            if spare.is_good:
                assert self.now_s - spare._opened_s < http_pool.MAX_SPARE_AGE_S
                self.connections.add(spare._socket.fileno())

    async def press(self) -> None:
        await self.caller.client.connect()
        await self.caller.client.disconnect()
        self.line.refresh()

    async def end(self) -> None:
        await self.caller.client.disconnect()
        await self.line._release()


@pytest.fixture
def addresses(monkeypatch) -> list[str]:
    """Further addresses that this machine has."""
    more: list[str] = []
    gather = aioice.ice.get_host_addresses
    monkeypatch.setattr(
        aioice.ice, "get_host_addresses", lambda use_ipv4, use_ipv6: [*gather(use_ipv4, use_ipv6), *more]
    )
    return more


@pytest.fixture
def names(monkeypatch) -> dict[str, str]:
    """Addresses by name, for getaddrinfo."""
    known: dict[str, str] = {}
    real = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *more, **named: real(known.get(host, host), *more, **named))
    return known


async def test_a_night_of_twelve_hours_in_which_nothing_happens():
    async with FaultyBot() as bot:
        night = Night(bot.url)
        await night.pass_by(NIGHT_S)
        assert night.line.is_armed
        assert night.pool.is_preconnected(bot.url)
        await night.press()
        assert len(bot.calls) == 1
        await night.end()


async def test_a_night_in_which_the_network_changes(addresses, names):
    chance = random.Random(20261128)
    async with NotingBot() as bot, forgetful_router(urlsplit(bot.url).port) as (port, forget):
        names[HOST] = "127.0.0.1"
        night = Night(f"http://{HOST}:{port}/start")
        events = [
            forget,
            lambda: addresses.append(f"127.0.0.{chance.randint(2, 250)}"),
            addresses.clear,
            lambda: setattr(night, "now_s", night.now_s + chance.uniform(60, 7200)),  # suspended
        ]
        presses = 0
        while night.now_s < NIGHT_S:
            await night.pass_by(chance.uniform(0, 1800))
            chance.choice(events)()
            night.look()
            if chance.random() < 0.5:
                await night.press()
                presses += 1
        assert presses > 5
        assert [what for what, _ in bot.requests] == ["start", "offer"] * presses  # each call started one bot
        await night.end()


async def test_a_bot_that_moved_is_found_at_its_new_address(names):
    async with (
        FaultyBot() as old,
        FaultyBot() as new,
        forgetful_router(urlsplit(old.url).port) as (port, switch_off),
        forgetful_router(urlsplit(new.url).port, "127.0.0.2", port),
    ):
        names[HOST] = "127.0.0.1"
        night = Night(f"http://{HOST}:{port}/start")
        await night.pass_by(60)
        assert night.pool.is_preconnected(night.url)
        switch_off()
        names[HOST] = "127.0.0.2"
        await night.press()
        assert (len(old.calls), len(new.calls)) == (0, 1)
        await night.end()


async def test_what_was_prepared_before_a_suspension_is_not_used():
    async with FaultyBot() as bot:
        night = Night(bot.url)
        await night.pass_by(10)
        usable = [(night.line.is_armed, night.pool.is_preconnected(bot.url))]
        night.now_s += prewarm.MAX_AGE_S  # without a step of the preparation
        usable.append((night.line.is_armed, night.pool.is_preconnected(bot.url)))
        assert usable == [(True, True), (False, False)]
        await night.press()
        assert len(bot.calls) == 1
        await night.end()


def test_the_clock_of_ages_goes_on_while_the_machine_is_suspended(monkeypatch):
    clocks: list[int] = []

    def clock_gettime(clock):
        clocks.append(clock)
        return 7.0

    monkeypatch.setattr(time, "clock_gettime", clock_gettime)
    assert boot_time_s() == 7.0
    assert clocks == [time.CLOCK_BOOTTIME]


# -- TURN allocation ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("gone", ["restarted", "silent"])
@pytest.mark.usefixtures("relay_only")
async def test_a_turn_allocation_that_is_gone_is_not_used(monkeypatch, gone):
    """Over a NAT that has forgotten its mapping, or to a server that was restarted: another one is made."""
    monkeypatch.setattr(fast_connect, "MAX_GATHER_S", 60)
    monkeypatch.setattr(prewarm, "ALLOCATION_WAIT_S", 0.2 if gone == "silent" else 60.0)
    async with TurnServer() as turn, FaultyBot() as bot:
        night = Night(bot.url, [turn.ice_server])
        await night.pass_by(600)
        ready = night.line._prepared_peer
        assert ready is not None
        assert turn.allocations >= 600 / prewarm.MAX_AGE_WITH_STUN_S
        made = turn.allocations
        if gone == "restarted":
            turn.forget_allocations()
        else:  # what goes to the old address is lost
            assert ready.peer._pc.sctp is not None
            [turn_client] = turn_allocation._clients(fast_connect.ice_connection(ready.peer._pc.sctp))
            turn_client.transport = old_path(turn_client.transport)
        await night.press()
        assert turn.allocations == made + 1
        assert len(bot.calls) == 1
        await night.end()


def old_path(transport):
    """A datagram transport whose packets are lost."""

    class Lost:
        def sendto(self, data):
            pass

        def close(self):
            transport.close()

        def is_closing(self):
            return transport.is_closing()

    return Lost()


@pytest.mark.usefixtures("relay_only")
async def test_a_turn_allocation_that_is_there_is_used(monkeypatch):
    monkeypatch.setattr(fast_connect, "MAX_GATHER_S", 60)
    monkeypatch.setattr(prewarm, "ALLOCATION_WAIT_S", 60.0)  # a busy machine is no server that has gone
    async with TurnServer() as turn, FaultyBot() as bot:
        night = Night(bot.url, [turn.ice_server])
        await night.pass_by(prewarm.MAX_AGE_WITH_STUN_S / 2)
        made = turn.allocations
        await night.press()
        assert turn.allocations == made
        await night.end()


async def test_a_prepared_connection_whose_turn_server_has_gone_holds_up_nothing():
    """aioice asks for half a minute to end an allocation."""
    async with TurnServer() as turn, FaultyBot() as bot:
        night = Night(bot.url, [turn.ice_server])
        await night.pass_by(STEP_S)
        turn.silent = True
        loop = asyncio.get_running_loop()
        before_s = loop.time()
        await night.pass_by(prewarm.MAX_AGE_WITH_STUN_S + STEP_S)  # another one, without a relayed candidate
        assert night.line.is_armed
        assert loop.time() - before_s < 30
        await night.end()


# -- session of hot standby --------------------------------------------------------------------------------


async def test_a_session_that_stands_by_behind_a_path_that_has_gone_is_replaced(caplog):
    """A NAT that forgets, an address by DHCP, a suspension: the press comes before the silence is noticed."""
    caplog.set_level("INFO")
    async with FaultyBot() as bot, NetworkSwitch(urlsplit(bot.url).port or 0) as cable:
        caller = RecordingClient(APIRequest(f"http://127.0.0.1:{cable.port}/start"), deadlines=DEADLINES)
        await caller.client.stand_by()
        cable.mend(old_paths=False)
        await caller.client.connect()
        assert len(bot.calls) == 2
        assert "Nothing came from the bot for 1 s." in caplog.text
        assert caller.count(RTVIEvent.Reconnecting) == 0
        assert [[message.type for message in call.received] for call in bot.calls] == [[], ["client-ready"]]
        await caller.client.disconnect()


async def test_a_session_that_stands_by_over_a_path_that_is_there_is_used():
    async with FaultyBot() as bot:
        policy = ReconnectionPolicy(proof_s=60.0)  # a busy machine is no path that has gone
        caller = RecordingClient(APIRequest(bot.url), deadlines=DEADLINES, reconnection=policy)
        await caller.client.stand_by()
        await caller.client.connect()
        transport = caller.client._session.transport
        assert transport is not None
        assert await transport.is_alive(60)
        assert len(bot.calls) == 1
        await caller.client.disconnect()


class HotNight:
    """A box in hot standby whose server never ends a session."""

    def __init__(self):
        self.sessions = 0
        self.ended_s: list[float] = []
        self._end = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self.now_s = asyncio.get_running_loop().time
        self.standby = Standby(None, Media(), self.stand_by, self._end.set, self.now_s)

    def stand_by(self):
        return asyncio.create_task(self._session())

    async def _session(self):
        self.sessions += 1
        self.standby.set_idle(False)
        asyncio.get_running_loop().call_soon(lambda: self._tasks.append(asyncio.create_task(self._life())))

    async def _life(self):
        self._end.clear()
        await self._end.wait()
        self.ended_s.append(self.now_s())
        self.standby.set_idle(True)


@pytest.mark.simulated_time
async def test_a_session_that_stands_by_is_made_anew_each_hour():
    night = HotNight()
    running = asyncio.create_task(night.standby.run())
    night.standby.set_idle(True)
    await asyncio.sleep(NIGHT_S + 60)
    ages_s = [later - sooner for sooner, later in zip([0.0, *night.ended_s], night.ended_s, strict=False)]
    assert len(ages_s) in (11, 12)
    for age_s in ages_s:
        assert standby.MAX_SESSION_AGE_S <= age_s <= standby.MAX_SESSION_AGE_S + 2 * standby.AGE_PERIOD_S
    running.cancel()


@pytest.mark.simulated_time
async def test_a_session_that_has_become_a_call_is_not_ended():
    night = HotNight()
    running = asyncio.create_task(night.standby.run())
    night.standby.set_idle(True)
    await asyncio.sleep(600)
    night.standby.on_call()
    await asyncio.sleep(NIGHT_S)
    assert (night.sessions, night.ended_s) == (1, [])
    running.cancel()


# -- MQTT connection ---------------------------------------------------------------------------------------


async def test_an_mqtt_connection_from_another_address_than_the_routes_is_renewed(tmp_path, monkeypatch):
    """DHCP, or another interface took over. The next one is there within `mqtt.retry_s`, 1 s."""
    with Mosquitto(tmp_path) as broker, Listener(broker.port) as listener:
        observer = report_to(broker.port)  # looked at after 5 s; a broker waits 30 s for a busy machine
        with monkeypatch.context() as old_address:
            old_address.setattr(paho_client, "_connect_properties", lambda _: {"bind_address": "127.0.0.7"})
            connection = asyncio.create_task(observer.one_connection())
            assert await soon(lambda: listener.of(STATUS) == [b"online"])
        with pytest.raises(BrokerError, match="this machine has another address now") as error:
            await connection
        _, pause_s = ReconnectBackoff().after(error.value.end, NIGHT_S)
        assert pause_s == (0.0, 1.0)
        async with running(observer):
            assert await soon(lambda: listener.of(STATUS)[-1] == b"online")


@pytest.mark.simulated_time
async def test_a_night_of_an_mqtt_connection(monkeypatch):
    """Suspensions and addresses that change, 12 h: each ends the connection at the next look, and nothing else does."""
    chance = random.Random(20261129)
    loop = asyncio.get_running_loop()
    suspended_s, is_off_route = [0.0], [False]
    monkeypatch.setattr(client, "suspended_time_s", lambda: suspended_s[0])
    monkeypatch.setattr(paho_client, "is_off_route", lambda _: is_off_route[0])
    observer = report_to(1883, keep_alive_s=20)
    observer._client = object()
    ended = 0
    while loop.time() < NIGHT_S:
        events = EventQueue()
        checking = asyncio.create_task(observer._check_progress(events))
        getting = asyncio.create_task(events.get())
        await asyncio.sleep(chance.uniform(60, 3600))
        assert not getting.done()
        if chance.random() < 0.5:
            suspended_s[0] += chance.uniform(21, 7200)
        else:
            is_off_route[0] = True
        noticed_s = loop.time()
        event = await getting
        assert loop.time() - noticed_s <= 5.0
        assert isinstance(event, paho_client.Ended)
        assert event.error.end is EndReason.LOST
        is_off_route[0] = False
        ended += 1
        checking.cancel()
        events.close()
    assert ended > 12
