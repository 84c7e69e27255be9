"""A board that comes after the service has started: a driver that loads late, a speakerphone that is plugged in."""

import asyncio
import logging
from collections.abc import Callable, Collection
from typing import Protocol

from callbox.config import Loaded, SettingsError
from callbox.config.presets.model.choice import is_another
from callbox.config.sources import preset_for
from callbox.system.event_loop import is_set_within
from callbox.system.systemd import Notifier
from callbox.system.uevent_watch import SETTLE_S, watch_uevents
from callbox_device.hardware_probe import read_hardware_ids
from callbox_device.model.hardware_ids import HardwareIds
from callbox_device.uevents import UeventSocket, open_uevents

log = logging.getLogger(__name__)

SUBSYSTEMS = ("sound", "usb", "spidev", "leds")
"""Of the devices that boards are recognised by, and of lights that come and go."""
PERIOD_S = 10.0
"""Between two looks at /proc and /sys while something is still to be done, and where there are no uevents. A look takes
less than a millisecond.
"""


class Target(Protocol):
    """The box that is started again."""

    @property
    def is_idle(self) -> bool:
        """Whether no call is on."""

    def restart(self) -> None:
        """Start the service again."""

    def resend_lamp(self) -> bool:
        """Send the status lamp what it shows; returns whether it is there, or none is wanted."""


class BoardWatch:
    """Restarts the service between two calls, when another board than at the start is recognised.

    `current`: the settings in force; `load`: reads them again. `open_uevents`: opens those of `SUBSYSTEMS`, or
    None where there are none. Without systemd, which would start the service again, the journal says what to do.
    """

    def __init__(
        self,
        target: Target,
        current: Callable[[], Loaded],
        load: Callable[[], Loaded],
        read: Callable[[], HardwareIds] = read_hardware_ids,
        *,
        may_restart: bool | None = None,
        open_uevents: Callable[[Collection[str]], UeventSocket | None] = open_uevents,
    ) -> None:
        self._target, self._current, self._load, self._read = target, current, load, read
        self._open_uevents = open_uevents
        self._may_restart = Notifier().is_there if may_restart is None else may_restart
        self._judged: HardwareIds | None = None
        self._wants_restart = self._wants_resend = False

    async def run(self) -> None:
        """Look whenever the kernel tells of a device, until cancelled."""
        notified, uevents = asyncio.Event(), self._open_uevents(SUBSYSTEMS)
        end_watch = watch_uevents(uevents, notified.set, "Boards and lights that come or go")
        try:
            await self._look_when(notified, has_uevents=uevents is not None)
        finally:
            end_watch()

    async def _look_when(self, notified: asyncio.Event, *, has_uevents: bool) -> None:
        """Look whenever `notified`, and `PERIOD_S` after the start: a driver may have loaded after the settings."""
        is_due = True
        while True:
            if await is_set_within(notified, PERIOD_S if is_due else None):
                await asyncio.sleep(SETTLE_S)
            notified.clear()
            await self.look()
            is_due = not has_uevents or self._wants_resend or self._wants_restart

    async def look(self) -> None:
        """Look once, and act."""
        self._wants_resend = await asyncio.to_thread(self._look) or self._wants_resend
        if self._wants_resend:  # again and again: udev may not have been at it yet
            self._wants_resend = not self._target.resend_lamp()
        if self._wants_restart and self._target.is_idle:
            self._wants_restart = False
            self._target.restart()

    def _look(self) -> bool:
        """Look; returns whether the hardware is another than at the last look."""
        ids = self._read()
        if ids == self._judged:
            return False
        self._judged = ids
        self._judge(ids)
        return True

    def _judge(self, ids: HardwareIds) -> None:
        self._wants_restart = False
        current = self._current()
        choice = preset_for(current.own, ids)
        if not is_another(current.preset, choice):
            return
        try:
            self._load()
        except SettingsError as wrong:
            log.warning("The board %s was recognised, and doesn't fit the settings: %s", choice.name, wrong)
            return
        then = "the service starts again as soon as no call is on" if self._may_restart else "start Callbox again"
        log.warning("The board %s was recognised (%s): %s", choice.name, choice.reason, then)
        self._wants_restart = self._may_restart
