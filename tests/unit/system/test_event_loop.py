"""Calls from foreign threads into the event loop."""

import asyncio
import threading

from callbox.system.event_loop import call_in_loop


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
