"""Reconnect loop: one connection after the other, with the pauses of `mqtt.model.backoff` between them."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from typing import NoReturn

from callbox.mqtt.model.backoff import EndReason, ReconnectBackoff
from callbox.mqtt.paho_client import BrokerError

log = logging.getLogger(__name__)

Draw = Callable[[float, float], float]
OnServed = Callable[[], None]
"""Called by a connection when the broker has confirmed its subscriptions (SUBACK); later calls mean nothing."""
Connect = Callable[[OnServed], Awaitable[None]]
"""One connection, which ends by `BrokerError`."""


class _Service:
    """How long the broker has served a connection."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._began_s: float | None = None

    def begin(self) -> None:
        if self._began_s is None:
            self._began_s = self._loop.time()

    @property
    def seconds(self) -> float | None:
        """None: it never has."""
        return None if self._began_s is None else self._loop.time() - self._began_s


async def reconnect_forever(connect: Connect, retry_s: float, draw: Draw | None = None) -> NoReturn:
    """Run ``connect()`` again and again, until cancelled.

    The first failure, and each loss of a connection that was served, is a warning in the journal; what follows is not.
    `retry_s`: see `ReconnectBackoff`; `draw`: in place of `random.uniform`, for simulated boxes with a seed.
    """
    pauses, failures = ReconnectBackoff(retry_s), 0
    while True:
        service = _Service()
        try:
            await connect(service.begin)
        except BrokerError as error:
            end, reason = error.end, str(error)
        else:
            end, reason = EndReason.LOST, "the connection ended"
        served_s = service.seconds
        failures = 1 if end is EndReason.LOST and served_s is not None else failures + 1
        log.log(logging.WARNING if failures == 1 else logging.DEBUG, "%s; trying again", reason)
        pauses, within_s = pauses.after(end, served_s)
        await asyncio.sleep((draw or random.uniform)(*within_s))
