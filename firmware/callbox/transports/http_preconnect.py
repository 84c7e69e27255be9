"""An HTTP connection to the bot's server that is open before the start request or the offer needs it."""

import asyncio
import logging

from callbox.rtvi import http_client
from callbox.rtvi.http_pool import HttpPool
from callbox.rtvi.media import Media

log = logging.getLogger(__name__)

LOOK_PERIOD_S = 5.0
"""How often it is looked whether what is ready is still good; taking it looks again."""
REOPEN_AT_MOST_S = 60.0
"""A server that closes what isn't used is given a longer pause each time, up to this."""


class HttpPreconnect:
    """Keeps an HTTP connection to the server of `url` open, in `keep_alive`. Event loop only."""

    def __init__(self, keep_alive: HttpPool, url: str) -> None:
        self.keep_alive = keep_alive
        self._url = url
        self._opened_s = self._pause_s = 0.0
        self._wanted = asyncio.Event()

    def again(self) -> None:
        """A call has ended, or something has been taken: look now."""
        self._pause_s = 0.0
        self._wanted.set()

    async def run(self, media: Media | None) -> None:
        """Keep everything ready for calls with `media`, until cancelled; then let go of it."""
        try:
            await http_client.imported()
            while True:
                self._wanted.clear()
                await self._prepare(media)
                try:
                    async with asyncio.timeout(LOOK_PERIOD_S):
                        await self._wanted.wait()
                except TimeoutError:
                    pass
        finally:
            await self._let_go()

    async def _prepare(self, media: Media | None) -> None:  # noqa: ARG002 - of those that have more
        now_s = asyncio.get_running_loop().time()
        if self.keep_alive.is_preconnected(self._url) or now_s - self._opened_s < self._pause_s:
            return
        lived_long = now_s - self._opened_s > REOPEN_AT_MOST_S / 2
        self._pause_s = 0.0 if lived_long else min(max(2 * self._pause_s, LOOK_PERIOD_S), REOPEN_AT_MOST_S)
        self._opened_s = now_s
        try:
            async with asyncio.timeout(LOOK_PERIOD_S):
                await self.keep_alive.preconnect(self._url)
        except (OSError, TimeoutError) as error:
            log.debug("No connection to the bot's server ahead of a call: %s", error)

    async def _let_go(self) -> None:
        await self.keep_alive.close()
