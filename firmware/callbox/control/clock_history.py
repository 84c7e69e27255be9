"""Time that has passed, over clock steps and restarts: readings of two clocks, and what they say together. Pure.

The wall clock may be stepped, and a Raspberry Pi without RTC starts with the time at which it was stopped. The boot
time (CLOCK_BOOTTIME) is never stepped, and begins anew with each boot, which the kernel's boot id names.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from itertools import pairwise

FIRST_YEAR = 2025
"""This program is younger than any clock that shows less."""
MAX_BOOTS = 16
"""Boots of which the last reading is kept, the newest; of others, those that an alarm counts from."""


def clock_is_set(year: int, synchronised: bool | None, *, has_rtc: bool) -> bool:
    """Whether the clock can be relied upon: a Raspberry Pi without an RTC starts with the time at which it was stopped.

    `synchronised`: whether the clock is, or was since the start, synchronised; None: unknown. `has_rtc`: whether a
    real-time clock runs while the machine is off.
    """
    return year >= FIRST_YEAR and (has_rtc or synchronised is not False)


@dataclass(frozen=True, slots=True)
class ClockReading:
    """The clocks at one moment."""

    unix_s: float
    """Wall clock: UNIX time."""
    boot_s: float
    """Seconds since this machine started."""
    boot_id: str
    """Of the kernel; another one with each boot."""
    is_set: bool
    """Whether the wall clock can be relied upon."""


@dataclass(frozen=True, slots=True)
class UnixTime:
    """A moment by the wall clock."""

    s: float


@dataclass(frozen=True, slots=True)
class BootTime:
    """A moment by elapsed time: `s` seconds after the boot `boot_id` began. It may lie after that boot's end."""

    boot_id: str
    s: float


Moment = UnixTime | BootTime


@dataclass(frozen=True, slots=True)
class ClockHistory:
    """The clocks now, and as they were last in earlier boots."""

    now: ClockReading
    earlier: tuple[ClockReading, ...] = ()
    """The last known reading of each boot, the oldest first; perhaps of this boot too."""

    @property
    def is_set(self) -> bool:
        """Whether the wall clock can be relied upon: it can now, or could earlier in this boot."""
        now = self.now
        return now.is_set or any(reading.is_set and reading.boot_id == now.boot_id for reading in self.earlier)

    @property
    def unix_s(self) -> float:
        """UNIX time. While the clock isn't set, a lower bound: the time when the machine was off is missing in it."""
        bounds = [self.now.unix_s]
        if not self.is_set:
            bounds += [reading.unix_s + self._elapsed_s(reading) for reading in self.earlier if reading.is_set]
        return max(bounds)

    def left_s(self, moment: Moment) -> float:
        """Seconds until `moment`, below 0 when it has passed. Of a boot that isn't known any more: 0."""
        if isinstance(moment, UnixTime):
            return moment.s - self.unix_s
        if moment.boot_id == self.now.boot_id:
            return moment.s - self.now.boot_s
        for reading in self.earlier:
            if reading.boot_id == moment.boot_id:
                return moment.s - reading.boot_s - self._elapsed_s(reading)
        return 0.0

    def after(self, seconds: float) -> BootTime:
        """The moment in so many seconds, by elapsed time."""
        return BootTime(self.now.boot_id, self.now.boot_s + seconds)

    def kept(self, boot_ids: Collection[str] = ()) -> tuple[ClockReading, ...]:
        """`earlier` with the reading of now, to be kept: of the newest `MAX_BOOTS`, and of `boot_ids`."""
        others = [reading for reading in self.earlier if reading.boot_id != self.now.boot_id]
        newest = len(others) + 1 - MAX_BOOTS
        kept = [reading for place, reading in enumerate(others) if place >= newest or reading.boot_id in boot_ids]
        return (*kept, self._relied_upon)

    def _elapsed_s(self, start: ClockReading) -> float:
        """Seconds since `start`, one of `earlier`; at least those in which the machine is known to have run."""
        path = (*self.earlier[self.earlier.index(start) :], self._relied_upon)
        return max(sum(_least_s(first, second) for first, second in pairwise(path)), _least_s(path[0], path[-1]))

    @property
    def _relied_upon(self) -> ClockReading:
        return replace(self.now, is_set=self.is_set)


def _least_s(first: ClockReading, second: ClockReading) -> float:
    """Seconds from `first` to `second`, at least."""
    if first.boot_id == second.boot_id:
        return second.boot_s - first.boot_s
    by_clock = second.unix_s - first.unix_s if first.is_set and second.is_set else 0.0
    return max(second.boot_s, by_clock)
