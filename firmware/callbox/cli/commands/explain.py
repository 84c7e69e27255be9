"""``callbox explain``: what buttons and lamps of this box mean; ``CODE``: a number that the lamp counts, or one of the
doctor's codes; ``--card``.
"""

import argparse
import difflib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from callbox.cli.common import EX_IOERR, EX_OK, EX_USAGE, add_config, reads_settings

if TYPE_CHECKING:
    from callbox.cli.common import Commands

_STDOUT = Path("-")


def add(commands: "Commands") -> None:
    """The command's place in the parser."""
    explain = commands.add_parser(
        "explain",
        help="explain this box's buttons and lamps, a number that the lamp counts, or a code of the doctor; print the "
        "legend card",
    )
    what = explain.add_mutually_exclusive_group()
    what.add_argument(
        "code",
        nargs="?",
        metavar="CODE",
        help="a number that the lamp counts, a problem as MQTT names it, or a code such as GPIO-NO-CHIP (`callbox "
        "doctor --list` has all). Without: buttons and lamps of this box",
    )
    what.add_argument(
        "--card",
        type=Path,
        nargs="?",
        const=_STDOUT,
        metavar="FILE",
        help="write this box's legend card into FILE as SVG, to be printed on A6 and folded (without FILE: to stdout)",
    )
    add_config(explain)
    explain.set_defaults(command=_explain)


def _explain(options: argparse.Namespace) -> int:
    if options.card:
        return _card(options)
    if not options.code:
        return _box(options)
    from callbox.doctor.model import output
    from callbox.doctor.model.codes import CODES
    from callbox.legend.table import FAULTS
    from callbox.text import one_line

    for row in FAULTS:
        if options.code in (str(row.fault.value), row.fault.code):
            print(row.sentence)
            return EX_OK
    name = options.code.upper()
    if name not in CODES:
        near = difflib.get_close_matches(name, CODES, 1) or [code for code in CODES if code.startswith(f"{name}-")]
        hint = f"Do you mean {near[0]}?" if near else "`callbox doctor --list` lists them all."
        print(f"There is no code {one_line(options.code, 60)}. {hint}", file=sys.stderr)
        return EX_USAGE
    print(output.explanation(CODES[name]))
    return EX_OK


@reads_settings
def _box(options: argparse.Namespace) -> int:
    from callbox.config import load_all
    from callbox.config.section import kind_of
    from callbox.legend import gestures, table

    settings = load_all(options.config, options.set).settings
    lamps = settings.board.lamps
    print(gestures.text(gestures.gestures(settings.board)))
    if lamps.microphone:
        print(f"microphone lamp  lit: {table.MICROPHONE_LAMP[True]}; dark: {table.MICROPHONE_LAMP[False]}\n")
    if lamps.status:
        print("status lamp, 3 s")
        has_color = kind_of(type(lamps.status)) != "pin"
        for row in table.STATES:
            color = f"{table.color_name(row.pattern, has_red=not lamps.is_red_shared):6}" if has_color else ""
            print(f"{table.draw(row.pattern)}  {color}{row.meaning}")
        print("\nafter three quick blinks it counts", *(fault.sentence for fault in table.FAULTS), sep="\n")
    return EX_OK


@reads_settings
def _card(options: argparse.Namespace) -> int:
    from callbox.config import load_all
    from callbox.config.section import kind_of
    from callbox.legend import gestures
    from callbox.legend.card import Enclosure, card_svg

    settings = load_all(options.config, options.set).settings
    lamps = settings.board.lamps
    enclosure = Enclosure(
        name=settings.device.name,
        status_lamp=lamps.status is not None,
        microphone_lamp=lamps.microphone is not None,
        dimmable=getattr(lamps.status, "dimmable", True),
        has_color=lamps.status is not None and kind_of(type(lamps.status)) != "pin",
        has_red=not lamps.is_red_shared,
        gestures=() if gestures.is_default(settings.board) else tuple(gestures.gestures(settings.board)),
    )
    card = card_svg(enclosure).encode()
    try:
        if options.card == _STDOUT:
            sys.stdout.buffer.write(card)
            sys.stdout.flush()
        else:
            options.card.write_bytes(card)
            print(f"{options.card}: the card of {settings.device.name}; print it at 100 %, cut it out and fold it.")
    except OSError as error:
        where = "The output" if options.card == _STDOUT else options.card
        print(f"{where} can't be written: {error.strerror}. Name a file in a folder of yours.", file=sys.stderr)
        return EX_IOERR
    return EX_OK
