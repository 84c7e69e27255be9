"""Reopening of a device that broke, until it works or is not wanted any more. Event loop only."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace

from callbox.backoff import Backoff
from callbox.rtvi.errors import DeviceError

log = logging.getLogger(__name__)

FIRST_RETRY_S = 0.5
"""A card that stalled can be had back at once."""
RETRY_PERIOD_S = 1.0
"""A person who plugs a microphone in again notices no second."""
MAX_RETRY_S = 5.0
"""Longest pause between attempts to open a microphone. Each attempt lights its lamp, though nothing may be captured."""


class DeviceReopener:
    """Loop that calls `reopen` until it returns.

    `reopen` raises `DeviceError` while the device doesn't work. Other errors are logged, and it is called again.
    `is_missing`: whether the device isn't there for certain; then it isn't called. `backs_off`: whether the pauses
    double, up to `MAX_RETRY_S`.
    """

    def __init__(
        self,
        reopen: Callable[[], Awaitable[None]],
        is_missing: Callable[[], bool] = lambda: False,
        *,
        backs_off: bool = False,
    ) -> None:
        self._reopen, self._is_missing, self._backs_off = reopen, is_missing, backs_off
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
        backoff, last_reason = Backoff(FIRST_RETRY_S, MAX_RETRY_S if self._backs_off else RETRY_PERIOD_S).next(), ""
        while True:
            await asyncio.sleep(backoff.bound_s)
            if self._is_missing():
                backoff = replace(backoff, bound_s=RETRY_PERIOD_S)
                continue
            backoff = backoff.next()
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
