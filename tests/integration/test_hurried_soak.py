"""A few rounds of the soak with shortened timers, and that its oracle notices what it is there for."""

from dataclasses import replace

import pytest
from tests.system.soak import page, soaking
from tests.system.soak.__main__ import faults, merged, reason, soak
from tests.system.soak.hurried import hurried_life
from tests.system.soak.plan import BOT_EVENTS, BOT_OUTAGES, EVENTS, FINGERS, ORDERS, OUTAGES, hurried_rounds
from tests.system.soak.soaking import Stuck

from callbox.rtvi import TransportState

SEED, ROUNDS = 7, 3
# aiortc leaves what a bot that has gone interrupted to the collector.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")


async def test_a_box_is_never_stuck_keeps_nothing_and_does_not_lie(tmp_path):
    found = await soak(tmp_path, SEED, ROUNDS, hurried=True)
    facts = reason(found, 1.0, SEED)
    assert len(found.recovered_s) == len(found.held) == ROUNDS
    assert faults(found.happened) == facts["faults"] > 5 * ROUNDS
    both = merged([facts, facts])
    assert (both["rounds"], both["faults"]) == (2 * ROUNDS, 2 * facts["faults"])
    assert both["at_the_end"] == facts["at_the_end"]
    assert facts["calls"] >= ROUNDS
    written = page.table(both, "make soak-hurried")
    assert f"| faults | {both['faults']:,} |" in written
    assert f"| calls with a bot that was ready | {2 * facts['calls']:,} |" in written


async def test_a_status_that_is_not_so_is_a_lie(tmp_path, monkeypatch):
    async with hurried_life(tmp_path) as life:
        await life._recover()
        # No await from here on: what is compared can't change in between.
        true = life.box.status
        assert not life._lie(true)
        for status, lie in (
            (replace(true, mic_live=False), "mic_live is False, capture is True"),
            (replace(true, transport=TransportState.CONNECTING), "status says connecting, the client ready"),
            (replace(true, mute=not true.mute), "the status lamp shows another status"),
        ):
            assert life._lie(status).startswith(lie)
        retained = {"status": b"online", "state": b"{}"}
        assert life._lies(retained).startswith("the broker keeps")
        life._mic_lamp.set(0.0)
        assert life._lie(true).startswith("lamp is False, capture is True")
        with pytest.raises(Stuck, match="the microphone is open and its lamp is dark"):
            life._look("ready")
        monkeypatch.setattr(soaking, "LIE_S", -1.0)
        with pytest.raises(Stuck, match="ready: lamp is False, capture is True"):
            await life._agree("ready")


def test_every_fault_is_in_the_plan_and_ends():
    number_of = dict.fromkeys([*FINGERS, *ORDERS, *OUTAGES, *EVENTS, *BOT_OUTAGES, *BOT_EVENTS], 0)
    for round_, _ in zip(hurried_rounds(1), range(200), strict=False):
        gone: set[str] = set()
        for step in round_.steps:
            number_of[step.what] += not step.over
            if step.what in (*OUTAGES, *BOT_OUTAGES):
                assert step.over is (step.what in gone)
                gone ^= {step.what}
        assert not gone
    assert min(number_of.values()) > 20
    assert set(page.KINDS) == {*OUTAGES, *EVENTS, *BOT_OUTAGES, *BOT_EVENTS}
