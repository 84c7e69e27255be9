"""One connection after the other, without a broker."""

import asyncio
import contextlib

import pytest

from callbox.mqtt.model.backoff import EndReason
from callbox.mqtt.paho_client import BrokerError
from callbox.mqtt.reconnect import reconnect_forever


async def kept(ends, retry_s=1.0):
    """The pauses (least, longest) that are asked for after these ends."""
    pauses, left = [], iter(ends)

    async def connect():
        end = next(left, None)
        if end is None:
            raise asyncio.CancelledError
        if end is not EndReason.LOST:
            raise BrokerError("it is so", end)

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


async def test_a_defect_is_not_taken_for_the_brokers_fault():
    async def defective():
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await reconnect_forever(defective, 1.0)
