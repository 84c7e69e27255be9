"""Power cuts while a fleet's settings are taken over: the virtual Pi boots with one whole version, and talks.

The folder with the settings is on this machine's disk, and what the guest has not synced is lost with its memory.
`CUTS=50 make test-vpi TESTS=tests/system/hardware/test_power_cuts.py`: so many cuts; `SEED=N`: at the same moments.
"""

import collections
import json
import os
import random
import sys
import time

import pytest
from tests.system.hardware.fleet_updates import volume_of
from tests.system.hardware.vpi.boot import Guest, Running

CUTS = int(os.environ.get("CUTS", "3"))
SEED = int(os.environ.get("SEED", "25"))
MOMENTS = (("published", 8.0), ("trial", 2.0), ("accepted", 2.0))
"""The power is cut up to so many seconds after one of these events."""

pytestmark = [pytest.mark.vpi_host, pytest.mark.timeout(120 + 240 * CUTS)]


class Boot:
    """One boot of the Pi, until the power is cut."""

    def __init__(self, kept):
        guest = Guest(writable=(kept,))
        self._running = Running([sys.executable, "-m", "tests.system.hardware.fleet_updates", str(kept)], guest)

    @property
    def events(self):
        lines = self._running.read("stdout").decode().splitlines(keepends=True)
        return [json.loads(line) for line in lines if line.endswith("\n")]

    def until(self, event):
        """All events, once one of this name has come."""
        came = self._running.until(f'"event": "{event}"', 300)
        texts = (self._running.read(name).decode(errors="replace")[-5000:] for name in ("stdout", "stderr", "console"))
        assert came, "\n".join(texts)
        return self.events

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._running.__exit__()  # the power is cut


def test_the_pi_boots_and_talks_after_each_cut(tmp_path):
    chance = random.Random(SEED)
    kept = tmp_path / "fleet"
    kept.mkdir()
    published = accepted = 0
    found: collections.Counter[str] = collections.Counter()
    for cut in range(CUTS + 1):
        with Boot(kept) as boot:
            [state, *_] = boot.until("call")
            version = state["version"]
            assert accepted <= version <= published or state["rollout"] == "rolled back", state
            assert state["volume"] == volume_of(version), state
            if cut == CUTS:
                break
            event, within_s = chance.choice(MOMENTS)
            boot.until(event)
            time.sleep(chance.uniform(0, within_s))
            events = boot.events
        last = {event["event"]: event["version"] for event in events if event["event"] != "call"}
        found[events[-1]["event"]] += 1
        published, accepted = max(published, last.get("published", 0)), max(accepted, last.get("accepted", 0))
        print(f"cut {cut + 1}: booted with version {version}, {state['rollout']}; cut after {events[-1]}", flush=True)
    print(f"{CUTS} cuts, {CUTS} boots with a whole version and a call; the last event before the cut: {dict(found)}")
