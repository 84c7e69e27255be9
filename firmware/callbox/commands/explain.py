"""``callbox explain CODE``: one of the doctor's codes, its cause and its cure."""

import argparse
import difflib
import sys
from typing import TYPE_CHECKING

from callbox.commands import EX_OK, EX_USAGE

if TYPE_CHECKING:
    from callbox.commands import Commands


def add(commands: "Commands") -> None:
    """The command's place in the parser."""
    explain = commands.add_parser("explain", help="say what a code of the doctor means, and what to do")
    explain.add_argument("code", metavar="CODE", help="such as GPIO-NO-CHIP; `callbox doctor --list` has all")
    explain.set_defaults(command=_explain)


def _explain(options: argparse.Namespace) -> int:
    from callbox.doctor import output
    from callbox.doctor.codes import CODES

    name = options.code.upper()
    if name not in CODES:
        near = difflib.get_close_matches(name, CODES, 1, 0.0)
        print(f"There is no code {options.code}. Do you mean {near[0]}?", file=sys.stderr)
        return EX_USAGE
    print(output.explanation(CODES[name]))
    return EX_OK
