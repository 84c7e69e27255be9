"""A short soak, seeded; and that a long one would tell what went wrong."""

import asyncio
from itertools import islice

import pytest
from tests.system.soak import soaking
from tests.system.soak.__main__ import reason, soak
from tests.system.soak.plan import EVENTS, FINGERS, ORDERS, OUTAGES, rounds
from tests.system.soak.soaking import Stuck
from tests.system.soak.world import Bot

SEED, ROUNDS = 20261125, 6
# aiortc leaves what a killed bot interrupted to the collector.
pytestmark = [
    pytest.mark.soak,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning"),
]


def test_the_same_seed_is_the_same_plan_and_any_round_can_be_played_alone():
    assert list(islice(rounds(7), 20)) == list(islice(rounds(7), 20))
    assert list(islice(rounds(7), 20)) != list(islice(rounds(8), 20))


def test_everything_happens_and_every_outage_ends():
    played = list(islice(rounds(1), 200))
    assert {step.what for round_ in played for step in round_.steps} == {*FINGERS, *ORDERS, *OUTAGES, *EVENTS}
    for round_ in played:
        gone: set[str] = set()
        for step in round_.steps:
            if step.what in OUTAGES:
                assert step.over is (step.what in gone)
                gone ^= {step.what}
        assert not gone


@pytest.fixture
def patient(monkeypatch):
    """As a busy machine needs it."""
    for limit in ("REST_S", "READY_S", "TRUTH_S"):
        monkeypatch.setattr(soaking, limit, 60.0)


@pytest.mark.usefixtures("patient")
async def test_a_box_lives_through_it_and_keeps_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(soaking, "KEEPS_S", 60.0)
    found = await soak(tmp_path, SEED, ROUNDS)
    facts = reason(found, 1.0, SEED)
    assert len(found.recovered_s) == ROUNDS
    assert found.presses > ROUNDS
    assert len(found.held) == ROUNDS
    assert facts["at_the_end"]["tasks"] == found.held[-1][0]


@pytest.mark.usefixtures("patient")
async def test_a_task_that_is_kept_is_reported(tmp_path, monkeypatch):
    kept = []
    look = soaking.Life._look

    def leak(self, when):
        kept.append(asyncio.create_task(asyncio.sleep(60)))
        look(self, when)

    monkeypatch.setattr(soaking.Life, "_look", leak)
    with pytest.raises(Stuck, match=r"seed 4, round 1 .* tasks, which were \d+ after the first round"):
        await soak(tmp_path, 4, 2)
    for task in kept:
        task.cancel()


async def test_a_stuck_box_is_reported_with_the_seed(tmp_path, monkeypatch):
    monkeypatch.setattr(soaking, "READY_S", 1.0)
    monkeypatch.setattr(Bot, "start", lambda self: None)  # and so no press ever finds one
    with pytest.raises(
        Stuck, match=r"seed 3, round 0 .*no bot within 1 s.*python -m tests.system.soak --seed 3 --first 0"
    ):
        await soak(tmp_path, 3, 1)
