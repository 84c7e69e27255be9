"""A small part of ``make fuzz``: hostile inputs for each entry point, and that a defect is found."""

import contextlib
import logging

import pytest
from tests.fuzz.__main__ import Defect, fuzz, page
from tests.fuzz.box import InProcessBox
from tests.fuzz.entry_points import ENTRY_POINTS

from callbox.app.call import CallControl


@pytest.mark.parametrize("name", ENTRY_POINTS)
async def test_hostile_inputs_have_no_wrong_outcome(name):
    entry_point, _ = ENTRY_POINTS[name]
    outcome = await fuzz(name, entry_point, 60, "20261128")
    assert outcome.inputs == 60


def test_a_whole_run_has_a_million_inputs():
    assert sum(count for _, count in ENTRY_POINTS.values()) == 1_000_000


@pytest.mark.parametrize("message", ["boom", "boom\n"])
async def test_an_exception_and_a_logged_one_are_defects(message):
    @contextlib.asynccontextmanager
    async def raising(inputs):
        async def feed():
            try:
                raise RuntimeError(message)
            except RuntimeError:
                if message == "boom":
                    raise
                logging.getLogger("callbox.test").exception("failed")

        yield feed

    with pytest.raises(Defect, match=r"x: input 0 of seed 7: .*boom"):
        await fuzz("x", raising, 3, "7")


async def test_a_press_that_reaches_no_bot_is_a_defect(monkeypatch):
    monkeypatch.setattr("tests.fuzz.box.STUCK_S", 0.05)
    async with InProcessBox() as box:
        monkeypatch.setattr(CallControl, "_start", lambda self, work: work.close())
        with pytest.raises(AssertionError, match="not ready after a press"):
            await box.press()


async def test_the_table_has_a_row_for_each_entry_point():
    outcomes = [await fuzz(name, point, 1, "1") for name, (point, _) in list(ENTRY_POINTS.items())[:3]]
    assert page(outcomes, "1").count("\n| bot:") == 3
