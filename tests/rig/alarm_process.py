"""A box's alarm clock as a process of its own, which may be killed: ``python -m tests.rig.alarm_process FOLDER COUNT``.

Alarms are kept in FOLDER. At its first start it sets COUNT of them, from `FIRST_S` on, every `STEP_S`: timers, and alarms at
a time of the wall clock by turns. Each that rings is stopped at once. The wall clock is put forward by so many seconds as the
file FOLDER/step says, which is read again every 10 ms, in place of the kernel's timer for steps.

Lines on standard output, NOW being the boot time: ``set ID KIND DUE``, ``ready NOW``, ``ring ID NOW``, ``stopped ID``;
``stepped NOW SECONDS`` when the wall clock was read anew; ``late FROM UNTIL``: the event loop had no time meanwhile;
``left N`` that are set.
"""

import asyncio
import contextlib
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from callbox.app.alarm_clock import AlarmClock, AlarmConfig, settled
from callbox.app.alarm_store import AlarmStore
from callbox.app.clocks import read_clocks
from callbox.control.alarm_requests import AlarmRequest
from callbox.control.alarm_table import AlarmAction, AlarmEvent, AlarmKind
from callbox.control.clock_history import ClockReading
from callbox.control.rate_limit import RateLimit
from callbox.system.clock import boot_time_s

FIRST_S = 30.0
STEP_S = 0.2
PERIOD_S, LATE_S = 0.01, 0.1
"""How often the event loop is to look, and how late it may be."""
UNIX_LESS_BOOT_S = 1.8e9
"""Unix time at the machine's start, as the box has it before the first step."""


class Lateness:
    """Tells when the event loop had no time, before it tells what is late by that: a kill may come at any moment."""

    def __init__(self) -> None:
        self._due_s = float("inf")

    def look(self) -> None:
        now_s = boot_time_s()
        if now_s > self._due_s + LATE_S:
            print(f"late {self._due_s} {now_s}", flush=True)
        self._due_s = now_s + PERIOD_S


class WallClock:
    """A wall clock that goes as the machine's boot time does, whose own wall clock may be stepped, with steps that a
    file tells.
    """

    def __init__(self, folder: Path, lateness: Lateness) -> None:
        self._file, self._lateness = folder / "step", lateness
        self._step_s = self._read_step()
        self._on_step: Callable[[], None] = lambda: None

    def _read_step(self) -> float:
        with contextlib.suppress(OSError, ValueError):
            return float(self._file.read_text())
        return 0.0

    def read(self) -> ClockReading:
        now = read_clocks()
        return replace(now, unix_s=now.boot_s + UNIX_LESS_BOOT_S + self._step_s, is_set=True)

    def watch(self, on_step: Callable[[], None]) -> "WallClock":
        self._on_step = on_step
        return self

    def close(self) -> None:
        self._on_step = lambda: None

    async def run(self) -> None:
        print(f"stepped {boot_time_s()} {self._step_s}", flush=True)
        while True:
            await asyncio.sleep(PERIOD_S)
            self._lateness.look()
            if (step_s := self._read_step()) != self._step_s:
                self._step_s = step_s
                print(f"stepped {boot_time_s()} {step_s}", flush=True)
                self._on_step()


class Target:
    """Plays nothing, and stops what rings."""

    def __init__(self, lateness: Lateness) -> None:
        self._lateness = lateness
        self.media = self.player = self
        self.clock: AlarmClock
        self.rang: asyncio.Queue[str] = asyncio.Queue()

    def play(self, sound: object) -> None: ...
    def drop_cues(self) -> None: ...

    def update(self) -> None:
        self._lateness.look()
        for change in self.clock.alarms.changes:
            if change.action is AlarmAction.RING:
                print(f"ring {change.alarm.id} {boot_time_s()}", flush=True)
                self.rang.put_nowait(change.alarm.id)

    async def stop_each(self) -> None:
        while True:
            id_ = await self.rang.get()
            self.clock._on(AlarmEvent.HOLD, id_)
            await settled(self.clock._writer.when_kept({}))
            print(f"stopped {id_}\nleft {len(self.clock.alarms.pending)}", flush=True)


def request(number: int, wall: WallClock) -> AlarmRequest:
    seconds = FIRST_S + number * STEP_S
    if number % 2:
        return AlarmRequest(AlarmKind.TIMER, str(number), seconds=seconds)
    due = datetime.fromtimestamp(int(wall.read().unix_s + seconds), UTC)
    return AlarmRequest(AlarmKind.ALARM, str(number), at=due.time(), day=due.date(), time_zone="UTC")


async def main(folder: Path, count: int) -> None:
    lateness = Lateness()
    target, wall = Target(lateness), WallClock(folder, lateness)
    config = AlarmConfig(rate=RateLimit(10**6, 1.0))
    box = cast("Any", target)
    clock = target.clock = AlarmClock(box, config, AlarmStore(folder), read=wall.read, watch_steps=wall.watch)
    works = [work for _, work in clock.tasks()]
    async with asyncio.TaskGroup() as tasks:
        for work in (*works, target.stop_each(), wall.run()):
            tasks.create_task(work)
        if not (folder / "begun").exists():
            wanted = [request(number, wall) for number in range(count)]  # before the disk takes its time
            for one in wanted:
                await settled(clock.request(one))
                print(f"set {one.id} {one.kind} {clock.alarms.pending[one.id].due.s}", flush=True)
            (folder / "begun").touch()
        print(f"ready {boot_time_s()}\nleft {len(clock.alarms.pending)}", flush=True)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
