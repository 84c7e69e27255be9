"""``python -m benchmarks.latency``: measures, and writes docs/benchmarks/latency.md, .json and .png."""

import argparse
import json
import os
import platform
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests.rig.link import LinkUnavailable

from benchmarks.latency import tables
from benchmarks.latency.runs import CLIENTS, ROOT, WAYS, Cell, measure

FOLDER = ROOT / "docs/benchmarks"
ROUND_TRIPS_MS = (0, 20, 50, 100)
CALLS, TURNS = 12, 2
LESS = ("armed", "javascript", "stock")
"""Those that are measured on the shorter way too."""


def machine() -> dict[str, Any]:
    """Where this was measured, and what else was going on."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    names = [line.split(":")[1].strip() for line in lines if line.startswith(("model name", "Model"))]
    return {
        "cpu": names[0] if names else platform.machine(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "date": time.strftime("%Y-%m-%d"),
        "load": [round(os.getloadavg()[0], 2)],
    }


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Everything that is measured, as JSON."""
    facts = machine()
    cells: list[Cell] = []
    for way in options.ways:
        clients = [client for client in options.clients if way != "offer" or client in LESS]
        cells += measure(options.round_trips, way, clients, options.calls, TURNS)
        facts["load"].append(round(os.getloadavg()[0], 2))
    return {"machine": facts, "cells": [asdict(cell) for cell in cells]}


def as_text(found: dict[str, Any]) -> str:
    """JSON with a line a cell, to a tenth of a millisecond."""
    for cell in found["cells"]:
        cell["calls"] = [{phase: round(ms, 1) for phase, ms in call.items()} for call in cell["calls"]]
    cells = ",\n".join(json.dumps(cell) for cell in found["cells"])
    return f'{{"machine": {json.dumps(found["machine"])},\n"cells": [\n{cells}\n]}}\n'


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.latency")
    parser.add_argument("--calls", type=int, default=CALLS, help="of each client on each network")
    parser.add_argument("--round-trips", type=int, nargs="+", default=list(ROUND_TRIPS_MS), metavar="MS")
    parser.add_argument("--clients", nargs="+", choices=list(CLIENTS), default=list(CLIENTS))
    parser.add_argument("--ways", nargs="+", choices=list(WAYS), default=["start", "offer"], help="; the rest is kept")
    parser.add_argument("--again", action="store_true", help="measure nothing: write from latency.json")
    parser.add_argument("--print", action="store_true", help="write no file, print the tables")
    options = parser.parse_args()
    file = FOLDER / "latency.json"
    try:
        before = json.loads(file.read_text()) if file.exists() else {"cells": []}
        found = before if options.again else run(options)
    except LinkUnavailable as error:
        sys.exit(f"callbox: {error}")
    if not options.again:
        kept = [cell for cell in before["cells"] if cell["way"] not in options.ways]
        found = {"machine": before["machine"] if kept else found["machine"], "cells": [*found["cells"], *kept]}
    cells = [Cell(**cell) for cell in found["cells"]]
    if options.print:
        print(tables.page(cells, found["machine"]))
        return
    FOLDER.mkdir(parents=True, exist_ok=True)
    if not options.again:
        file.write_text(as_text(found))
    (FOLDER / "latency.md").write_text(tables.page(cells, found["machine"]))
    from benchmarks.latency.plot import draw

    draw(cells, FOLDER / "latency.png")


if __name__ == "__main__":
    main()
