"""A box's alarm clock as a process of its own, which may be killed: ``python -m tests.rig.alarm_process FOLDER COUNT``.

Alarms are kept in FOLDER. At its first start it sets COUNT of them, from 2 s on, every 500 ms. Each that rings is stopped
at once. Lines on standard output, with the boot time: ``set ID DUE``, ``ready NOW``, ``ring ID NOW``, ``stopped ID``; ``left N`` that are set.
"""

import asyncio
import sys
from pathlib import Path
from typing import Any, cast

from callbox.app.alarm_clock import AlarmClock, AlarmConfig, settled
from callbox.app.alarm_store import AlarmStore
from callbox.control.alarm_requests import AlarmRequest
from callbox.control.alarm_table import AlarmAction, AlarmEvent, AlarmKind
from callbox.control.clock_history import BootTime
from callbox.control.rate_limit import RateLimit
from callbox.system.clock import boot_time_s


class Target:
    """Plays nothing, and stops what rings."""

    def __init__(self) -> None:
        self.media = self.player = self
        self.clock: AlarmClock
        self.rang: asyncio.Queue[str] = asyncio.Queue()

    def play(self, sound: object) -> None: ...
    def drop_cues(self) -> None: ...

    def update(self) -> None:
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


async def main(folder: Path, count: int) -> None:
    target = Target()
    config = AlarmConfig(rate=RateLimit(10**6, 1.0))
    clock = target.clock = AlarmClock(cast("Any", target), config, AlarmStore(folder))
    works = [work for _, work in clock.tasks()]
    async with asyncio.TaskGroup() as tasks:
        for work in (*works, target.stop_each()):
            tasks.create_task(work)
        if not (folder / "begun").exists():
            for number in range(count):
                request = AlarmRequest(AlarmKind.TIMER, str(number), seconds=2 + number / 2)
                result = clock.request(request)
                due = clock.alarms.pending[str(number)].due
                await settled(result)
                assert isinstance(due, BootTime)
                print(f"set {number} {due.s}", flush=True)
            (folder / "begun").touch()
        print(f"ready {boot_time_s()}\nleft {len(clock.alarms.pending)}", flush=True)


asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
