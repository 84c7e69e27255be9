"""Writer of the alarms' store: alarms and readings of the clocks, one save after the other, in a thread."""

from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

from callbox.app.alarm_store import AlarmStore
from callbox.app.write_queue import WriteQueue
from callbox.control.alarms import Alarms
from callbox.control.clock_history import BootTime, ClockHistory, ClockReading
from callbox.control.remote_commands import PendingResult

READING_PERIOD_S = 300.0
"""How often the clocks' reading is kept, while something rings by elapsed time: how much of it a power cut takes from a
box without RTC and network."""
MAX_DRIFT_S = 0.5
"""A wall clock that has moved more against the boot time since the reading that is kept: that is kept anew."""


class AlarmWriter:
    """Writer of alarms and clocks to the store. Event loop only; make it in the running loop. `read`: the clocks."""

    def __init__(self, store: AlarmStore, read: Callable[[], ClockReading]) -> None:
        self._store, self._read = store, read
        self._writes = WriteQueue()
        self.kept, self._earlier = store.read()
        """The alarms at the start."""
        self._reading: ClockReading | None = None
        """That is kept, of this boot."""
        self._is_on_disk = False

    def clock(self) -> ClockHistory:
        """The clocks now, with their history over earlier boots."""
        clock = ClockHistory(self._read(), self._earlier)
        if clock.is_set and not ClockHistory(replace(clock.now, is_set=False), self._earlier).is_set:
            self._earlier = clock.kept({reading.boot_id for reading in self._earlier})
        return clock

    def save(self, alarms: Alarms, clock: ClockHistory) -> None:
        """Keep `alarms`, and with them the reading of `clock`, if some ring by elapsed time."""
        boots = {alarm.due.boot_id for alarm in alarms.pending.values() if isinstance(alarm.due, BootTime)}
        if is_reading_old := bool(boots) and self._is_reading_old(clock.now):
            self._reading = clock.now
        readings = clock.kept(boots)

        def write() -> None:
            self._is_on_disk = self._store.save(alarms, readings, always=is_reading_old)

        self._writes.put(write)

    def save_reading(self, alarms: Alarms, clock: ClockHistory) -> None:
        """Keep the reading of `clock`, if some of `alarms` ring by elapsed time and the one that is kept is old."""
        is_elapsing = any(isinstance(alarm.due, BootTime) for alarm in alarms.pending.values())
        if is_elapsing and self._is_reading_old(clock.now):
            self.save(alarms, clock)

    def _is_reading_old(self, now: ClockReading) -> bool:
        kept = self._reading
        if kept is None or now.boot_s - kept.boot_s >= READING_PERIOD_S:
            return True
        step_s = (now.unix_s - kept.unix_s) - (now.boot_s - kept.boot_s)
        return abs(step_s) > MAX_DRIFT_S

    def when_kept(self, result: dict[str, Any]) -> PendingResult:
        """`result`, told when all that was saved before is on the disk; its `kept`: whether it is there."""
        return lambda tell: self._writes.put(lambda: None, lambda: tell({**result, "kept": self._is_on_disk}))

    def run(self) -> Coroutine[Any, Any, None]:
        """Write until cancelled; then what is left."""
        return self._writes.run(self._store.close)
