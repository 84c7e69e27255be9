"""Observers that other settings replace."""

import asyncio
from contextlib import asynccontextmanager

from callbox.app.supervisor import Supervisor


class Observer:
    """Work that takes until `may_end` to end, as an MQTT client's `offline` and DISCONNECT do."""

    def __init__(self):
        self.is_running, self.may_end = False, asyncio.Event()

    async def run(self):
        self.is_running = True
        try:
            await asyncio.Event().wait()
        finally:
            await self.may_end.wait()
            self.is_running = False


async def settled(is_so):
    async with asyncio.timeout(60):
        while not is_so():
            await asyncio.sleep(0.001)


@asynccontextmanager
async def observed_by(running, others):
    """A supervisor with `running`."""
    async with Supervisor() as supervisor:
        try:
            supervisor.start_observers(running)
            await settled(lambda: all(one.is_running for one in running))
            yield supervisor
        finally:
            for one in (*running, *others):
                one.may_end.set()


async def replaced(supervisor, *replacements):
    """Replace the observers by each of `replacements`, while the first one that was there still ends."""
    tasks = [supervisor.start("observers", supervisor.replace_observers(observers)) for observers in replacements]
    await asyncio.sleep(0)
    return asyncio.gather(*tasks)


async def test_of_two_replacements_while_the_first_observer_ends_the_last_one_counts():
    first, second, third, stays = (Observer() for _ in range(4))
    async with observed_by([first, stays], [second, third]) as supervisor:
        replacement = await replaced(supervisor, [second, stays], [third, stays])
        assert [second.is_running, third.is_running] == [False, False]  # one at a time at the broker
        first.may_end.set()
        await replacement
        await settled(lambda: third.is_running)
        assert [one.is_running for one in (first, second, third, stays)] == [False, False, True, True]


async def test_an_observer_that_comes_back_while_it_ends_is_started_again():
    first, second = Observer(), Observer()
    async with observed_by([first], [second]) as supervisor:
        replacement = await replaced(supervisor, [second], [first])
        first.may_end.set()
        await replacement
        await settled(lambda: first.is_running)
        assert not second.is_running
