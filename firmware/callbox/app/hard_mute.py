"""Hard mute: the microphone's PCM stays closed, by the board's mute switch or by a command.

The switch fails closed: until it was read, and if its pin can't be had, it counts as on. It mutes at its first edge and
unmutes once the contact has been still for `SETTLED_S`.
"""

import asyncio
import logging
from collections.abc import Callable

from callbox.audio.media import BoardMedia
from callbox_device.interfaces import Board, Edge, Part
from callbox_device.threads import ThreadQueue

log = logging.getLogger(__name__)

SETTLED_S = 0.05
_MAX_EDGES = 64


class HardMute:
    """Hard mute by switch and by command, and the media that it closes. Event loop only; make it in the running loop.

    `on_change` is called whenever `is_on` or `by_switch` may have changed.
    """

    def __init__(self, board: Board, media: BoardMedia, on_change: Callable[[], None]) -> None:
        self._switch = board.mute_switch
        self._on_change = on_change
        self._media = media
        self._tasks: set[asyncio.Task[None]] = set()
        self.by_switch = self._switch is not None or any(fault.part is Part.MUTE_SWITCH for fault in board.faults)
        """Whether the mute switch is on."""
        self.by_command = False
        """Whether a command asks for it; kept over a restart."""
        self._apply()

    @property
    def is_on(self) -> bool:
        """Whether the PCM is kept closed."""
        return self.by_switch or self.by_command

    def command(self, mute: bool) -> None:
        """Mute or unmute by command. What the switch says stays."""
        self.by_command = mute
        self._apply()
        self._on_change()

    def use(self, media: BoardMedia) -> None:
        """Apply to `media` from now on, in place of the one before; before it is opened."""
        self._media = media
        self._apply()

    async def run(self) -> None:
        """Follow the mute switch, until cancelled. Without one: return."""
        if self._switch is None:
            return
        edges: ThreadQueue[Edge] = ThreadQueue(_MAX_EDGES)
        try:
            is_closed = self._switch.start(edges.put_threadsafe)
            while True:
                if is_closed:
                    self._set_switch(True)
                    is_closed = (await edges.get()).closed
                    continue
                try:
                    async with asyncio.timeout(SETTLED_S):
                        is_closed = (await edges.get()).closed
                except TimeoutError:
                    self._set_switch(False)
                    is_closed = (await edges.get()).closed
        finally:
            edges.close()

    def _set_switch(self, mute: bool) -> None:
        if mute != self.by_switch:
            self.by_switch = mute
            log.info("The mute switch is %s", "on" if mute else "off")
            self._apply()
            self._on_change()

    def _apply(self) -> None:
        if self._media.hard_mute != self.is_on:
            task = asyncio.create_task(self._media.set_hard_mute(self.is_on), name="hard mute")
            self._tasks.add(task)
            task.add_done_callback(self._applied)

    def _applied(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("The microphone could not be closed; its lamp stays lit", exc_info=error)
