"""When a session is given up, by simulated time, whatever the server does meanwhile."""

import asyncio

import pytest

from callbox.rtvi.errors import SessionLostError
from callbox.rtvi.http_client import HttpError
from callbox.rtvi.protocol.policies import ReconnectionPolicy
from callbox.transports.small_webrtc.reconnect import WATCH_PERIOD_S, LivenessMonitor

POLICY = ReconnectionPolicy()

pytestmark = pytest.mark.simulated_time


class DeadNetwork:
    """A session whose packets end at once; `known_s` and `restart_s`: how long its server takes to answer nothing."""

    def __init__(self, known_s, restart_s):
        self.known_s, self.restart_s = known_s, restart_s
        self.pings, self.attempts, self.packets = 0, 0, 100
        self.error: asyncio.Future[Exception] = asyncio.get_running_loop().create_future()

    async def packets_received(self):
        return self.packets

    def ping(self):
        self.pings += 1

    async def is_known(self) -> bool:
        self.attempts += 1
        await asyncio.sleep(self.known_s)
        if self.restart_s is None:
            raise HttpError("no answer")
        return True

    async def restart(self):
        await asyncio.sleep(self.restart_s)
        raise SessionLostError("refused") if self.restart_s < 1 else TimeoutError

    def on_reconnecting(self, reason):
        pass

    def on_reconnected(self):
        raise AssertionError("the network is dead")

    def on_given_up(self, error):
        self.error.set_result(error)


@pytest.mark.parametrize("known_s", [0.0, 0.3, 2.7, 5.9, 3600.0])
@pytest.mark.parametrize("restart_s", [None, 1.0, 4.4, 3600.0])
async def test_a_session_is_given_up_after_the_documented_time(known_s, restart_s):
    network = DeadNetwork(known_s, restart_s)
    loop = asyncio.get_running_loop()
    monitor = LivenessMonitor(network, POLICY, loop.time)
    tasks = [asyncio.create_task(monitor.ping()), asyncio.create_task(monitor.watch())]
    began_s = loop.time()
    error = await network.error
    for task in tasks:
        task.cancel()
    assert str(error) == "The network to the bot was gone for 26 s."
    assert POLICY.give_up_s <= loop.time() - began_s <= POLICY.give_up_s + WATCH_PERIOD_S
    assert network.attempts > 1


class Recovered(DeadNetwork):
    """A network that is there again when the machine wakes up."""

    async def packets_received(self):
        self.packets += 1
        return self.packets


async def test_a_suspension_is_silence():
    """The server has dropped the session meanwhile: it is given up as soon as the machine is awake."""
    network, loop = DeadNetwork(0.0, 1.0), asyncio.get_running_loop()
    suspended_s = 0.0
    monitor = LivenessMonitor(network, POLICY, lambda: loop.time() + suspended_s)
    watching = asyncio.create_task(monitor.watch())
    await asyncio.sleep(1)
    suspended_s = 3600.0
    awake_s = loop.time()
    await network.error
    assert loop.time() - awake_s <= WATCH_PERIOD_S
    watching.cancel()


async def test_a_suspension_after_which_packets_arrive_ends_nothing():
    network, loop = Recovered(0.0, 1.0), asyncio.get_running_loop()
    suspended_s = 0.0
    monitor = LivenessMonitor(network, POLICY, lambda: loop.time() + suspended_s)
    watching = asyncio.create_task(monitor.watch())
    for _ in range(20):
        suspended_s += 20.0
        await asyncio.sleep(1)
    assert (network.error.done(), monitor.is_reconnecting, network.attempts) == (False, False, 0)
    watching.cancel()
