"""`callbox` with shortened timers, for processes that are forked (`tests.rig.forked`).

What is shortened are numbers only: how long is waited, and how often is looked. What is decided by them stays.
"""

import asyncio
from importlib import import_module

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


def hurried(arguments: list[str]) -> int:
    """`callbox` with `arguments`. The timers of this process stay shortened."""
    for module, name, value in SHORTENED[arguments[0]]:
        loaded = import_module(module)
        assert hasattr(loaded, name), f"{module} has no {name}: correct {__file__}"
        setattr(loaded, name, value)
    return main(arguments)
