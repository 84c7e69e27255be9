"""The last write to a disk, when the process ends."""

import asyncio
import logging
from collections.abc import Callable

log = logging.getLogger(__name__)

LAST_WRITE_S = 1.0


async def write_last(write: Callable[[], None]) -> None:
    """Call `write` in a thread, at the end of a task: a card that hangs is waited for `LAST_WRITE_S` at most."""
    try:
        async with asyncio.timeout(LAST_WRITE_S):
            await asyncio.to_thread(write)
    except TimeoutError:
        log.warning("The disk did not take the last write within %g s", LAST_WRITE_S)
