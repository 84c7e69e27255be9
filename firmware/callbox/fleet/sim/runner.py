"""Many simulated boxes in one process and one thread."""

import asyncio
import resource
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from callbox.fleet.sim.context import SimulationContext, SimulationCounts
from callbox.fleet.sim.simulated_box import SimulatedBox
from callbox.mqtt.paho_client import Broker

MAX_CONNECTING = 64
"""Connections that are being opened at a time."""
SPARE_FILES = 64
TICK_S = 1.0


class FileLimitError(Exception):
    """Error: the system doesn't let this process have a socket for each box. A sentence for the operator."""


@dataclass(frozen=True, slots=True)
class SimulationPlan:
    """Plan of a simulation."""

    boxes: int
    rate: float = 1.0
    seed: int = 1
    spread_s: float = 10.0
    """The boxes are switched on within this time, evenly."""
    jitter: bool = True
    """False: each waits exactly the longest pause that the product might, for comparison."""
    forget: bool = False
    """Leave nothing retained at the end."""
    first: int = 0
    """Number of the first box: several processes can share a fleet."""


def raise_file_limit(boxes: int) -> None:
    """Raise the limit of open files, if it is too low for `boxes`. Raises `FileLimitError`."""
    needed = boxes + MAX_CONNECTING + SPARE_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < needed:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (needed, max(hard, needed) if hard >= 0 else hard))
        except (OSError, ValueError):
            text = f"{boxes} boxes need {needed} open files, and this process may have {hard}; see `ulimit -Hn`"
            raise FileLimitError(text) from None


async def simulate(
    plan: SimulationPlan,
    broker: Broker,
    prefix: str,
    stop: asyncio.Event,
    report: Callable[[SimulationCounts], None],
    every_s: float = 1.0,
) -> SimulationCounts:
    """Run the boxes of `plan` until `stop`; then they publish `offline`.

    `report` gets the counts every `every_s` seconds.
    """
    raise_file_limit(plan.boxes)
    counts = SimulationCounts()
    defects: list[BaseException] = []

    def ended(task: "asyncio.Task[None]") -> None:
        if not task.cancelled() and (defect := task.exception()):
            defects.append(defect)
            stop.set()

    with ThreadPoolExecutor(MAX_CONNECTING, "connect") as executor:
        context = SimulationContext(broker, prefix, executor, counts, ended, plan.rate, None if plan.jitter else max)
        boxes = [SimulatedBox(context, plan.first + number, plan.seed) for number in range(plan.boxes)]
        step_s = plan.spread_s / plan.boxes
        runs = [asyncio.create_task(one.run(number * step_s)) for number, one in enumerate(boxes)]
        ticking = asyncio.create_task(_tick(boxes))
        for task in (*runs, ticking):
            task.add_done_callback(ended)
        try:
            await _report_counts(counts, report, every_s, stop)
            if plan.forget:
                for box in boxes:
                    box.forget()
        finally:
            ticking.cancel()
            for run in runs:
                run.cancel()
            await asyncio.wait([*runs, ticking])
    if defects:
        raise defects[0]
    return counts


async def _report_counts(
    counts: SimulationCounts, report: Callable[[SimulationCounts], None], every_s: float, stop: asyncio.Event
) -> None:
    loop = asyncio.get_running_loop()
    next_s = loop.time()
    while not stop.is_set():
        next_s += every_s
        try:
            async with asyncio.timeout_at(next_s):
                await stop.wait()
        except TimeoutError:
            report(replace(counts))


async def _tick(boxes: list[SimulatedBox]) -> None:
    while True:
        await asyncio.sleep(TICK_S)
        for box in boxes:
            box.tick()
