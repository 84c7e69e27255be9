"""Our side of the comparison, live; theirs as it was recorded (`make conformance` records it again)."""

import asyncio

import pytest
from tests.rig.faulty_bot import MoodyBot
from tests.system.interop import recording, scenarios
from tests.system.interop.comparison import REASONS, compare, row_for
from tests.system.interop.conformance import play
from tests.system.interop.players import PythonPlayer

RECORDED = recording.load()
NAMES = [scenarios.name(scenario) for scenario in scenarios.ALL]


def differences():
    for name, traces in RECORDED["traces"].items():
        for line in compare(name, traces["theirs"], traces["ours"]):
            if line.differs:
                yield name, "theirs" if line.theirs else "ours", line


@pytest.fixture(scope="module")
def live(pipecat):
    """The traces of all scenarios, played a few at a time."""

    async def play_all():
        gate = asyncio.Semaphore(6)

        async def one(scenario):
            async with gate, MoodyBot() as moody:
                return await play(scenario, PythonPlayer(), scenarios.Servers(pipecat, moody))

        return await asyncio.gather(*(one(scenario) for scenario in scenarios.ALL))

    return dict(zip(NAMES, asyncio.run(play_all()), strict=True))


@pytest.mark.parametrize("name", NAMES)
def test_we_do_what_the_page_says(live, name):
    assert live[name] == RECORDED["traces"][name]["ours"]


def test_every_difference_has_a_reason():
    assert [(name, line) for name, _, line in differences() if not line.reason] == []


def test_every_reason_is_needed():
    used = {row_for(name, side, line.theirs or line.ours) for name, side, line in differences()}
    assert used == set(range(len(REASONS)))


def test_the_page_is_made_of_the_recording():
    assert recording.PAGE.read_text() == recording.page(RECORDED)
