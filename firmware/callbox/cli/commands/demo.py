"""``callbox demo``: the box on this machine, with a bot of its own."""

import argparse
import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from callbox.cli.common import EX_OK, EX_UNAVAILABLE, EX_USAGE, reads_settings, stop_on_signals

if TYPE_CHECKING:
    from callbox.cli.common import Commands

EX_UNHEARD = 1
"""The bot's answer was not heard."""


def add(commands: "Commands") -> None:
    """The command's place in the parser."""
    demo = commands.add_parser(
        "demo",
        help="try it on this machine, with a simulated board and a bot",
        epilog="A box that works otherwise, in the browser: --set board.button.on_press=push_to_talk, "
        "--set chimes.speech=en, --set calls.idle_s=15",
    )
    demo.add_argument("--bot", metavar="URL", help="start URL of a bot that is running already")
    demo.add_argument(
        "--wav",
        type=Path,
        default=Path("answer.wav"),
        metavar="FILE",
        help="write the answer to this WAV file (default: %(default)s)",
    )
    demo.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", help="a setting of the box in the browser"
    )
    where = demo.add_mutually_exclusive_group()
    where.add_argument("--panel", action="store_true", help="show the box in the browser (default in a terminal)")
    where.add_argument("--terminal", action="store_true", help="show the box here; the space bar is its button")
    where.add_argument("--by-itself", action="store_true", help="make one call of recorded speech (default elsewhere)")
    demo.set_defaults(command=_demo)


@reads_settings
def _demo(options: argparse.Namespace) -> int:
    from callbox.demo import browser_demo, terminal_demo
    from callbox.demo.processes import StartError

    in_terminal = sys.stdin.isatty() and sys.stdout.isatty()
    in_browser = not (options.terminal or options.by_itself) and (options.panel or in_terminal)
    if options.set and not in_browser:
        print("callbox: --set is for the box in the browser: --panel", file=sys.stderr)
        return EX_USAGE

    async def work() -> bool:
        stop = stop_on_signals()
        if options.terminal:
            return await terminal_demo.interactive(options.bot, options.wav, stop)
        if not in_browser:
            return await terminal_demo.scripted(options.bot, options.wav, stop)
        await browser_demo.run(options.bot, stop, options.set)
        return True

    try:
        return EX_OK if asyncio.run(work()) else EX_UNHEARD
    except StartError as error:
        print(f"callbox demo: {error}", file=sys.stderr)
        return EX_UNAVAILABLE
