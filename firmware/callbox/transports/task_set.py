"""The tasks of one transport: they end with it, and a defect in one of them ends the session in words."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from callbox.rtvi.errors import SessionLostError

log = logging.getLogger(__name__)


def failed_inside(error: Exception) -> SessionLostError:
    """What a defect of ours is to the session."""
    return SessionLostError(f"The connection failed inside: {type(error).__name__}: {error}")


class Tasks:
    """Event loop only. `on_defect` is told when a task raised what nobody expected."""

    def __init__(self, on_defect: Callable[[SessionLostError], None]) -> None:
        self._on_defect = on_defect
        self._running: set[asyncio.Task[None]] = set()

    def spawn(self, work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        """Begin `work`."""
        task = asyncio.create_task(self._watched(work), name=name)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    def cancel(self) -> None:
        """End all of them."""
        for task in self._running:
            task.cancel()

    async def _watched(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Exception as error:
            log.exception("A defect in a transport")
            self._on_defect(failed_inside(error))
