"""``callbox simulate``: a box that is not there, in a page of the browser; or many, on a broker that is."""

import argparse
import asyncio
import json
import logging
import sys
import tempfile
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

from callbox.cli.common import (
    EX_OK,
    EX_UNAVAILABLE,
    EX_USAGE,
    PORT,
    add_config,
    number,
    reads_settings,
    stop_on_signals,
)
from callbox.fleet import broker_options

if TYPE_CHECKING:
    from callbox.cli.common import Commands
    from callbox.fleet.broker_options import BrokerTarget
    from callbox.fleet.sim.context import SimulationCounts
    from callbox.fleet.sim.runner import SimulationPlan

STARTS_PER_S = 200.0
POSITIVE = number(0.001, kind=float)
"""Of a time in s, or of how many times faster."""
MAX_FIRST = 999_999_999
"""The first box's number: `device.id` has at most 32 characters."""


def add(commands: "Commands") -> None:
    """The command's place in the parser."""
    simulate = commands.add_parser(
        "simulate",
        help="show a box of these settings in a page of the browser; --fleet: simulate many boxes on a broker",
        epilog="Without --fleet the settings' bot and broker are real, and button, lamps and sound are in the page. "
        "With it, each box is called sim-NUMBER, tells by the code that a real box tells by, and comes back after an "
        "outage as one. SIGINT and SIGTERM end it; all say goodbye. Exit codes: 0, 64 wrong command line, 69 no box "
        "was ever connected, 78 wrong settings.",
    )
    add_config(simulate)
    broker_options.add_options(simulate, PORT)
    simulate.add_argument("--fleet", type=number(1, 1_000_000), metavar="N", help="simulate N boxes on the broker")
    simulate.add_argument(
        "--first", type=number(0, MAX_FIRST), default=0, metavar="NUMBER", help="the first one's number (default: 0)"
    )
    simulate.add_argument("--rate", type=POSITIVE, default=1.0, help="run the boxes so many times faster (default: 1)")
    simulate.add_argument("--seconds", type=POSITIVE, help="end after this time (default: never)")
    simulate.add_argument("--seed", type=number(0), default=1, help="seed of the boxes' behaviour (default: 1)")
    simulate.add_argument(
        "--spread",
        type=number(0, kind=float),
        metavar="SECONDS",
        help="switch them on within this time (default: N/200)",
    )
    simulate.add_argument(
        "--retry", type=POSITIVE, metavar="SECONDS", help="as mqtt.retry_s (default: the settings', with --host 1)"
    )
    simulate.add_argument("--no-jitter", action="store_true", help="reconnect without jitter, to see its effect")
    simulate.add_argument("--forget", action="store_true", help="remove retained state, info and health at the end")
    simulate.add_argument("--every", type=POSITIVE, default=1.0, metavar="SECONDS", help="print counts (default: 1)")
    simulate.add_argument("--json", action="store_true", help="counts as one JSON object a line")
    simulate.set_defaults(command=_simulate)


@reads_settings
def _simulate(options: argparse.Namespace) -> int:
    return _one(options) if options.fleet is None else _many(options)


def _one(options: argparse.Namespace) -> int:
    from callbox.demo import browser_demo

    async def work() -> None:
        with tempfile.TemporaryDirectory(prefix="callbox-simulate-") as folder:
            await browser_demo.run_panel(options.config, options.set, Path(folder), stop_on_signals())

    asyncio.run(work())
    return EX_OK


def _many(options: argparse.Namespace) -> int:
    from callbox.fleet.sim.runner import FileLimitError, SimulationPlan
    from callbox.mqtt.paho_client import BrokerError

    logging.getLogger("callbox.mqtt.reconnect").setLevel(logging.ERROR)  # the counts say it better
    spread_s = options.spread if options.spread is not None else options.fleet / STARTS_PER_S
    plan = SimulationPlan(
        options.fleet, options.rate, options.seed, spread_s, not options.no_jitter, options.forget, options.first
    )
    try:
        place = broker_options.broker_target(options)
        broker = replace(place.broker, retry_s=options.retry or place.broker.retry_s)
        counts = asyncio.run(_until_stopped(plan, place._replace(broker=broker), options))
    except (broker_options.BrokerTargetError, FileLimitError, BrokerError) as error:
        print(f"callbox simulate: {error}", file=sys.stderr)
        return EX_USAGE
    if not counts.connects:
        print("callbox simulate: no box was ever connected", file=sys.stderr)
        return EX_UNAVAILABLE
    return EX_OK


async def _until_stopped(
    plan: "SimulationPlan", place: "BrokerTarget", options: argparse.Namespace
) -> "SimulationCounts":
    from callbox.fleet.sim.runner import simulate

    stop = stop_on_signals()
    if options.seconds:
        asyncio.get_running_loop().call_later(options.seconds, stop.set)
    began_s, before = time.monotonic(), [0]

    def tell(counts: "SimulationCounts") -> None:
        at_s = time.monotonic() - began_s
        if options.json:
            print(json.dumps({"at_s": round(at_s, 3), **asdict(counts)}), flush=True)
            return
        rate = (counts.published - before[0]) / options.every
        before[0] = counts.published
        print(
            f"{at_s:6.1f} s: {counts.connected} of {plan.boxes} connected, {counts.sessions} in a call, "
            f"{counts.published} messages ({rate:.0f}/s), {counts.received} received, {counts.failures} failures",
            flush=True,
        )

    return await simulate(plan, place.broker, place.prefix, stop, tell, options.every)
