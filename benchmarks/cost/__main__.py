"""``python -m benchmarks.cost [--rounds 10] [--only calls|thousand|start|rest ...] [--write]``: the calls need root.

Measures, keeps the numbers in docs/benchmarks/cost.json (what is not measured this time stays), prints the tables, and
with ``--write`` puts them into docs/benchmarks/cost.md and docs/benchmarks.md, with pictures.
"""

import argparse
import importlib
import json
import os
import platform
import subprocess
import sys
from dataclasses import asdict, fields
from pathlib import Path

from tests.rig.link import LinkUnavailable

from benchmarks.cost import calls, goals, idle, memory_growth, pi, start, tables
from benchmarks.cost.processes import load
from benchmarks.cost.tables import Facts

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs/benchmarks"
KEPT = FOLDER / "cost.json"
PARTS = ("calls", "thousand", "start", "rest")


def measured(options: argparse.Namespace, before: Facts) -> Facts:
    facts = dict(before)
    if "calls" in options.only:
        facts["calls"] = calls.as_json(list(calls.rounds(options.rounds, options.call_s, list(calls.CLIENTS))))
    if "thousand" in options.only:
        command = [sys.executable, "-W", "ignore", "-m", "benchmarks.bot"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as bot:
            assert bot.stdout
            try:
                found = memory_growth.readings(bot.stdout.readline().strip(), options.calls)
                facts["thousand"] = [asdict(one) for one in found]
            finally:
                bot.kill()
    if "start" in options.only:
        facts["start"] = [[asdict(one) for one in pair] for pair in start.starts(options.rounds)]
    if "rest" in options.only:
        facts["rest"] = [asdict(one) for one in idle.rests(options.rounds, options.rest_s)]
    loads = [call["load"] for call in facts.get("calls", [])] or [load()]
    facts["machine"] = (
        f"{model()}, {os.cpu_count()} cores, Python {platform.python_version()}; load of the machine while it was "
        f"measured: {tables.spread(loads)}."
    )
    return facts | {"model": model()}


def model() -> str:
    """Of the Pi, or of the processor."""
    described = Path("/proc/cpuinfo").read_text().splitlines()
    found = [line.partition(":")[2].strip() for line in described if line.startswith(("model name", "Model"))]
    return found[-1] if found else platform.machine()


def before() -> Facts:
    """What was measured here before; nothing of what another machine did, nor calls without what is counted now."""
    kept = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    if any(set(call) != {field.name for field in fields(calls.Call)} for call in kept.get("calls", [])):
        del kept["calls"]
    return kept if kept.get("model") == model() else {}


def made(facts: Facts) -> dict[str, str]:
    """The tables that `facts` are enough for."""
    needs = {
        "processor": {"calls"}, "memory": {"calls"}, "thousand": {"thousand"}, "start": {"start"}, "rest": {"rest"},
        "boards": {"calls", "start"},
    }  # fmt: skip
    if facts["model"] != pi.MEASURED_ON:
        needs.pop("boards")
    return {name: getattr(tables, name)(facts) for name, parts in needs.items() if parts <= facts.keys()}


def put(file: Path, name: str, text: str) -> None:
    """Between the marks of `name` in `file`."""
    begin, end = f"<!-- made by `make bench`: {name} -->", "<!-- end -->"
    before, _, rest = file.read_text().partition(begin)
    assert rest, f"{file} has no place for {name}"
    file.write_text(f"{before}{begin}\n\n{text}\n\n{end}{rest.partition(end)[2]}")


def write(facts: Facts) -> None:
    from benchmarks.cost import plots

    plots.draw(FOLDER, facts)
    KEPT.write_text(json.dumps(facts) + "\n")
    put(ROOT / "docs/benchmarks.md", "claims", goals.table(facts))
    for name, table in {"machine": facts["machine"], **made(facts)}.items():
        put(FOLDER / "cost.md", name, table)


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.cost")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--call-s", type=float, default=4.5)
    parser.add_argument("--rest-s", type=float, default=15.0)
    parser.add_argument("--calls", type=int, default=1000)
    parser.add_argument("--only", nargs="*", choices=PARTS, default=PARTS)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    if options.write:
        importlib.import_module("matplotlib")  # it isn't missing after an hour of measuring
    try:
        facts = measured(options, before())
    except LinkUnavailable as error:
        sys.exit(f"callbox: {error}; without it: --only thousand start rest")
    for name, table in made(facts).items():
        print(f"\n{name}\n\n{table}")
    if set(PARTS) <= facts.keys():
        print(f"\n{goals.table(facts)}")
        if options.write and (reason := goals.too_busy(facts)):
            sys.exit(f"callbox: nothing is written: {reason}")
        if options.write:
            write(facts)
    elif options.write:
        sys.exit("callbox: not everything has been measured here yet: leave --only away")


if __name__ == "__main__":
    main()
