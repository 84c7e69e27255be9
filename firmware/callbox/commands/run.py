"""``callbox run``: the box."""

import argparse
import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from callbox.commands import EX_CONFIG, EX_OK, EX_SOFTWARE, stop_on_signals

if TYPE_CHECKING:
    from callbox.commands import Commands


def add(commands: "Commands") -> None:
    """The command's place in the parser."""
    run = commands.add_parser("run", help="be the box, until SIGTERM")
    run.add_argument("--config", type=Path, default=Path("/etc/callbox/callbox.yaml"), metavar="FILE")
    run.set_defaults(command=_run)


def _run(options: argparse.Namespace) -> int:
    from callbox import assembly
    from callbox.service import logs
    from callbox.settings import SettingsError, load

    try:
        loaded = load(options.config)
        logs.set_up(loaded.settings.log.level)
        for warning in loaded.warnings:
            logs.log.warning("%s", warning)
        plan = assembly.plan(loaded)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return EX_CONFIG

    async def work() -> None:
        box = plan.make_box()
        stop = stop_on_signals()
        assembly.press_on_signal(box)
        await box.run(stop)

    try:
        asyncio.run(work())
    except Exception:
        logs.log.critical("A defect of Callbox", exc_info=True)
        return EX_SOFTWARE
    return EX_OK
