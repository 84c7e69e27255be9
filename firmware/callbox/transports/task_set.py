"""Tasks of one transport: they end with it, and an unexpected exception in one ends the session with an error."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from callbox.rtvi.errors import SessionLostError

log = logging.getLogger(__name__)


def internal_error(error: Exception) -> SessionLostError:
    """Error that ends a session after an unexpected exception here."""
    return SessionLostError(f"The connection failed inside: {type(error).__name__}: {error}")


class TaskSet:
    """Set of running tasks. Event loop only. `on_defect` is called for an unexpected exception of a task."""

    def __init__(self, on_defect: Callable[[SessionLostError], None]) -> None:
        self._on_defect = on_defect
        self._running: set[asyncio.Task[None]] = set()

    def spawn(self, work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        """Start `work` as a task."""
        task = asyncio.create_task(self._watched(work), name=name)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    def cancel(self) -> None:
        """Cancel all tasks."""
        for task in self._running:
            task.cancel()

    async def _watched(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Exception as error:
            log.exception("A defect in a transport")
            self._on_defect(internal_error(error))
