"""A real box and a real Mosquitto that is taken away: ``python -m benchmarks.outages [PART...] [--quick] [--write]``.

calls: what a person notices, with the broker in every state. returns: how soon after its return the broker tells what
is so. memory: what a box holds on to. `--write` puts the tables into docs/outages.md. Some twenty minutes.
"""

import argparse
import asyncio
import sys

from benchmarks.fleet.runs import ROOT
from benchmarks.fleet.tables import machine, write
from benchmarks.outages import calls, memory, returns, tables
from benchmarks.outages.child import whistling_bot
from benchmarks.outages.returns import Outage

PARTS = ("calls", "returns", "memory")
OUTAGES = [Outage("killed", 0.3), Outage("killed", 20), Outage("killed", 90), Outage("frozen", 5), Outage("frozen", 75)]


def tell(text: str) -> None:
    """How far it is."""
    print(text, file=sys.stderr, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.outages")
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="default: all")
    parser.add_argument("--quick", action="store_true", help="seconds: to see that it works")
    parser.add_argument("--write", action="store_true", help="write docs/outages.md")
    options = parser.parse_args()
    parts, quick = options.parts or PARTS, options.quick
    blocks = {"machine": machine() + "\n"}
    with whistling_bot() as url:
        if "calls" in parts:
            blocks["calls"] = tables.calls_table(calls.measure(url, *((2, 2.0) if quick else (20,))))
            tell(blocks["calls"])
        if "returns" in parts:
            outages = [Outage("killed", 0.3), Outage("frozen", 2)] if quick else OUTAGES
            many, rounds = (3, 1) if quick else (25, 2)
            blocks["returns"] = tables.returns_table(asyncio.run(returns.measure(outages, many, rounds, tell)))
            tell(blocks["returns"])
        if "memory" in parts:
            often = (4, 200, 1000, 2) if quick else (200, 5000, 20_000, 50)
            blocks["memory"] = tables.memory_table(memory.measure(url, *often))
            tell(blocks["memory"])
    print(*blocks.values(), sep="\n")
    if options.write:
        write(blocks, ROOT / "docs/outages.md", "bench-outages")


if __name__ == "__main__":
    main()
