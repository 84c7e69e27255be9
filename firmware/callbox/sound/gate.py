"""The gate: the one place through which captured sound can leave, and which lights the microphone lamp.

The lamp is told *before* the PCM is opened and *after* it was closed, so it can't be dark while sound is
captured. A lamp that can't be lit keeps the PCM closed.
"""

import asyncio
from collections.abc import Callable

from callbox_device import pcm
from callbox_device.board import BoardError, Microphone
from callbox_device.inbox import Inbox

BACKLOG_PERIODS = 5
"""100 ms. Sound that waits longer is dropped, oldest first: late words are worse than a gap."""


class Gate:
    """Sound from the microphone's thread to whoever sends it. Event loop only, except where said.

    `on_live` is told True before the PCM opens and False when it is closed; `on_fault` when capture broke.
    """

    def __init__(
        self, microphone: Microphone, on_live: Callable[[bool], None], on_fault: Callable[[BoardError], None]
    ) -> None:
        self._microphone = microphone
        self._on_live = on_live
        self._on_fault = on_fault
        self._periods: Inbox[bytes | BoardError] = Inbox(BACKLOG_PERIODS)
        self._is_open = False
        self._closing: asyncio.Task[None] | None = None
        self._broken = False
        self.enabled = True
        """False: silence leaves in place of what is captured."""
        self.level_dbfs = pcm.FLOOR_DBFS
        """Peak of the last period that left."""

    @property
    def is_live(self) -> bool:
        """Whether the PCM is open, opening or closing: what the lamp shows."""
        return self._is_open

    @property
    def dropped(self) -> int:
        """Periods lost because the event loop was late."""
        return self._periods.dropped

    async def open(self) -> None:
        """Light the lamp, open the PCM. Raises `BoardError`; then the PCM is closed and the lamp dark."""
        if self._closing:
            await asyncio.shield(self._closing)
        if self._is_open:
            return
        self._on_live(True)
        self._is_open = True
        self._broken = False
        self._periods.clear()
        try:
            await asyncio.wrap_future(self._microphone.start(self._periods.post, self._periods.post))
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Close the PCM, then darken the lamp. Legal at any time.

        Goes on when its caller is cancelled: the lamp stays lit until the PCM is closed, however long a card
        takes.
        """
        if self._is_open and self._closing is None:
            self._closing = asyncio.create_task(self._close(), name="close microphone")
        if self._closing:
            await asyncio.shield(self._closing)

    async def _close(self) -> None:
        try:
            await asyncio.wrap_future(self._microphone.stop())
            self._periods.clear()
            self.level_dbfs = pcm.FLOOR_DBFS
            self._is_open = False
            self._on_live(False)
        finally:
            self._closing = None

    async def read(self) -> bytes:
        """The next period that may leave; waits for it, in the microphone's own time.

        When capture has broken, silence in real time: the bot's ear is not left hanging.
        """
        if not self._broken:
            period = await self._periods.get()
            if isinstance(period, bytes):
                return self._pass(period)
            self._broken = True
            self._on_fault(period)
            await self.close()
        await asyncio.sleep(pcm.PERIOD_MS / 1000)
        return self._pass(pcm.SILENT_PERIOD)

    def _pass(self, period: bytes) -> bytes:
        leaving = period if self.enabled else pcm.SILENT_PERIOD
        self.level_dbfs = pcm.peak_dbfs(leaving)
        return leaving
