import asyncio
import logging

import pytest

from callbox.backoff import Backoff
from callbox.system.supervise import supervise


async def test_what_fails_is_started_again_and_warned_of_once(caplog):
    attempts = []
    done = asyncio.Event()

    async def work():
        attempts.append(1)
        if len(attempts) == 4:
            done.set()
        if len(attempts) % 2:
            raise OSError("the cable is out")

    task = asyncio.create_task(supervise("report", work, backoff=Backoff(first_s=0.001)))
    async with asyncio.timeout(60):
        await done.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    warnings = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert warnings == ["report stopped (the cable is out); starting again"]


async def test_a_pause_grows(monkeypatch):
    pauses = []

    async def sleep(pause_s):
        pauses.append(pause_s)
        if len(pauses) == 10:
            raise asyncio.CancelledError

    monkeypatch.setattr("callbox.system.supervise.asyncio.sleep", sleep)
    monkeypatch.setattr("callbox.system.supervise.random.uniform", lambda low, high: high)

    async def work():
        raise OSError

    with pytest.raises(asyncio.CancelledError):
        await supervise("report", work)
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60, 60]
