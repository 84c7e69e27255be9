"""The event loop: calls from foreign threads into it, and waits with a limit."""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec

P = ParamSpec("P")


def call_in_loop(call: Callable[P, object]) -> Callable[P, None]:
    """`call` as any thread may call it: it runs in the event loop that is running now; nothing once that has ended.

    For rare calls (a card broke); frequent values go into a `callbox_device.threads.ThreadQueue`, which is bounded.
    Event loop only; never blocks, and what it returns never raises.
    """
    loop = asyncio.get_running_loop()

    def call_threadsafe(*args: P.args, **kwargs: P.kwargs) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended
            loop.call_soon_threadsafe(lambda: call(*args, **kwargs))

    return call_threadsafe


async def is_set_within(event: asyncio.Event, seconds: float | None) -> bool:
    """Wait until `event` is set, `seconds` at most (None: without end); returns whether it is."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
    return event.is_set()


async def run_until_stopped(stop: asyncio.Event, *work: Coroutine[Any, Any, None]) -> None:
    """Let `work` go on until `stop`, or until one of it ends. Raises what it raised."""
    tasks = [asyncio.create_task(one) for one in work]
    stopped = asyncio.create_task(stop.wait())
    try:
        done, _ = await asyncio.wait([stopped, *tasks], return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in [stopped, *tasks]:
            task.cancel()
        await asyncio.wait([stopped, *tasks])
