"""Context that all simulated boxes share."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any

from callbox import __version__
from callbox.control.bot_choice import ONLY_BOT
from callbox.mqtt.model.commands import NAMES
from callbox.mqtt.paho_client import Broker


@dataclass(slots=True)
class SimulationCounts:
    """Counts of what all boxes did so far."""

    connected: int = 0
    """Now."""
    subscribed: int = 0
    """Now, of those that are connected: the broker has confirmed the subscriptions."""
    connects: int = 0
    failures: int = 0
    """Attempts that failed, and connections that broke."""
    published: int = 0
    received: int = 0
    dropped: int = 0
    """Events that could not be published."""
    sessions: int = 0
    """Now."""
    executed: int = 0
    """Commands that a box carried out or denied."""


@dataclass(frozen=True, slots=True)
class SimulationContext:
    """Context of all boxes. `rate`: so many times faster do they live; networks and back-off keep their times."""

    broker: Broker
    prefix: str
    executor: Executor
    counts: SimulationCounts
    ended: Callable[["asyncio.Task[None]"], None]
    """Told of each task that is over: one that isn't cancelled has a defect."""
    rate: float = 1.0
    draw: Callable[[float, float], float] | None = None
    """In place of the product's jitter."""


def simulated_info(number: int) -> dict[str, Any]:
    """Payload of `info` of a simulated box."""
    return {
        "name": f"Simulated {number}",
        "version": __version__,
        "python": "3.13.5",
        "os": "Debian GNU/Linux 13 (trixie)",
        "model": "Simulated",
        "rtvi": "2.2.0",
        "settings": "000000000000",
        "commands": list(NAMES),
        "bots": [ONLY_BOT],
        "buttons": [],
    }
