"""``callbox watch``: all boxes on a broker."""

import argparse
import asyncio
import importlib.util
import json
import logging
import os
import sys
from typing import TYPE_CHECKING

from callbox.cli.common import (
    EX_IOERR,
    EX_OK,
    EX_UNAVAILABLE,
    EX_USAGE,
    PORT,
    add_config,
    reads_settings,
    stop_on_signals,
)
from callbox.fleet import broker_options
from callbox.system.extras import install_command

if TYPE_CHECKING:
    from callbox.cli.common import Commands
    from callbox.fleet.broker_options import BrokerTarget

EX_UNWELL = 1
"""Some box has an alert, or is not there; or there is none."""


def add(commands: "Commands") -> None:
    """The command's place in the parser."""
    watch = commands.add_parser(
        "watch",
        help="list all boxes on a broker, with their state and problems",
        epilog="Exit codes: 0 stopped, with --once: every box is online and has no alert; 1 with --once: some box is "
        "not online or has an alert, none was heard, or the broker hands out nothing that is retained; 64 wrong "
        "command line; 69 with --once: no broker, with --metrics: not at this address, or no prometheus_client (extra "
        "metrics); 78 wrong settings. Without a terminal, or without rich (extra demo), it prints a line for each "
        "change.",
    )
    add_config(watch)
    broker_options.add_options(watch, PORT)
    ways = watch.add_mutually_exclusive_group()
    ways.add_argument(
        "--once", action="store_true", help="listen for 2 s, with --ask for 7 s, print the table, and end"
    )
    ways.add_argument(
        "--metrics",
        type=_address,
        metavar="[ADDRESS:]PORT",
        help="serve metrics for Prometheus there; see deploy/grafana (default address: 127.0.0.1)",
    )
    watch.add_argument(
        "--shard",
        type=_shard_name,
        metavar="NAME",
        help="with --metrics: share the boxes with all exporters that have a NAME, each its own; see docs/fleet.md",
    )
    watch.add_argument(
        "--ask",
        action="store_true",
        help="make all boxes report by Home Assistant's birth message, for a broker that hands out nothing that is "
        "retained, as RabbitMQ; see docs/fleet.md",
    )
    watch.add_argument(
        "--json", action="store_true", help="one JSON object a line: at each change, or --once for each box"
    )
    watch.set_defaults(command=_watch)


def _address(text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    if not port.isascii() or not port.isdigit() or not 0 <= int(port) < 65536 or (colon and not host):
        raise argparse.ArgumentTypeError(f"{text}: a port, or an address and a port: 9883, 0.0.0.0:9883, [::1]:9883")
    return host.strip("[]") or "127.0.0.1", int(port)


def _shard_name(text: str) -> str:
    from callbox.fleet.monitor.model.shard import NAMES

    if not NAMES.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text}: 1 to 32 of a-z, 0-9, -: watch-1")
    return text


@reads_settings
def _watch(options: argparse.Namespace) -> int:
    from callbox.mqtt.paho_client import BrokerError

    logging.getLogger("callbox.mqtt.reconnect").setLevel(logging.ERROR)  # the subscriber says it better
    if options.shard and not options.metrics:
        print("callbox watch: --shard needs --metrics", file=sys.stderr)
        return EX_USAGE
    try:
        place = broker_options.broker_target(options)._replace(ask=options.ask)
        if options.metrics:
            host, port = options.metrics
            return _metrics(place, host, port, options.shard)
        if options.once:
            return _once(place, as_json=options.json)
        asyncio.run(_live(place, as_json=options.json))
    except broker_options.BrokerTargetError as error:
        print(f"callbox watch: {error}", file=sys.stderr)
        return EX_USAGE
    except BrokenPipeError:  # who read us has gone
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EX_IOERR
    except BrokerError as error:
        print(f"callbox watch: {error}", file=sys.stderr)
        return EX_UNAVAILABLE
    return EX_OK


def _once(place: "BrokerTarget", *, as_json: bool) -> int:
    from callbox.fleet.monitor import watch as monitor_watch
    from callbox.fleet.monitor.model import render

    rows, complete = asyncio.run(monitor_watch.snapshot(place))
    if as_json:
        for row in rows:
            print(json.dumps(row.as_json()))
    elif rows:
        print(render.table(rows, monitor_watch.utc_now()), render.count(rows), sep="\n")
    if not rows:
        print(f"No box has told anything below {place.prefix}/ at {place.broker.address}.", file=sys.stderr)
    if not complete:
        print(
            "The broker has handed out nothing that is retained. If it is RabbitMQ, boxes are missing: --ask makes all "
            "report.",
            file=sys.stderr,
        )
    return EX_OK if rows and complete and all(row.well for row in rows) else EX_UNWELL


def _metrics(place: "BrokerTarget", host: str, port: int, shard: str | None) -> int:
    if not importlib.util.find_spec("prometheus_client"):
        print(f"callbox watch: --metrics needs prometheus_client: {install_command('metrics')}", file=sys.stderr)
        return EX_UNAVAILABLE
    from callbox.fleet.monitor.exporter import ListenAddress, serve

    def note(text: str) -> None:
        print(text, file=sys.stderr, flush=True)

    async def until_stopped() -> None:
        await serve(place, ListenAddress(host, port), stop_on_signals(), note, shard)

    try:
        asyncio.run(until_stopped())
    except OSError as error:
        print(f"callbox watch: --metrics {host}:{port}: {error.strerror or error}", file=sys.stderr)
        return EX_UNAVAILABLE
    return EX_OK


async def _live(place: "BrokerTarget", *, as_json: bool) -> None:
    from callbox.fleet.monitor import watch as monitor_watch

    stop = stop_on_signals()
    if not as_json and sys.stdout.isatty():
        if importlib.util.find_spec("rich"):
            await monitor_watch.live_table(place, stop)
            return
        text = f"The table needs rich: {install_command('rich')}. Without it, a line for each change:"
        print(text, file=sys.stderr)
    await monitor_watch.print_changes(place, stop, as_json=as_json)
