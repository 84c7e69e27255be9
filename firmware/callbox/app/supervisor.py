"""The tasks of a running box, in one TaskGroup: what is vital bare, reports under supervision."""

import asyncio
from collections.abc import Coroutine, Sequence
from types import TracebackType
from typing import Any, Self

from callbox.app.observers import Observer
from callbox.system.supervise import supervise


class Supervisor:
    """``async with supervisor``: tasks run inside of the block, and are cancelled at its end. Event loop only.

    One that fails ends the block with its exception, as in a TaskGroup; reports are started again instead.
    """

    def __init__(self) -> None:
        self._tasks: asyncio.TaskGroup | None = None
        self._running: set[asyncio.Task[None]] = set()
        self._observing: dict[Observer, asyncio.Task[None]] = {}
        self._ending: set[asyncio.Task[None]] = set()
        self._wanted: Sequence[Observer] = ()
        self._is_leaving = False

    async def __aenter__(self) -> Self:
        self._tasks = await asyncio.TaskGroup().__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_leaving = True
        for task in self._running:
            task.cancel()
        if self._tasks:
            await self._tasks.__aexit__(kind, error, trace)

    def start(self, name: str, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Do `work`. Raises RuntimeError outside of the block."""
        if self._tasks is None:
            raise RuntimeError("the box doesn't run")
        task = self._tasks.create_task(work, name=name)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    def start_observers(self, observers: Sequence[Observer]) -> None:
        """Let these do their own work; who does so already goes on."""
        for observer in observers:
            if observer not in self._observing:
                name = type(observer).__name__
                self._observing[observer] = self.start(name, supervise(name, observer.run))

    async def replace_observers(self, observers: Sequence[Observer]) -> None:
        """End all others, then start `observers`: they may have the same client id at the broker. If it is called again
        meanwhile, the observers of the last call are started.
        """
        self._wanted = observers
        for observer in [observer for observer in self._observing if observer not in observers]:
            task = self._observing.pop(observer)
            task.cancel()
            self._ending.add(task)
            task.add_done_callback(self._ending.discard)
        while self._ending:
            await asyncio.wait(self._ending)
        if not self._is_leaving:
            self.start_observers(self._wanted)
