"""Reconnect loop: one connection after the other, with the pauses of `mqtt.model.backoff` between them."""

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable
from typing import NoReturn

from callbox.mqtt.model.backoff import EndReason, ReconnectBackoff
from callbox.mqtt.paho_client import BrokerError

log = logging.getLogger(__name__)

Draw = Callable[[float, float], float]


async def reconnect_forever(
    connect: Callable[[], Awaitable[None]], retry_s: float, draw: Draw | None = None
) -> NoReturn:
    """Run ``connect()``, which is one connection and ends by `BrokerError`, again and again, until cancelled.

    The first failure, and each loss of a connection, is a warning in the journal; what follows is not.
    `retry_s`: see `ReconnectBackoff`; `draw`: in place of `random.uniform`, for simulated boxes with a seed.
    """
    pauses, failures = ReconnectBackoff(retry_s), 0
    while True:
        began_s = time.monotonic()
        try:
            await connect()
        except BrokerError as error:
            end, reason = error.end, str(error)
        else:
            end, reason = EndReason.LOST, "the connection ended"
        failures = 1 if end is EndReason.LOST else failures + 1
        log.log(logging.WARNING if failures == 1 else logging.DEBUG, "%s; trying again", reason)
        pauses, within_s = pauses.after(end, time.monotonic() - began_s)
        await asyncio.sleep((draw or random.uniform)(*within_s))
