"""``callbox demo``: the box on this machine, with a bot of its own."""

import argparse
import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from callbox.commands import EX_OK, EX_USAGE, stop_on_signals

if TYPE_CHECKING:
    from callbox.commands import Commands

EX_UNHEARD = 1
"""The bot's answer was not heard."""


def add(commands: "Commands") -> None:
    """The command's place in the parser."""
    demo = commands.add_parser("demo", help="try it on this machine: a simulated board, a bot of its own")
    demo.add_argument("--bot", metavar="URL", help="the start URL of a bot that is running already")
    demo.add_argument(
        "--wav",
        type=Path,
        default=Path("answer.wav"),
        metavar="FILE",
        help="where the answer goes (default: %(default)s)",
    )
    demo.set_defaults(command=_demo)


def _demo(options: argparse.Namespace) -> int:
    try:
        from callbox.demo.stage import play
    except ModuleNotFoundError as error:
        print(f"The demo needs {error.name}: pip install 'callbox[demo]'.", file=sys.stderr)
        return EX_USAGE

    async def work() -> bool:
        return await play(options.bot, options.wav, stop_on_signals())

    return EX_OK if asyncio.run(work()) else EX_UNHEARD
