"""What is due is done at its time, or when something has changed."""

import asyncio

import pytest

from callbox.app.due import MAX_PAUSE_S, Due

pytestmark = pytest.mark.simulated_time


async def test_the_next_time_is_awaited_and_a_change_looks_again():
    due, pauses, done_s = Due(), [2.0, None, 1000.0, 5.0], []

    def do():
        done_s.append(asyncio.get_running_loop().time())
        return pauses.pop(0) if pauses else None

    running = asyncio.create_task(due.run(do))
    began_s = asyncio.get_running_loop().time()
    await asyncio.sleep(10)
    due.change()
    await asyncio.sleep(1000)
    running.cancel()
    # A time that is far away is looked at again: the clock may have been set meanwhile.
    assert [round(at_s - began_s) for at_s in done_s] == [0, 2, 10, 10 + MAX_PAUSE_S, 15 + MAX_PAUSE_S]


async def test_what_changes_while_it_is_done_is_not_missed():
    due, rounds = Due(), []

    def do():
        rounds.append(1)
        if len(rounds) < 3:
            due.change()

    running = asyncio.create_task(due.run(do))
    await asyncio.sleep(1)
    running.cancel()
    assert len(rounds) == 3
