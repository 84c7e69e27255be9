"""Statistics of a session's sound, reported once a second. Between two sessions nothing wakes."""

import asyncio
from collections.abc import Callable

from callbox.audio.media import BoardMedia
from callbox.audio.stats import AudioStats, stats_between

PERIOD_S = 1.0


class AudioStatsTask:
    """Reporter of a session's sound. Event loop only. `report` is called with the statistics of each `PERIOD_S`."""

    def __init__(self, media: BoardMedia, report: Callable[[AudioStats], None]) -> None:
        self._media, self._report = media, report

    def use(self, media: BoardMedia) -> None:
        """Report of `media` from now on, in place of the one before. Only while there is no session."""
        self._media = media

    async def run(self, session_is_on: asyncio.Event) -> None:
        """Report while `session_is_on` is set, until cancelled."""
        while True:
            await session_is_on.wait()
            media, before = self._media, self._media.snapshot()
            while session_is_on.is_set() and media is self._media:
                await asyncio.sleep(PERIOD_S)
                now = media.snapshot()
                if session_is_on.is_set():
                    self._report(stats_between(before, now))
                before = now
