"""The command line. Exit codes are those of sysexits.h; see ``callbox --help``."""

import argparse
import contextlib
import importlib
import pkgutil
import sys
from collections.abc import Sequence
from typing import NoReturn

from callbox import __version__
from callbox.cli import commands
from callbox.cli.common import EX_USAGE


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(EX_USAGE, f"{self.prog}: {message}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    options = _parser(arguments[0] if arguments else "").parse_args(arguments)
    with contextlib.suppress(KeyboardInterrupt):
        code: int = options.command(options)
        return code
    return 130


def _parser(named: str = "") -> argparse.ArgumentParser:
    """For the command that is `named`, if there is one, which others needn't be imported for; else for all."""
    parser = _Parser(
        prog="callbox",
        description="Press the button, talk to your bot.",
        epilog="Exit codes: 0 all is well, 1 the demo's answer was not heard (doctor: warnings, 2: failures), "
        "64 wrong command line, 69 the broker can't be used, 70 a defect of Callbox, 74 a file can't be read or "
        "written, 75 told to start again, 78 wrong settings.",
    )
    parser.add_argument("--version", action="version", version=f"callbox {__version__}")
    found = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    modules = {module.name.rstrip("_"): module.name for module in pkgutil.iter_modules(commands.__path__)}
    for name in [modules[named]] if named in modules else modules.values():
        importlib.import_module(f"callbox.cli.commands.{name}").add(found)
    return parser
