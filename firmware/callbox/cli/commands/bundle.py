"""``callbox bundle``: one file for who helps."""

import argparse
import asyncio
import errno
import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from callbox.cli.common import EX_IOERR, EX_OK, add_config, number
from callbox.system.files import MAX_BYTES, Disk, read_regular
from callbox.text import parse_json

if TYPE_CHECKING:
    from callbox.cli.common import Commands
    from callbox.doctor.model.bundle import Bundle

MOMENTS = (Path("/run/callbox/recent.json"), Path("/var/lib/callbox/recent.json"))
"""Of a box that runs, else of one that has ended."""


def add(commands: "Commands") -> None:
    """The command's place in the parser."""
    bundle = commands.add_parser(
        "bundle",
        help="write a support bundle: settings, checks, the last events; no secrets, no addresses",
        epilog="Read it before you pass it on: it is JSON. A box that runs as a service keeps its last events where "
        "only root can read them: sudo callbox bundle.",
    )
    add_config(bundle)
    option = bundle.add_argument
    option(
        "--output",
        type=Path,
        default=Path("callbox-bundle.json"),
        metavar="FILE",
        help="default: %(default)s; -: stdout",
    )
    places = " or ".join(map(str, MOMENTS))
    option("--moments", type=Path, metavar="FILE", help=f"the box's events; default: {places}; -: standard input")
    option(
        "--limit-kib", type=number(1), metavar="KIB", help="limit of the bundle's size; the oldest events are left out"
    )
    bundle.set_defaults(command=_bundle)


def _bundle(options: argparse.Namespace) -> int:
    from callbox.doctor.model.bundle import to_json

    logging.disable()  # what the checks meet is in their findings
    made = asyncio.run(_make(options))
    written = to_json(made, options.limit_kib and options.limit_kib * 1024) + "\n"
    if options.output == Path("-"):
        print(written, end="")
        return EX_OK
    try:
        if options.output.exists() and not options.output.is_file():
            raise OSError(errno.EINVAL, "is no regular file")
        Disk().put(options.output, written.encode(), 0o600)  # in place of a link, and never through it
    except OSError as error:
        print(f"callbox bundle: {options.output} can't be written: {error.strerror}", file=sys.stderr)
        return EX_IOERR
    size = f"{len(written)} bytes, events of the box: {len(made['moments'])}"
    print(f"{options.output}: {size}; read it before you pass it on")
    return EX_OK


async def _make(options: argparse.Namespace) -> "Bundle":
    from datetime import UTC, datetime

    from callbox.app import compose
    from callbox.doctor.checks import remote_checks
    from callbox.doctor.context import Context
    from callbox.doctor.model.bundle import build_bundle
    from callbox.doctor.runner import run_checks
    from callbox.mqtt.model.payloads import utc

    asyncio.get_running_loop().set_exception_handler(lambda *_: None)  # aiortc's failed tasks
    context = Context(options.config, tuple(options.set), quick=True, tell=lambda _: None)
    results = await run_checks(context, remote_checks(may_call=False), lambda _: None)
    settings = context.loaded.settings if context.loaded else None
    return build_bundle(utc(datetime.now(UTC)), compose.host_info(), settings, results, _moments(options.moments))


def _moments(file: Path | None) -> list[dict[str, Any]]:
    """What was kept; nothing, if it can't be read."""
    for place in [file] if file else MOMENTS:
        try:
            content = sys.stdin.read(MAX_BYTES + 1) if place == Path("-") else read_regular(place)
            moments = parse_json(content, MAX_BYTES)
        except (OSError, ValueError):
            continue
        if isinstance(moments, list):
            return [moment for moment in moments if isinstance(moment, dict)]
    return []
