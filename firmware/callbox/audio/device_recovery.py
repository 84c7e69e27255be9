"""Reopening of a device that broke, until it works or is not wanted any more. Event loop only."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from callbox.rtvi.errors import DeviceError

log = logging.getLogger(__name__)

FIRST_RETRY_S = 0.5
"""A card that stalled can be had back at once."""
RETRY_PERIOD_S = 1.0
"""A person who plugs a microphone in again notices no second."""


class DeviceReopener:
    """Loop that calls `reopen` until it returns.

    `reopen` raises `DeviceError` while the device doesn't work. Other errors are logged, and it is called again.
    """

    def __init__(self, reopen: Callable[[], Awaitable[None]]) -> None:
        self._reopen = reopen
        self._trying: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Begin to reopen: the device broke."""
        if self._trying is None or self._trying.done():
            self._trying = asyncio.create_task(self._run(), name="reopen")

    def end(self) -> None:
        """Stop reopening: the device is not wanted any more."""
        if self._trying is not None:
            self._trying.cancel()
            self._trying = None

    async def _run(self) -> None:
        pause_s, last_reason = FIRST_RETRY_S, ""
        while True:
            await asyncio.sleep(pause_s)
            pause_s = RETRY_PERIOD_S
            try:
                await self._reopen()
                return
            except DeviceError as error:
                if str(error) != last_reason:  # another reason than before
                    last_reason = str(error)
                    log.info("Still not: %s", error)
            except Exception as error:  # a lamp that can't be lit
                if repr(error) != last_reason:
                    last_reason = repr(error)
                    log.exception("Opening it again failed")
