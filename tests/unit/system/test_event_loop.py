"""Calls from foreign threads into the event loop, and waits in it."""

import asyncio
import threading

import pytest

from callbox.system.event_loop import call_in_loop, is_set_within


def test_calls_after_the_loop_has_ended_do_nothing():
    called: list[int] = []

    async def make():
        return call_in_loop(called.append)

    asyncio.run(make())(1)
    assert called == []


async def test_a_callback_from_another_thread_runs_in_the_loop():
    called: asyncio.Queue[tuple[int, threading.Thread]] = asyncio.Queue()

    def note(value: int) -> None:
        called.put_nowait((value, threading.current_thread()))

    call = call_in_loop(note)
    thread = threading.Thread(target=call, args=[7])
    thread.start()
    assert await called.get() == (7, threading.main_thread())
    thread.join()


@pytest.mark.simulated_time
async def test_an_event_is_waited_for_with_a_limit_and_without():
    event, loop = asyncio.Event(), asyncio.get_running_loop()
    began_s = loop.time()
    assert not await is_set_within(event, 3600)
    loop.call_later(7200, event.set)
    assert await is_set_within(event, None)
    assert loop.time() == pytest.approx(began_s + 3600 + 7200)
    assert await is_set_within(event, 0)
