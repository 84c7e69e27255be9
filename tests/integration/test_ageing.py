"""What is prepared for the next call ages: a night of 12 h, in which addresses change, a bot moves, a router forgets its
connections and the machine is suspended. The clock is the test's, everything else is real.
"""

import random
import socket
import time
from urllib.parse import urlsplit

import aioice.ice
import pytest
from tests.integration.test_prewarm import NotingBot, forgetful_router
from tests.rig.faulty_bot import FaultyBot
from tests.rig.real_calls import RecordingClient

from callbox.rtvi import APIRequest, Deadlines, http_pool
from callbox.rtvi.http_pool import HttpPool
from callbox.system.clock import boot_time_s
from callbox.transports import http_preconnect
from callbox.transports.small_webrtc import prewarm
from callbox.transports.small_webrtc.prewarm import PrewarmedSmallWebRTC

NIGHT_S = 12 * 3600.0
STEP_S = 4 * http_preconnect.CHECK_PERIOD_S
HOST = "bot.home.test"
# Over loopback a call takes 0.1 s; what is stale may cost 1 s more.
DEADLINES = Deadlines(start_s=http_pool.CONTINUE_WAIT_S + 5)


class Night:
    """A clock, and the preparation that looks after itself as `HttpPreconnect.run` does, each `STEP_S`."""

    def __init__(self, url: str) -> None:
        self.now_s = 1000.0
        self.pool = HttpPool(now_s=lambda: self.now_s)
        self.url = url
        self.line = PrewarmedSmallWebRTC(self.pool, url)
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
