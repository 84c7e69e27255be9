import asyncio

import pytest

from callbox.audio import device_recovery
from callbox.audio.device_recovery import DeviceReopener
from callbox.rtvi.errors import DeviceError


@pytest.fixture(autouse=True)
def _soon(monkeypatch):
    monkeypatch.setattr(device_recovery, "FIRST_RETRY_S", 0.001)
    monkeypatch.setattr(device_recovery, "RETRY_PERIOD_S", 0.001)


class Part:
    def __init__(self, failures):
        self.failures = failures
        self.broken = 0
        self.tries = 0
        self.works = asyncio.Event()

    async def open(self):
        self.tries += 1
        if self.tries <= self.failures:
            raise DeviceError("not there", device="mic", type_="not-found")
        self.works.set()


async def test_a_part_is_tried_until_it_works_and_then_left_alone():
    part = Part(failures=3)
    DeviceReopener(part.open).begin()
    await asyncio.wait_for(part.works.wait(), 60)
    await asyncio.sleep(0.02)
    assert part.tries == 4


async def test_begun_twice_it_is_tried_once_at_a_time():
    part = Part(failures=0)
    recovering = DeviceReopener(part.open)
    recovering.begin()
    recovering.begin()
    await asyncio.wait_for(part.works.wait(), 60)
    await asyncio.sleep(0.02)
    assert part.tries == 1


async def test_a_part_that_is_not_wanted_any_more_is_not_opened():
    part = Part(failures=1_000_000)
    recovering = DeviceReopener(part.open)
    recovering.begin()
    while part.tries < 3:
        await asyncio.sleep(0.001)
    recovering.end()
    tries = part.tries
    await asyncio.sleep(0.02)
    assert part.tries == tries


async def test_the_same_reason_is_logged_once(caplog):
    caplog.set_level("INFO")
    part = Part(failures=5)
    DeviceReopener(part.open).begin()
    await asyncio.wait_for(part.works.wait(), 60)
    assert [record.getMessage() for record in caplog.records] == ["Still not: not there"]


async def test_another_error_than_the_devices_is_logged_once_and_tried_again(caplog):
    part = Part(failures=0)
    part.broken = 4

    async def open_():
        if part.broken:
            part.broken -= 1
            raise OSError("no lamp")
        await part.open()

    DeviceReopener(open_).begin()
    await asyncio.wait_for(part.works.wait(), 60)
    assert [record.getMessage() for record in caplog.records] == ["Opening it again failed"]


@pytest.mark.simulated_time
@pytest.mark.parametrize(
    ("backs_off", "expected_s"),
    [(True, [0.5, 1.5, 3.5, 7.5, 12.5, 17.5]), (False, [0.5, 1.5, 2.5, 3.5, 4.5, 5.5])],
)
async def test_the_pauses_double_up_to_a_limit(monkeypatch, backs_off, expected_s):
    monkeypatch.setattr(device_recovery, "FIRST_RETRY_S", 0.5)
    monkeypatch.setattr(device_recovery, "RETRY_PERIOD_S", 1.0)
    loop = asyncio.get_running_loop()
    began_s, tries_s = loop.time(), []

    async def open_():
        tries_s.append(round(loop.time() - began_s, 3))
        if len(tries_s) < len(expected_s):
            raise DeviceError("busy", device="mic", type_="in-use")

    DeviceReopener(open_, backs_off=backs_off).begin()
    await asyncio.sleep(60)
    assert tries_s == expected_s


async def test_a_part_that_is_missing_is_not_opened_until_it_is_there():
    part, missing = Part(failures=0), [True] * 3
    DeviceReopener(part.open, lambda: bool(missing and missing.pop())).begin()
    await asyncio.wait_for(part.works.wait(), 60)
    assert (part.tries, missing) == (1, [])
