"""The same box and the same oracle with shortened timers, and a bot that misbehaves to order: some ten faults a second.

What is shortened are numbers only: how long is waited, and how often is looked. Sockets, Mosquitto, aiortc and the threads of
the cards are real.
"""

import contextlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from unittest import mock

from tests.system.soak.soaking import Life
from tests.system.soak.world import ObedientBot, World

from callbox.audio import device_recovery
from callbox.backoff import Backoff
from callbox.mqtt.model import backoff
from callbox.rtvi import Deadlines, http_pool
from callbox.rtvi.protocol.policies import ReconnectionPolicy
from callbox.transports import http_preconnect
from callbox.transports.small_webrtc import prewarm, reconnect
from callbox_device.simulated import paced_thread

DEADLINES = Deadlines(devices_s=1.0, start_s=1.0, connect_s=2.0, bot_ready_s=1.0, close_s=0.5)
POLICY = ReconnectionPolicy(
    silence_s=0.6, ping_pause_s=0.3, unheard_s=0.7, proof_s=0.5, quiet_s=0.6, attempt_s=1.5, pause_s=0.1, give_up_s=4.0
)
SHORTENED = (
    (reconnect, "PING_PERIOD_S", 0.1),
    (reconnect, "WATCH_PERIOD_S", 0.05),
    (http_pool, "ACK_WAIT_S", 0.3),
    (http_preconnect, "CHECK_PERIOD_S", 0.3),
    (http_preconnect, "REOPEN", Backoff(first_s=0.1, max_s=0.5)),
    (prewarm, "MAX_AGE_S", 30.0),
    (backoff, "MAX_PAUSE_S", 0.5),
    (device_recovery, "FIRST_RETRY_S", 0.05),
    (device_recovery, "RETRY_PERIOD_S", 0.1),
    (device_recovery, "MAX_RETRY_S", 0.5),
    (paced_thread, "STALL_S", 0.2),
)
"""Module, constant, and how long it is here."""


@contextlib.contextmanager
def shortened() -> Iterator[None]:
    """With the numbers of `SHORTENED`."""
    with contextlib.ExitStack() as patches:
        for module, name, value in SHORTENED:
            patches.enter_context(mock.patch.object(module, name, value))
        yield


@contextlib.asynccontextmanager
async def hurried_life(folder: Path) -> AsyncIterator[Life]:
    """A box that runs, in its world."""
    with shortened():
        world = World(folder, ObedientBot())
        world.without_network_s = 0.02
        async with world:
            life = Life(world, folder, DEADLINES, keep_alive_s=2, retry_s=0.1)
            life.box.client._session.reconnection = POLICY
            async with life.running():
                yield life
