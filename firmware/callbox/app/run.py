"""The box as a process: runs it, reads its settings again, warms up. What `run`, `demo` and `simulate` have in common.

As `compose`, of which it takes the plan.
"""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

from callbox.app import compose
from callbox.app.appliance import Box
from callbox.app.compose import Plan
from callbox.app.jobs import JobRunner
from callbox.app.observers import Observer
from callbox.app.persistent_state import Memory
from callbox.app.reload import ConfigReloader
from callbox.config import Loaded
from callbox.control.faults import Problem
from callbox_device.early_io import EarlyButton


async def serve(
    plan: Plan,
    load: Callable[[], Loaded],
    stop: asyncio.Event,
    *,
    problem: Problem | None = None,
    state: Path | None = None,
    light: EarlyButton | None = None,
    memory: Memory | None = None,
    observers: Sequence[Observer] = (),
    errands: JobRunner | None = None,
    begin: Callable[[Box], None] = lambda _: None,
) -> Box:
    """Be the box of `plan` until `stop`; SIGHUP calls `load` again. `state`, `problem`: as of `reload.first_plan`.

    `light`: as for `Plan.make_box`. `memory`: what was set over MQTT, of the last time. `begin` is called with the box
    before it runs. Returns the box when it has ended.
    """
    box = plan.make_box([*([memory] if memory else []), *observers], errands=errands, light=light)
    if memory:
        memory.set_percent = plan.settings.speaker.volume_percent
        volume_percent, mute = memory.read()
        can_unmute = plan.broker is not None  # by MQTT only
        box.recall(volume_percent, mute=mute and can_unmute, hard_mute=memory.hard_mute and can_unmute)
    box.on_settings(problem)
    compose.press_on_signal(box)
    begin(box)
    reloader = ConfigReloader(box, plan, load, state, memory=memory)
    warming = asyncio.create_task(asyncio.to_thread(compose.warm_up), name="warm-up")

    async def reload() -> None:
        # What is imported in a thread stops the event loop, if that asks for an import meanwhile.
        await asyncio.wait([warming])
        await reloader.run()

    renewal = asyncio.create_task(reload(), name="settings")
    try:
        await box.run(stop)
    finally:
        renewal.cancel()
        warming.cancel()
    return box
