"""Clocks of this machine, as rings, announcements and alarms read them."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from callbox.control.clock_history import ClockReading, clock_is_set
from callbox.system import time_sync
from callbox.system.clock import boot_id, boot_time_s


@dataclass(frozen=True, slots=True)
class Clocks:
    """Clocks of rings and announcements."""

    unix_s: Callable[[], float] = time.time
    """UNIX time: of `until`."""
    boot_s: Callable[[], float] = boot_time_s
    """Of how long a ring has rung, and of the rate."""


def read_clocks() -> ClockReading:
    """The clocks of this machine."""
    unix_s = time.time()
    year, synchronised = datetime.fromtimestamp(unix_s, UTC).year, time_sync.is_synchronised()
    is_set = clock_is_set(year, synchronised, has_rtc=time_sync.has_rtc())
    return ClockReading(unix_s, boot_time_s(), boot_id(), is_set)
