"""Wait for the time at which something is due, or for a change of it."""

import asyncio
from collections.abc import Callable
from typing import NoReturn

from callbox.system.event_loop import is_set_within

MAX_PAUSE_S = 30.0
"""How long the clocks are not read while a time is awaited: the wall clock may have been set."""


class Due:
    """Wait for a time that may change. Event loop only; make it in the running loop."""

    def __init__(self) -> None:
        self._changed = asyncio.Event()

    def change(self) -> None:
        """Look again: something may be due sooner, or later."""
        self._changed.set()

    async def run(self, do: Callable[[], float | None]) -> NoReturn:
        """Call `do` when something is due, until cancelled. It does what is due, and returns in how many seconds the
        next is; None: not before `change`.
        """
        while True:
            self._changed.clear()
            pause_s = do()
            await is_set_within(self._changed, None if pause_s is None else min(pause_s, MAX_PAUSE_S))
