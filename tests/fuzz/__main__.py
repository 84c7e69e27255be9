"""``python -m tests.fuzz [--seed N] [--share 0.01] [--only TEXT] [--write]``: hostile inputs for each entry point."""

import argparse
import asyncio
import logging
import sys
import time
import warnings
from dataclasses import dataclass
from pathlib import Path

from tests.fuzz.entry_points import ENTRY_POINTS, EntryPoint
from tests.fuzz.inputs import HostileInputs

PAGE = Path("docs/benchmarks/fuzz.md")


class TracebackDetector(logging.Handler):
    """Keeps the first record that an exception, or a level of ERROR, makes a defect."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.found: str | None = None

    def emit(self, record: logging.LogRecord) -> None:
        is_defect = record.name.startswith(("callbox", "asyncio")) and (
            record.exc_info or record.levelno >= logging.ERROR
        )
        if is_defect and self.found is None:
            self.found = logging.Formatter().format(record)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of one entry point."""

    name: str
    inputs: int
    took_s: float
    slowest_s: float


class Defect(AssertionError):
    """An input with a wrong outcome; the message has how to see it again."""


async def fuzz(name: str, entry_point: EntryPoint, count: int, seed: str) -> Outcome:
    """Feed `count` inputs to `entry_point`. Raises `Defect`."""
    inputs, detector = HostileInputs(f"{seed}/{name}"), TracebackDetector()
    logger = logging.getLogger()
    logger.addHandler(detector)
    began_s, slowest_s, number = time.perf_counter(), 0.0, 0
    try:
        async with entry_point(inputs) as feed:
            for number in range(count):  # noqa: B007 - the error names it
                fed_s = time.perf_counter()
                await feed()
                slowest_s = max(slowest_s, time.perf_counter() - fed_s)
                if detector.found:
                    raise AssertionError(detector.found)
    except Exception as error:
        raise Defect(f"{name}: input {number} of seed {seed}: {repr(error)[:2000]}") from error
    finally:
        logger.removeHandler(detector)
    if detector.found:
        raise Defect(f"{name}: {detector.found}")
    return Outcome(name, count, time.perf_counter() - began_s, slowest_s)


def page(outcomes: list[Outcome], seed: str) -> str:
    """The table for docs/benchmarks."""
    rows = [f"| {one.name} | {one.inputs:,} | {one.slowest_s * 1000:.0f} ms |" for one in outcomes]
    total = sum(one.inputs for one in outcomes)
    return f"""\
# Hostile inputs

`make fuzz` feeds each entry point of a running box with hostile inputs from a seed: lone surrogates, NUL, ESC,
right-to-left marks, more than 1 MiB, deep nesting, wrong types, broken UTF-8, cut and changed documents
(`tests/fuzz/inputs.py`). Each goes to the function that a running box hands it to; HTTP and MQTT arrive as bytes on a
socket. A traceback in the log, an exception, a sentence that can't be shown in one line, a microphone lamp that is dark
while the microphone is open, or a press that doesn't reach a bot ends the run. Every 500 inputs the button makes a call. The slowest input was measured on a machine with other work.

Seed {seed}: no input had a wrong outcome.

| entry point | inputs | slowest |
|---|---|---|
{chr(10).join(rows)}
| all | {total:,} | |
"""


async def _run(options: argparse.Namespace) -> list[Outcome]:
    outcomes = []
    for name, (entry_point, count) in ENTRY_POINTS.items():
        if options.only in name:
            outcomes.append(await fuzz(name, entry_point, max(1, int(count * options.share)), options.seed))
            print(
                f"{outcomes[-1].inputs:8,} inputs in {outcomes[-1].took_s:6.1f} s, slowest {outcomes[-1].slowest_s * 1000:.0f} ms: {name}",
                flush=True,
            )
    return outcomes


def main() -> None:
    parser = argparse.ArgumentParser(prog="tests.fuzz")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--share", type=float, default=1.0, help="of a million inputs")
    parser.add_argument("--only", default="", help="entry points whose name has this text")
    parser.add_argument("--write", action="store_true", help=f"write {PAGE}")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    logging.getLogger().setLevel(logging.INFO)
    logging.lastResort = None
    try:
        outcomes = asyncio.run(_run(options))
    except Defect as error:
        sys.exit(f"callbox: {error}")
    if options.write:
        PAGE.write_text(page(outcomes, options.seed))


if __name__ == "__main__":
    main()
