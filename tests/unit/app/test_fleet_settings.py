"""When a box looks for settings of its fleet. What becomes of them: tests/integration/test_fleet_settings.py."""

import asyncio
import logging
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from callbox.app.fleet_settings import FleetParts, FleetSettingsTask
from callbox.app.rollout_store import RolloutStore
from callbox.config.schema import FleetSettings
from callbox.control.rollout import RolloutState
from callbox.control.status import Status

pytestmark = pytest.mark.simulated_time


class Broker:
    """A connection on which a message without a signature came."""

    is_connected, signed_settings = True, b"unsigned"

    def on_info(self, info):
        """Nothing is kept."""


class Box:
    """A box at rest with a connection to a broker."""

    is_idle, is_reconfiguring = True, False

    def __init__(self):
        self.status, self.observers = Status(), [Broker()]
        self.problems = SimpleNamespace(standing=None, set_rollout=lambda problem: None)

    def update(self, **changes):
        self.status = replace(self.status, **changes)


async def test_none_are_taken_over_while_a_version_of_the_package_is_on_trial(tmp_path, caplog):
    caplog.set_level(logging.WARNING)
    settings = SimpleNamespace(
        fleet=FleetSettings(public_key=str(tmp_path / "key"), topic="settings"), device=SimpleNamespace(id="box")
    )
    reloader: Any = SimpleNamespace(loaded=SimpleNamespace(settings=settings))
    no_check: Any = None
    parts = FleetParts(RolloutStore(tmp_path), no_check, lambda: 0, no_check)
    box: Any = Box()
    box.update(upgrade=RolloutState.TRIAL)
    health: Any = SimpleNamespace(stop=lambda: None)
    task = asyncio.create_task(FleetSettingsTask(box, reloader, parts, health).run())
    await asyncio.sleep(100)
    assert "fleet.topic" not in caplog.text
    box.update(upgrade=RolloutState.ACCEPTED)
    await asyncio.sleep(60)
    assert "fleet.topic" in caplog.text
    task.cancel()
    await asyncio.wait([task])
