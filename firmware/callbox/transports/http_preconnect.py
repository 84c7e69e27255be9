"""HTTP connection to the bot's server that is open before the start request or the offer needs it."""

import asyncio
import logging

from callbox.backoff import Backoff
from callbox.rtvi import http_client
from callbox.rtvi.http_pool import HttpPool
from callbox.rtvi.media import Media
from callbox.system.event_loop import is_set_within

log = logging.getLogger(__name__)

CHECK_PERIOD_S = 5.0
"""Period of checking whether what is prepared is still usable; taking it checks again."""
REOPEN = Backoff(first_s=CHECK_PERIOD_S, max_s=60.0)
"""Pause before reopening to a server that closes unused connections."""


class HttpPreconnect:
    """HTTP connection to the server of `url` that is kept open, in `keep_alive`. Event loop only."""

    def __init__(self, keep_alive: HttpPool, url: str) -> None:
        self.keep_alive = keep_alive
        self._url = url
        self._opened_s = self._seen_s = 0.0
        """When the last connection was begun, and when one was last there."""
        self._backoff = REOPEN
        self._wanted = asyncio.Event()

    def refresh(self) -> None:
        """Check now: a call has ended, or what was prepared has been taken."""
        self._backoff = REOPEN
        self._wanted.set()

    async def run(self, media: Media | None) -> None:
        """Keep everything prepared for calls with `media`, until cancelled; then release it."""
        try:
            await http_client.imported()
            while True:
                self._wanted.clear()
                await self._prepare(media)
                await is_set_within(self._wanted, CHECK_PERIOD_S)
        finally:
            await self._release()

    async def _prepare(self, media: Media | None) -> None:  # noqa: ARG002 - of those that have more
        now_s = self.keep_alive.now_s()
        if self.keep_alive.is_preconnected(self._url):
            self._seen_s = now_s
            return
        if now_s - self._opened_s < self._backoff.bound_s:
            return
        lived_long = self._seen_s - self._opened_s > REOPEN.max_s / 2
        self._backoff = REOPEN if lived_long else self._backoff.next()
        self._opened_s = now_s
        try:
            async with asyncio.timeout(CHECK_PERIOD_S):
                await self.keep_alive.preconnect(self._url)
        except (OSError, TimeoutError) as error:
            log.debug("No connection to the bot's server ahead of a call: %s", error)

    async def _release(self) -> None:
        await self.keep_alive.close()
