"""`callbox` with shortened timers, as a process: ``python -m tests.rig.hurried COMMAND …`` is ``python -m callbox COMMAND …``.

What is shortened are numbers only: how long is waited, and how often is looked. What is decided by them stays.
"""

import asyncio
import os
import sys
from importlib import import_module

from tests.rig.service import ENV, ROOT

from callbox.cli import main

FLEET_SPEED = 10
"""How many times as fast the clock of a fleet's settings runs: `fleet.healthy_for_s` and its like have lower limits."""
SHORTENED = {
    "run": (
        ("callbox.app.fleet_settings", "clock_s", lambda: FLEET_SPEED * asyncio.get_running_loop().time()),
        ("callbox.app.fleet_settings", "TICK_S", 5.0 / FLEET_SPEED),
        ("callbox.app.fleet_settings", "SHORT_TICK_S", 1.0 / FLEET_SPEED),
        ("callbox.app.fleet_settings", "DISK_PAUSE_S", 10.0 / FLEET_SPEED),
    ),
    "watch": (
        # 2.5 s without a heartbeat: a busy machine stops none of several processes for so long, and lets its others go on.
        ("callbox.fleet.monitor.member", "HEARTBEAT_S", 0.5),
        ("callbox.fleet.monitor.exporter", "SETTLE_S", 0.25),
    ),
}
"""Of each command: module, name, and what it is here."""
HURRIED = [sys.executable, "-m", "tests.rig.hurried"]
"""In the place of `tests.rig.service.CALLBOX`."""
HURRIED_ENV = {**ENV, "PYTHONPATH": os.pathsep.join((ENV["PYTHONPATH"], str(ROOT)))}


def shorten(command: str) -> None:
    """The timers of `command`, in this process."""
    for module, name, value in SHORTENED[command]:
        loaded = import_module(module)
        assert hasattr(loaded, name), f"{module} has no {name}: correct {__file__}"
        setattr(loaded, name, value)


if __name__ == "__main__":
    shorten(sys.argv[1])
    sys.exit(main())
