"""Quiet hours of a whole box: volume, chimes and the status lamp, by a clock that the test sets."""

import asyncio
import logging
from datetime import UTC, datetime, time

import pytest
from tests.rig.appliance import Rig

from callbox.app.chimes import ChimeConfig
from callbox.app.quiet_hours import Clock, QuietHoursTask
from callbox.control.quiet_hours import QuietHours
from callbox.control.remote_commands import SetVolume
from callbox_device.simulated import SimulatedSpeaker

HOURS = QuietHours(time(22), time(7), max_volume_percent=30, lamp_brightness_percent=10)


class SetClock:
    """A clock that stands where it is set."""

    def __init__(self, hour, minute=0):
        self.put(hour, minute)
        self.synchronised = True
        self.clock = Clock(lambda: self._now, lambda: self.synchronised, lambda: False)

    def put(self, hour, minute=0, second=0.0):
        self._now = datetime(2026, 11, 28, hour, minute, int(second), int(second % 1 * 1e6), tzinfo=UTC)


def task(hours, clock):
    changes: list[QuietHours | None] = []
    return QuietHoursTask(hours, changes.append, clock.clock), changes


async def test_they_begin_and_end_once():
    clock = SetClock(21, 59)
    quiet, changes = task(HOURS, clock)
    for hour, minute in ((21, 59), (22, 0), (22, 1), (0, 0), (6, 59), (7, 0), (7, 1), (21, 0), (22, 0)):
        clock.put(hour, minute)
        quiet.check()
    assert changes == [HOURS, None, HOURS]


async def test_they_begin_with_the_minute():
    clock = SetClock(21, 59)
    clock.put(21, 59, 59.9)
    began = asyncio.Event()
    quiet = QuietHoursTask(HOURS, lambda hours: began.set(), clock.clock)
    running = asyncio.create_task(quiet.run())
    await asyncio.sleep(0)
    assert not began.is_set()
    clock.put(22)
    async with asyncio.timeout(60):
        await began.wait()
    running.cancel()


async def test_other_settings_apply_at_once():
    clock = SetClock(12)
    quiet, changes = task(HOURS, clock)
    running = asyncio.create_task(quiet.run())
    noon = QuietHours(time(11), time(13))
    quiet.use(noon)
    assert changes == [noon]
    quiet.use(None)
    assert changes == [noon, None]
    running.cancel()


async def test_a_clock_that_is_not_set_is_no_clock(caplog):
    caplog.set_level(logging.INFO)
    clock = SetClock(23)
    clock.synchronised = False
    quiet, changes = task(HOURS, clock)
    for _ in range(3):
        quiet.check()
    assert changes == []
    assert caplog.text.count("Quiet hours don't apply until the clock is set") == 1
    clock.synchronised = True
    quiet.check()
    clock.synchronised = False  # the kernel forgets it after some hours without the network
    quiet.check()
    assert changes == [HOURS]


@pytest.fixture
async def box():
    speaker = SimulatedSpeaker()
    speaker.volume_percent = 80
    rig = Rig("http://127.0.0.1:9/start", speaker=speaker, chimes=ChimeConfig(enabled=True))
    yield rig.box
    await rig.box.client.disconnect()


async def test_a_box_is_softer_and_darker(box):
    box._on_quiet_hours(HOURS)
    assert box.board.speaker.volume_percent == box.status.volume_percent == 30
    assert box.status.quiet_hours
    assert box.board.status_lamp.limit == 0.1
    assert box.board.microphone_lamp.limit == 1.0
    assert not box._chimes.is_on
    box._on_quiet_hours(None)
    assert box.board.speaker.volume_percent == box.status.volume_percent == 80
    assert not box.status.quiet_hours
    assert box.board.status_lamp.limit == 1.0
    assert box._chimes.is_on


async def test_no_command_is_louder_than_quiet_hours_and_its_volume_applies_after_them(box, caplog):
    caplog.set_level(logging.INFO)
    box._on_quiet_hours(HOURS)
    box.remote.execute(SetVolume(90))
    assert box.board.speaker.volume_percent == box.status.volume_percent == 30
    assert "quiet_hours.max_volume_percent allows 30 % until they end" in caplog.text
    box.remote.execute(SetVolume(20))
    assert box.status.volume_percent == 20
    box.remote.execute(SetVolume(90))
    assert (box.status.volume_percent, box.status.wanted_volume_percent) == (30, 90)
    box._on_quiet_hours(None)
    assert box.status.volume_percent == 90
