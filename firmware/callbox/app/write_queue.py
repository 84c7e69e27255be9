"""Writes to a store, one after the other, in a thread."""

import asyncio
from collections.abc import Callable
from typing import Any

from callbox.app.isolation import isolated
from callbox.app.last_write import write_last


class WriteQueue:
    """Queue of writes. Event loop only; make it in the running loop."""

    def __init__(self) -> None:
        self._writes: asyncio.Queue[tuple[Callable[[], None], Callable[[], Any]]] = asyncio.Queue()

    def put(self, write: Callable[[], None], then: Callable[[], Any] = lambda: None) -> None:
        """`write` after those before it, then call `then` in the event loop."""
        self._writes.put_nowait((write, then))

    async def run(self, close: Callable[[], None]) -> None:
        """Write until cancelled; then what is left, and `close`, for `last_write.LAST_WRITE_S` at most."""
        try:
            while True:
                write, then = await self._writes.get()
                await asyncio.to_thread(write)
                isolated(then)
        finally:
            left = [self._writes.get_nowait()[0] for _ in range(self._writes.qsize())]

            def finish() -> None:
                for write in left:
                    write()
                close()

            await write_last(finish)
