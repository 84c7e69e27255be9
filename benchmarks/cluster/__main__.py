"""Simulated boxes on three nodes of RabbitMQ: ``python -m benchmarks.cluster [--boxes N] [--event-boxes N] [--write]``.

Steady, beside one Mosquitto; then a node is killed, frozen, cut off and shut down, while a table at each node is
compared with which boxes live, and commands are counted. `--events NAME ...`: only those. `--write` writes
docs/benchmarks/cluster.md and its picture, and the arithmetic in docs/fleet.md. Half an hour; needs root.
"""

import argparse
import asyncio
import functools
import logging
import os
import sys
import tempfile
from pathlib import Path

from tests.system.interop.brokers.brokers import fetch

from benchmarks.cluster import network, page
from benchmarks.cluster.runs import (
    EVENTS,
    Bench,
    events,
    mosquitto,
    mosquitto_storm,
    node_pids,
    simulator,
    steady,
)
from benchmarks.fleet.runs import Simulator


def note(text: object) -> None:
    """For who waits."""
    print(text, file=sys.stderr, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.cluster")
    parser.add_argument(
        "--boxes", type=int, default=2000, metavar="N", help="at their ease (default: 2000); 0: not run"
    )
    parser.add_argument("--event-boxes", type=int, default=500, metavar="N", help="while a node goes; 0: not run")
    names = [event.name.split()[0].strip(",") for event in EVENTS]
    parser.add_argument("--events", nargs="+", choices=names, default=names, help="which (default: all)")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks/cluster.md and docs/fleet.md")
    options = parser.parse_args()
    if options.write and options.events != names:
        parser.error("--write takes all events")
    chosen = [event for event, name in zip(EVENTS, names, strict=True) if name in options.events]
    fetch()
    logging.getLogger("callbox").setLevel(logging.ERROR)  # connections that end are what is measured
    with tempfile.TemporaryDirectory() as name, network.running(Path(name)) as (made, balancer, haproxy):
        folder = Path(name)
        password_file = folder / "password"
        password_file.write_text(network.PASSWORD)

        def start(port: int, number: int, first: int = 0) -> Simulator:
            return simulator(port, made.ca_file, password_file, number, first)

        if options.boxes:
            load = os.getloadavg()[0]
            with mosquitto(folder, made) as broker:
                pids = {"Mosquitto": [broker.pid]}
                alive = [steady("Mosquitto", pids, lambda: start(broker.port, options.boxes), options.boxes)]
            pids = node_pids(made) | {"HAProxy": haproxy}
            alive.append(steady("RabbitMQ", pids, lambda: start(balancer, options.boxes), options.boxes))
            note(alive)
            page.write_steady(alive, load, to_docs=options.write)
        if options.event_boxes:
            load = os.getloadavg()[0]
            with mosquitto(folder, made) as broker:
                anchor = mosquitto_storm(broker, lambda: start(broker.port, options.event_boxes), options.event_boxes)
            bench = Bench(made, functools.partial(start, balancer), balancer, options.event_boxes)
            seen = asyncio.run(events(bench, chosen, note))
            page.write_events(anchor, seen, load, to_docs=options.write)


if __name__ == "__main__":
    main()
