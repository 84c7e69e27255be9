"""One connection after the other, without a broker."""

import asyncio
import contextlib
from itertools import pairwise

import pytest

from callbox.mqtt.model.backoff import EndReason
from callbox.mqtt.paho_client import BrokerError
from callbox.mqtt.reconnect import reconnect_forever


async def kept(ends, retry_s=1.0):
    """The pauses (least, longest) that are asked for after these ends."""
    pauses, left = [], iter(ends)

    async def connect(on_served):
        end = next(left, None)
        if end is None:
            raise asyncio.CancelledError
        if end is not EndReason.LOST:
            raise BrokerError("it is so", end)
        on_served()

    def draw(least_s, longest_s):
        pauses.append((least_s, longest_s))
        return 0.0

    with contextlib.suppress(asyncio.CancelledError):
        await reconnect_forever(connect, retry_s, draw)
    return pauses


async def test_each_end_has_its_pause():
    assert await kept([EndReason.ABSENT, EndReason.REFUSED, EndReason.REFUSED, EndReason.ABSENT]) == [
        (0.5, 1.5),
        (0, 1),
        (0, 2),
        (0.5, 1.5),
    ]
    assert await kept([EndReason.ABSENT, EndReason.REFUSED], retry_s=20) == [(10, 30), (0, 20)]


async def test_each_loss_is_news_and_what_follows_is_not(caplog):
    await kept([EndReason.LOST, EndReason.ABSENT, EndReason.REFUSED, EndReason.LOST, EndReason.ABSENT])
    warned = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert warned == ["the connection ended; trying again"] * 2
    caplog.clear()
    await kept([EndReason.REFUSED, EndReason.REFUSED, EndReason.ABSENT])
    assert [record.getMessage() for record in caplog.records if record.levelname == "WARNING"] == [
        "it is so; trying again"
    ]


async def began(served, until_s=600.0):
    """When attempts begin at a broker that ends each connection 25 s after CONNACK, with a pause as long as it may be.

    `served`: for each, whether SUBACK comes before.
    """
    loop, left, at_s = asyncio.get_running_loop(), iter(served), []

    async def connect(on_served):
        at_s.append(loop.time())
        await asyncio.sleep(5)
        if next(left, False):
            on_served()
        await asyncio.sleep(20)
        raise BrokerError("closed", EndReason.LOST)

    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(until_s):
            await reconnect_forever(connect, 1.0, max)
    return [round(later - earlier - 25) for earlier, later in pairwise(at_s)]


@pytest.mark.simulated_time
async def test_pause_doubles_while_the_broker_confirms_no_subscription_and_begins_anew_when_it_has():
    assert await began([]) == [1, 2, 4, 8, 16, 32, 60, 60, 60, 60]
    assert await began([True] * 9, 230) == [1] * 8
    assert await began([True, False, False, False, True, False], 180) == [1, 1, 2, 4, 1, 1]


@pytest.mark.simulated_time
async def test_a_storm_of_connections_without_suback_is_one_line_in_the_journal(caplog):
    await began([True])
    assert [record.getMessage() for record in caplog.records if record.levelname == "WARNING"] == [
        "closed; trying again"
    ]


async def test_a_defect_is_not_taken_for_the_brokers_fault():
    async def defective(_):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await reconnect_forever(defective, 1.0)
