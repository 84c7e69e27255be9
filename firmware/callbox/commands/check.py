"""``callbox check FILE``."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from callbox.commands import EX_CONFIG, EX_OK

if TYPE_CHECKING:
    from callbox.commands import Commands


def add(commands: "Commands") -> None:
    """The command's place in the parser."""
    check = commands.add_parser("check", help="say everything that is wrong with a settings file")
    check.add_argument("file", type=Path, metavar="FILE")
    check.set_defaults(command=_check)


def _check(options: argparse.Namespace) -> int:
    from callbox.settings import SettingsError, load

    try:
        loaded = load(options.file)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return EX_CONFIG
    for warning in loaded.warnings:
        print(f"warning: {warning}", file=sys.stderr)
    print(f"{options.file}: good")
    return EX_OK
