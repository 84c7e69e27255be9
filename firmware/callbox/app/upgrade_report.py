"""Report of a box to the gate of package upgrades, `callbox.upgrade`, and what the gate has decided."""

import asyncio
import logging
from pathlib import Path
from typing import Any, Protocol

from callbox import __version__
from callbox.app.box_health import BoxHealth
from callbox.app.problems import Problems
from callbox.app.reload import ConfigReloader
from callbox.control.faults import Problem, problem_from_upgrade
from callbox.control.rollout import RolloutState
from callbox.control.status import Status
from callbox.system.files import Disk
from callbox.upgrade.records import FOLDER, HEALTH, RECORD, HealthReport, Record

log = logging.getLogger(__name__)

PERIOD_S = 2.0


class UpgradeTarget(Protocol):
    """The box: `callbox.app.appliance.Appliance`."""

    problems: Problems

    @property
    def status(self) -> Status:
        """Status as it was reported last."""

    def update(self, **changes: Any) -> None:
        """Change these fields of the status."""


class UpgradeReport:
    """Report of one box. Event loop only.

    `runtime`: folder of the service that is gone with it; the report is written there, if the settings have `fleet`.
    `folder`: of the gate. Raises OSError if the report can't be written.
    """

    def __init__(
        self, box: UpgradeTarget, reloader: ConfigReloader, health: BoxHealth, runtime: Path, folder: Path = FOLDER
    ) -> None:
        self._box, self._reloader, self._health = box, reloader, health
        self._file, self._record_file = runtime / HEALTH, folder / RECORD
        self._disk = Disk()
        self._record = Record()
        self._problem: Problem | None = None
        """That a version was given up: no fault of this one."""
        self._report: HealthReport | None = None

    async def run(self) -> None:
        """Report until cancelled."""
        while True:
            self._look(await asyncio.to_thread(self._read))
            await self._write(asyncio.get_running_loop().time())
            await asyncio.sleep(PERIOD_S)

    def _read(self) -> Record:
        try:
            return Record.parse(self._disk.read(self._record_file) or b"")
        except (OSError, ValueError):  # there was no upgrade on trial yet
            return Record()

    def _look(self, record: Record) -> None:
        if record == self._record:
            return
        self._record = record
        rollout = record.rollout
        self._box.update(upgrade=rollout.state)
        given_up = rollout.state is RolloutState.ROLLED_BACK
        self._problem = problem_from_upgrade(rollout.highest, rollout.version, rollout.reason) if given_up else None
        self._box.problems.set_upgrade(self._problem)
        if self._problem:
            log.error("%s", self._problem.text)

    async def _write(self, now_s: float) -> None:
        fleet, rollout = self._reloader.loaded.settings.fleet, self._record.rollout
        if fleet is None:
            if self._report:
                self._disk.remove(self._file)
                self._report = None
            return
        on_trial = rollout.state is RolloutState.TRIAL and rollout.version == __version__
        readings = self._health.readings(rollout.known, now_s, check_bot=fleet.check_bot and on_trial)
        times = fleet.healthy_for_s, fleet.give_up_after_s
        problem = None if self._problem and self._box.status.problem == self._problem else readings.problem
        report = HealthReport(__version__, *times, problem, readings.broker, readings.bot)
        if report != self._report:
            await asyncio.to_thread(self._disk.put, self._file, bytes(report), 0o600)
            self._report = report
