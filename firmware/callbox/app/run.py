"""The box as a process: runs it, reads its settings again, warms up. What `run`, `demo` and `simulate` have in common.

As `compose`, of which it takes the composition.
"""

import asyncio
import gc
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

from callbox.app import compose
from callbox.app.alarm_store import AlarmStore
from callbox.app.appliance import Appliance
from callbox.app.board_watch import BoardWatch
from callbox.app.box_health import BoxHealth
from callbox.app.call_limiter import CallLimiter, DailyUsage
from callbox.app.compose import Composition
from callbox.app.fleet_settings import FleetParts, FleetSettingsTask
from callbox.app.jobs import JobRunner
from callbox.app.observers import Observer
from callbox.app.persistent_state import PersistentState
from callbox.app.reload import ConfigReloader
from callbox.app.ring_store import RingStore
from callbox.app.upgrade_report import UpgradeReport
from callbox.config import Loaded
from callbox.control.faults import Problem
from callbox.system.daemon_executor import in_daemon_thread
from callbox.system.supervise import supervise
from callbox_device.early_io import EarlyButton


async def run_until(
    composition: Composition,
    load: Callable[[], Loaded],
    stop: asyncio.Event,
    reload: asyncio.Event,
    *,
    problem: Problem | None = None,
    state: Path | None = None,
    early_button: EarlyButton | None = None,
    saved: PersistentState | None = None,
    observers: Sequence[Observer] = (),
    jobs: JobRunner | None = None,
    begin: Callable[[Appliance], None] = lambda _: None,
    fleet: FleetParts | None = None,
    runtime: Path | None = None,
) -> Appliance:
    """Run the appliance of `composition` until `stop`; `reload`, set again and again, calls `load`.

    `state`, `problem`: as of `reload.load_initial`. `early_button`: as for `Composition.make_appliance`. `saved`: what
    was set over MQTT, of the last time. `begin` is called with the appliance before it runs. `fleet`: for settings that
    the box fetches; None: it fetches none. `runtime`: with `fleet`, the folder for reports to the gate of package
    upgrades; None: there is no package. Returns the appliance when it has ended.
    """
    limiter = CallLimiter(composition.call_limits, DailyUsage(state))
    watching: list[Observer] = [*([saved] if saved else []), limiter, *observers]
    ring_store, alarm_store = await _open_stores(state, stop)
    box = composition.make_appliance(
        watching, jobs=jobs, early_button=early_button, ring_store=ring_store, alarm_store=alarm_store
    )
    if saved:
        saved.set_percent = composition.settings.speaker.volume_percent
        saved.first_bot = next(iter(composition.connections))
        volume_percent, mute = saved.read()
        can_unmute = composition.broker is not None  # by MQTT only
        box.restore(volume_percent, mute=mute and can_unmute, hard_mute=saved.hard_mute and can_unmute, bot=saved.bot)
    box.problems.set_settings(problem)
    compose.press_on_signal(box)
    begin(box)
    reloader = ConfigReloader(box, composition, load, reload, state, saved, limiter)
    warming = asyncio.create_task(_warm_up(), name="warm-up")

    async def renew() -> None:
        # What is imported in a thread stops the event loop, if that asks for an import meanwhile.
        await asyncio.wait([warming])
        await reloader.run()

    renewal = asyncio.create_task(renew(), name="settings")
    tasks = [warming, renewal]
    if fleet:
        health = BoxHealth(box, fleet.check_bot)
        beside: dict[str, Callable[[], Coroutine[Any, Any, None]]] = {
            "fleet settings": lambda: FleetSettingsTask(box, reloader, fleet, health).run()
        }
        if runtime:
            beside["upgrade report"] = lambda: UpgradeReport(box, reloader, health, runtime).run()
        tasks += [asyncio.create_task(_after(warming, name, work), name=name) for name, work in beside.items()]
    tasks.append(asyncio.create_task(BoardWatch(box, lambda: reloader.loaded, load).run(), name="boards"))
    try:
        await box.run(stop)
    finally:
        for task in tasks:
            task.cancel()
    return box


async def _after(warming: asyncio.Task[None], name: str, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    await asyncio.wait([warming])
    await supervise(name, work)


async def _open_stores(folder: Path | None, stop: asyncio.Event) -> tuple[RingStore, AlarmStore]:
    """The stores in `folder`; such without a file if `stop` is set before: SQLite waits for another process's lock."""
    opening = asyncio.gather(
        in_daemon_thread(lambda: RingStore(folder), "ring store"),
        in_daemon_thread(lambda: AlarmStore(folder), "alarm store"),
    )
    stopping = asyncio.create_task(stop.wait())
    waiting: list[asyncio.Future[Any]] = [opening, stopping]
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if opening.done():
        return opening.result()
    opening.cancel()
    return RingStore(None), AlarmStore(None)


async def _warm_up() -> None:
    """Import what the first call needs; what has been imported is no garbage and isn't looked through for it again.

    A collection of all of it takes a tenth of a second here, and would stop a call for half a second on a Zero 2 W.
    """
    try:
        await asyncio.to_thread(compose.preimport)
    finally:
        gc.freeze()
        gc.enable()
