import asyncio

import pytest

from callbox.audio.device_recovery import DeviceReopener
from callbox.rtvi.errors import DeviceError

pytestmark = pytest.mark.simulated_time


class Part:
    def __init__(self, *errors):
        self.errors = list(errors)
        self.opened_s = []
        """When it was tried to open it."""

    async def open(self):
        self.opened_s.append(asyncio.get_running_loop().time())
        if self.errors:
            raise self.errors.pop(0)


NOT_THERE = DeviceError("not there", device="mic", type_="not-found")


@pytest.mark.parametrize(
    ("backs_off", "expected_s"),
    [(True, [0.5, 1.5, 3.5, 7.5, 12.5, 17.5]), (False, [0.5, 1.5, 2.5, 3.5, 4.5, 5.5])],
)
async def test_it_is_tried_with_longer_pauses_up_to_a_limit_until_it_works_and_then_left_alone(backs_off, expected_s):
    part = Part(*[NOT_THERE] * 5)
    DeviceReopener(part.open, backs_off=backs_off).begin()
    await asyncio.sleep(3600)
    assert part.opened_s == expected_s


async def test_begun_twice_it_is_tried_once_at_a_time():
    part = Part(NOT_THERE)
    recovering = DeviceReopener(part.open)
    recovering.begin()
    recovering.begin()
    await asyncio.sleep(3600)
    assert part.opened_s == [0.5, 1.5]


async def test_a_part_that_is_not_wanted_any_more_is_not_opened():
    part = Part(*[NOT_THERE] * 100)
    recovering = DeviceReopener(part.open)
    recovering.begin()
    await asyncio.sleep(2)
    recovering.end()
    await asyncio.sleep(3600)
    assert part.opened_s == [0.5, 1.5]


@pytest.mark.parametrize(
    ("error", "message"), [(NOT_THERE, "Still not: not there"), (OSError("no lamp"), "Opening it again failed")]
)
async def test_the_same_reason_is_logged_once(caplog, error, message):
    caplog.set_level("INFO")
    part = Part(*[error] * 5)
    DeviceReopener(part.open).begin()
    await asyncio.sleep(3600)
    assert len(part.opened_s) == 6
    assert caplog.messages == [message]


async def test_a_part_that_is_missing_is_not_opened_until_it_is_there():
    part, missing = Part(), [True] * 3
    DeviceReopener(part.open, lambda: bool(missing and missing.pop())).begin()
    await asyncio.sleep(3600)
    assert part.opened_s == [3.5]
