"""Begin and end of quiet hours, at the minute."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from callbox.control.clock_history import clock_is_set
from callbox.control.quiet_hours import QuietHours, seconds_to_next_minute
from callbox.system import time_sync
from callbox.system.event_loop import is_set_within

log = logging.getLogger(__name__)


def local_time() -> datetime:
    """Now, in this machine's time zone."""
    return datetime.now().astimezone()


@dataclass(frozen=True, slots=True)
class Clock:
    """Source of the time."""

    now: Callable[[], datetime] = local_time
    is_synchronised: Callable[[], bool | None] = time_sync.is_synchronised
    has_rtc: Callable[[], bool] = time_sync.has_rtc


class QuietHoursTask:
    """`run` it as a task. `on_change` is told the quiet hours that have begun; None: they have ended. Event loop only.

    It looks at the clock once a minute while there are quiet hours in the settings: so daylight saving time, another
    time zone and a clock that is set count from the next minute on. A clock that was synchronised once is trusted until
    the process ends.
    """

    def __init__(
        self, hours: QuietHours | None, on_change: Callable[[QuietHours | None], None], clock: Clock = Clock()
    ) -> None:
        self._hours, self._on_change, self._clock = hours, on_change, clock
        self._current: QuietHours | None = None
        self._is_set = False
        self._has_warned = False
        self._changed = asyncio.Event()

    def use(self, hours: QuietHours | None) -> None:
        """Apply `hours` from now on."""
        self._hours = hours
        self.check()
        self._changed.set()

    def check(self) -> None:
        """Begin or end quiet hours, if it is time."""
        current = self._hours if self._hours and self._clock_is_set() and self._is_time(self._hours) else None
        if current != self._current:
            if current is None:
                log.info("Quiet hours have ended")
            elif self._current is None:
                log.info("Quiet hours until %s", current.end.strftime("%H:%M"))
            self._current = current
            self._on_change(current)

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            self._changed.clear()
            self.check()
            pause_s = seconds_to_next_minute(self._clock.now()) if self._hours else None
            await is_set_within(self._changed, pause_s)

    def _is_time(self, hours: QuietHours) -> bool:
        return hours.contains(self._clock.now().time())

    def _clock_is_set(self) -> bool:
        if not self._is_set:
            year, synchronised = self._clock.now().year, self._clock.is_synchronised()
            self._is_set = clock_is_set(year, synchronised, has_rtc=self._clock.has_rtc())
            if not self._is_set and not self._has_warned:
                self._has_warned = True
                log.warning(
                    "Quiet hours don't apply until the clock is set: this machine has no real-time clock, "
                    "and no time server has answered yet"
                )
        return self._is_set
