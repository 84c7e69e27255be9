"""``callbox watch``: all boxes on a broker."""

import argparse
import asyncio
import importlib.util
import json
import logging
import os
import sys
from typing import TYPE_CHECKING

from callbox.commands import EX_CONFIG, EX_IOERR, EX_OK, EX_UNAVAILABLE, EX_USAGE, add_config, stop_on_signals
from callbox.fleet import options as broker_options

if TYPE_CHECKING:
    from callbox.commands import Commands
    from callbox.fleet.options import Place

EX_UNWELL = 1
"""Some box has an alert, or is not there; or there is none."""


def add(commands: "Commands") -> None:
    """The command's place in the parser."""
    watch = commands.add_parser(
        "watch",
        help="show all boxes on a broker: who is there, what they do, what is wrong",
        epilog="Exit codes: 0 stopped, with --once: every box is online and has no alert; 1 with --once: some box is "
        "not online or has an alert, or none was heard; 64 wrong command line; 69 with --once: no broker; 78 wrong "
        "settings. "
        "Without a terminal, or without rich (callbox[demo]), it prints a line for each change.",
    )
    add_config(watch)
    broker_options.add(watch)
    watch.add_argument("--once", action="store_true", help="listen for 2 s, print the table, and end")
    watch.add_argument(
        "--json", action="store_true", help="one JSON object a line: at each change, or --once for each box"
    )
    watch.set_defaults(command=_watch)


def _watch(options: argparse.Namespace) -> int:
    from callbox.report.broker import BrokerError
    from callbox.settings import SettingsError

    logging.getLogger("callbox.service.supervise").setLevel(logging.ERROR)  # the ear says it better
    try:
        place = broker_options.place(options)
        if options.once:
            return _once(place, as_json=options.json)
        asyncio.run(_live(place, as_json=options.json))
    except SettingsError as error:
        print(error, "or name a broker by --host", sep="\n", file=sys.stderr)
        return EX_CONFIG
    except broker_options.WrongPlace as error:
        print(f"callbox watch: {error}", file=sys.stderr)
        return EX_USAGE
    except BrokenPipeError:  # who read us has gone
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EX_IOERR
    except BrokerError as error:
        print(f"callbox watch: {error}", file=sys.stderr)
        return EX_UNAVAILABLE
    return EX_OK


def _once(place: "Place", *, as_json: bool) -> int:
    from callbox.fleet import shown, watching

    rows = asyncio.run(watching.once(place))
    if as_json:
        for row in rows:
            print(json.dumps(row.as_json()))
    elif rows:
        print(shown.table(rows, watching.now()), shown.count(rows), sep="\n")
    if not rows:
        print(f"No box has told anything below {place.prefix}/ at {place.broker.place}.", file=sys.stderr)
    return EX_OK if rows and all(row.well for row in rows) else EX_UNWELL


async def _live(place: "Place", *, as_json: bool) -> None:
    from callbox.fleet import watching

    stop = stop_on_signals()
    if not as_json and sys.stdout.isatty():
        if importlib.util.find_spec("rich"):
            await watching.picture(place, stop)
            return
        print("The table needs rich: pip install 'callbox[demo]'. Without it, a line for each change:", file=sys.stderr)
    await watching.lines(place, stop, as_json=as_json)
