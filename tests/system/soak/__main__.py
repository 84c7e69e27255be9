"""``python -m tests.system.soak [--hurried] [--jobs N] [--seed N] [--rounds N] [--faults N] [--minutes N] [--first N] [--write]``:
a long life; prints what it was like, or got stuck at.
"""

import argparse
import asyncio
import json
import logging
import math
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from tests.system.soak import page
from tests.system.soak.hurried import hurried_life
from tests.system.soak.plan import FINGERS, ORDERS, hurried_rounds, rounds
from tests.system.soak.soaking import Found, Life, Stuck
from tests.system.soak.world import World


def faults(happened: dict[str, int]) -> int:
    """How many of what happened were faults: all but presses and commands."""
    return sum(count for what, count in happened.items() if what not in {*FINGERS, *ORDERS})


@asynccontextmanager
async def life_of(folder: Path) -> AsyncIterator[Life]:
    """A box that runs, in its world, in real time."""
    async with World(folder) as world, Life(world, folder).running() as life:
        yield life


async def soak(
    folder: Path,
    seed: int,
    count: int,
    first: int = 0,
    max_faults: int | None = None,
    max_s: float = math.inf,
    *,
    hurried: bool = False,
) -> Found:
    """`count` rounds of the plan of `seed`, from round `first` on, until there were `max_faults`, or `max_s` are over.
    Raises `Stuck` with how to see it again.
    """
    until_s = time.monotonic() + max_s
    plan, living = (hurried_rounds, hurried_life) if hurried else (rounds, life_of)
    async with living(folder) as life:
        for round_ in islice(plan(seed), first, first + count):
            try:
                await life.play(round_)
            except Exception as error:
                how = "--hurried " if hurried else ""
                sooner = max(first, round_.number - 2)
                again = f"python -m tests.system.soak {how}--seed {seed} --first {sooner} --rounds 3"
                steps = " ".join(f"{step.what}{'+' if step.over else ''}" for step in round_.steps)
                raise Stuck(f"seed {seed}, round {round_.number} ({steps}): {error!r}; again: {again}") from error
            if time.monotonic() > until_s or (max_faults is not None and faults(life.found.happened) >= max_faults):
                break
        return life.found


def reason(found: Found, took_s: float, seed: int) -> dict[str, Any]:
    """For people and for docs/benchmarks."""
    ordered = sorted(found.recovered_s)
    at = [ordered[min(len(ordered) - 1, int(share * len(ordered)))] for share in (0.5, 0.9, 0.99)]
    names = ("tasks", "threads", "descriptors", "rss_mib")
    early, late = found.held[min(len(found.held) - 1, len(found.held) // 10)], found.held[-1]
    return {
        "seed": seed, "rounds": len(ordered), "took_s": took_s, "presses": found.presses, "calls": found.calls, "faults": faults(found.happened), "happened": found.happened,
        "recovered_s": dict(zip(("median", "p90", "p99"), at, strict=True)) | {"worst": ordered[-1]},
        "mean_recovered_s": statistics.mean(ordered), "all_recovered_s": ordered,
        "after_a_tenth": dict(zip(names, early, strict=True)), "at_the_end": dict(zip(names, late, strict=True)),
        "rss_mib": [round(one[3], 1) for one in found.held],
    }  # fmt: skip


def merged(lives: list[dict[str, Any]]) -> dict[str, Any]:
    """Facts of several lives as of one; what was held: the most of any."""
    ordered = sorted(took_s for life in lives for took_s in life["all_recovered_s"])
    at = [ordered[min(len(ordered) - 1, int(share * len(ordered)))] for share in (0.5, 0.9, 0.99)]
    happened = Counter[str]()
    for life in lives:
        happened.update(life["happened"])
    most = {
        when: {name: max(life[when][name] for life in lives) for name in lives[0][when]}
        for when in ("after_a_tenth", "at_the_end")
    }
    return {
        "seeds": [life["seed"] for life in lives], "rounds": len(ordered), "took_s": max(life["took_s"] for life in lives),
        "presses": sum(life["presses"] for life in lives), "calls": sum(life["calls"] for life in lives), "faults": faults(happened), "happened": dict(happened),
        "recovered_s": dict(zip(("median", "p90", "p99"), at, strict=True)) | {"worst": ordered[-1]},
        "mean_recovered_s": statistics.mean(ordered), "all_recovered_s": ordered,
        "rss_mib": [life["rss_mib"] for life in lives],
    } | most  # fmt: skip


def run_jobs(options: argparse.Namespace) -> dict[str, Any]:
    """As many lives at the same time, each a process with a seed of its own and its share of the faults."""
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder, f"{seed}.json") for seed in range(options.seed, options.seed + options.jobs)]
        command = [sys.executable, "-m", "tests.system.soak", "--rounds", str(options.rounds)]
        command += ["--hurried"] if options.hurried else []
        if options.faults is not None:
            command += ["--faults", str(math.ceil(options.faults / options.jobs))]
        if options.minutes < math.inf:
            command += ["--minutes", str(options.minutes)]
        running = [subprocess.Popen([*command, "--seed", file.stem, "--json", file]) for file in files]
        ends = [process.wait() for process in running]  # of each, before the folder goes
        if any(ends):
            sys.exit(1)
        return merged([json.loads(file.read_text()) for file in files])


def _soak(folder: Path, options: argparse.Namespace) -> Coroutine[Any, Any, Found]:
    max_s = options.minutes * 60
    return soak(folder, options.seed, options.rounds, options.first, options.faults, max_s, hurried=options.hurried)


def main() -> None:
    parser = argparse.ArgumentParser(prog="tests.system.soak")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--hurried", action="store_true", help="with shortened timers: some ten faults a second")
    parser.add_argument("--rounds", type=int, default=1000, help="some four seconds each")
    parser.add_argument("--faults", type=int, help="end after so many faults; with a --rounds that allows them")
    parser.add_argument("--minutes", type=int, default=math.inf, help="end after so many minutes")
    parser.add_argument("--first", type=int, default=0, help="the first round to play")
    parser.add_argument("--json", type=Path, help="write what is found there too")
    parser.add_argument("--write", action="store_true", help="put the table into docs/benchmarks/soak.md")
    parser.add_argument("--jobs", type=int, default=1, help="so many boxes, each a process with the next seed")
    options = parser.parse_args()
    facts = run_jobs(options) if options.jobs > 1 else run(options)
    if options.json:
        options.json.write_text(json.dumps(facts))
    if options.write:
        given = {"SOAK_SEED": options.seed, "BOXES": options.jobs, "FAULTS": options.faults, "MINUTES": options.minutes}
        wanted = [f"{name}={value}" for name, value in given.items() if value not in (None, math.inf)]
        target = "soak-hurried" if options.hurried else "soak"
        page.write(facts, target, " ".join(["make", target, *wanted]))
    text = {name: value for name, value in facts.items() if name not in ("all_recovered_s", "rss_mib")}
    print(json.dumps(text, indent=1))


def run(options: argparse.Namespace) -> dict[str, Any]:
    """One life."""
    warnings.simplefilter("ignore")
    logging.basicConfig(level=logging.CRITICAL)
    began_s = time.monotonic()
    try:
        with tempfile.TemporaryDirectory() as folder:
            found = asyncio.run(_soak(Path(folder), options))
    except Stuck as error:
        sys.exit(f"callbox: {error}")
    return reason(found, time.monotonic() - began_s, options.seed)


if __name__ == "__main__":
    main()
