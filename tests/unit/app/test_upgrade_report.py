"""What the box reports to the gate of package upgrades, and what it shows of the gate's decisions."""

import asyncio
import contextlib
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest

from callbox import __version__
from callbox.app.box_health import BoxHealth
from callbox.app.observers import Observer
from callbox.app.problems import Problems
from callbox.app.upgrade_report import UpgradeReport
from callbox.config.schema import FleetSettings
from callbox.control.faults import Fault, Problem
from callbox.control.rollout import Rollout, RolloutState
from callbox.control.status import Status
from callbox.upgrade.records import HealthReport, Record

pytestmark = pytest.mark.simulated_time
TRIAL = Record(Rollout(RolloutState.TRIAL, __version__, "0.1.0", __version__))
BACK = Record(Rollout(RolloutState.ROLLED_BACK, "0.1.0", highest="0.2.0", reason="it doesn't report how it is"))


class Box:
    """A box at rest, without a broker."""

    observers: ClassVar[list[Observer]] = []
    is_idle = True

    def __init__(self, tmp_path):
        self.status = Status()
        self.problems = Problems(self, [])
        self.bot_answers, self.checks = True, 0
        self.settings = SimpleNamespace(fleet=FleetSettings(healthy_for_s=5, give_up_after_s=60))
        self.folder, self.file = tmp_path / "gate", tmp_path / "run/health.json"
        self.folder.mkdir()
        self.file.parent.mkdir()

    def update(self, **changes):
        self.status = replace(self.status, **changes)

    async def check_bot(self):
        self.checks += 1
        return self.bot_answers

    def decide(self, record):
        (self.folder / "rollout.json").write_bytes(bytes(record))

    @property
    def report(self):
        return HealthReport.parse(self.file.read_bytes()) if self.file.exists() else None

    @contextlib.asynccontextmanager
    async def running(self):
        reloader: Any = SimpleNamespace(loaded=SimpleNamespace(settings=self.settings))
        health = BoxHealth(self, self.check_bot)
        report = UpgradeReport(self, reloader, health, self.file.parent, self.folder)
        task = asyncio.create_task(report.run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait([task])

    async def until(self, condition):
        for _ in range(200):
            await asyncio.sleep(1)
            if condition():
                return
        raise AssertionError(self.report)


@pytest.fixture
def box(tmp_path):
    return Box(tmp_path)


async def test_a_box_of_a_fleet_reports_how_it_is(box):
    async with box.running():
        await box.until(lambda: box.report == HealthReport(__version__, 5, 60))
        assert oct(box.file.stat().st_mode)[-3:] == "600"
        box.status = replace(box.status, problem=Problem(Fault.NO_SPEAKER, "There is no loudspeaker."))
        await box.until(lambda: box.report.problem == "no_speaker")
    assert (box.checks, box.status.upgrade) == (0, None)


async def test_in_a_trial_each_bot_is_checked_until_it_has_answered_once(box):
    box.decide(TRIAL)
    box.bot_answers = False
    async with box.running():
        await box.until(lambda: box.report and box.report.bot is False and box.checks == 1)
        box.bot_answers = True
        await box.until(lambda: box.report.bot is True)
        checks = box.checks
        await asyncio.sleep(200)
    assert box.status.upgrade is RolloutState.TRIAL
    assert box.checks == checks


async def test_without_a_fleet_there_is_no_report(box):
    async with box.running():
        await box.until(lambda: box.report)
        box.settings.fleet = None
        await box.until(lambda: box.report is None)


async def test_a_version_that_was_given_up_is_a_problem_until_the_next(box):
    box.decide(BACK)
    async with box.running():
        await box.until(lambda: box.status.upgrade is RolloutState.ROLLED_BACK)
        problem = box.status.problem
        assert problem.code == "internal"
        assert problem.text == (
            "Version 0.2.0 of the package was given up, 0.1.0 is installed again: it doesn't report how it is"
        )
        await box.until(lambda: box.report == HealthReport(__version__, 5, 60))
        box.decide(TRIAL)
        await box.until(lambda: box.status.upgrade is RolloutState.TRIAL)
    assert box.status.problem is None


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff", b"[" * 9999])
async def test_a_record_that_is_none_is_none(box, content):
    (box.folder / "rollout.json").write_bytes(content)
    async with box.running():
        await asyncio.sleep(10)
    assert (box.status.upgrade, box.status.problem) == (None, None)
