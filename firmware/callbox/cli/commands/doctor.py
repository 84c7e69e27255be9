"""``callbox doctor``: measures what a box needs, and says what to do."""

import argparse
import asyncio
import logging
import signal
import sys
import warnings
from typing import TYPE_CHECKING

from callbox.cli.common import EX_OK, add_config, number

if TYPE_CHECKING:
    from collections.abc import Callable

    from callbox.cli.common import Commands
    from callbox.doctor.context import Context
    from callbox.doctor.model.findings import Result

log = logging.getLogger(__name__)

INTERRUPTED = 130
"""As shells say it: 128 and SIGINT."""
PRESS_S = 15.0
"""How long somebody at a terminal may take for five presses, or one movement of a telephone's part."""


LONGEST_PRESS_S = 600.0


def add(commands: "Commands") -> None:
    """The command's place in the parser."""
    doctor = commands.add_parser(
        "doctor",
        help="test button, lamps, sound, broker, bot and machine; each finding with what to do",
        epilog="Exit codes: 0 all is well, 1 warnings, 2 failures, 130 interrupted.",
    )
    add_config(doctor)
    doctor.add_argument("--only", type=_names, metavar="CHECK,...", help="run these checks only")
    doctor.add_argument("--quick", action="store_true", help="listen for a shorter time")
    press = doctor.add_mutually_exclusive_group()
    press.add_argument(
        "--no-press", action="store_true", help="don't ask for presses of the button, nor for the handset to be lifted"
    )
    press.add_argument(
        "--press-s",
        type=number(0.1, LONGEST_PRESS_S, float),
        metavar="SECONDS",
        help="wait this long for presses (default: 15 at a terminal)",
    )
    doctor.add_argument("--json", action="store_true", help="print one JSON object")
    doctor.add_argument("--list", action="store_true", help="list all checks and codes, and end")
    doctor.set_defaults(command=_doctor)


def _names(text: str) -> tuple[str, ...]:
    from callbox.doctor.checks import NAMES

    names = tuple(name.strip() for name in text.split(",") if name.strip())
    if unknown := [name for name in names if name not in NAMES]:
        raise argparse.ArgumentTypeError(f"there is no check {', '.join(unknown)}; there are {', '.join(NAMES)}")
    if not names:
        raise argparse.ArgumentTypeError(f"no check is named; there are {', '.join(NAMES)}")
    return names


def _doctor(options: argparse.Namespace) -> int:
    from callbox.doctor.checks import USUAL_NAMES
    from callbox.doctor.context import Context
    from callbox.doctor.model import output

    if options.list:
        print(output.table())
        return EX_OK
    warnings.simplefilter("ignore")  # gpiozero's, on what it tried: the findings say it better
    asks = sys.stdin.isatty() and not options.no_press
    press_s = options.press_s if options.press_s is not None else PRESS_S if asks else 0.0
    context = Context(
        options.config,
        tuple(options.set),
        options.quick,
        press_s,
        tell=lambda text: print(text, file=sys.stderr, flush=True),
    )
    return visit(context, options.only or USUAL_NAMES, json=options.json)


def visit(context: "Context", names: tuple[str, ...], *, json: bool) -> int:
    """Run the checks and print what they find; returns the exit code."""
    from callbox.doctor.model import output
    from callbox.doctor.model.findings import exit_code, worst

    results: list[Result] = []

    def on_result(result: "Result") -> None:
        results.append(output.without(result, context.secrets))
        if not json:
            print(output.line(results[-1]), flush=True)

    interrupted = asyncio.run(_until_interrupted(context, names, on_result))
    if json:
        print(output.as_json(results, str(context.config), interrupted=interrupted))
    else:
        print(output.summary(results, interrupted=interrupted))
    return INTERRUPTED if interrupted else exit_code(worst(results))


async def _until_interrupted(context: "Context", names: tuple[str, ...], on_result: "Callable[[Result], None]") -> bool:
    """Whether a signal ended it. The check that runs then lets go of what it holds first."""
    from callbox.doctor.runner import run_checks

    # aiortc leaves tasks behind that have failed; the findings say why, and better.
    asyncio.get_running_loop().set_exception_handler(lambda _, details: log.debug("%s", details))
    work = asyncio.create_task(run_checks(context, names, on_result))
    for stop in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(stop, work.cancel)
    await asyncio.wait([work])
    if not work.cancelled():
        work.result()
    return work.cancelled()
