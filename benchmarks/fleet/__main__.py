"""A fleet of simulated boxes on a real Mosquitto: ``python -m benchmarks.fleet [--quick] [--write]``.

Steady: `callbox simulate` and one `callbox watch` on a fresh broker; messages a second, processor time and memory of
each. Storm: the broker is killed, and started again after an outage; when the boxes are back, with the product's jitter
and without. `--write` puts the tables into docs/fleet.md and the picture into docs/fleet/. Some ten minutes.
"""

import argparse
import sys

from benchmarks.fleet import plot, tables
from benchmarks.fleet.runs import ROOT, steady, storm

FLEETS = [(100, 1.0), (500, 1.0), (1000, 1.0), (2000, 1.0), (1000, 10.0), (1000, 40.0)]
"""(boxes, so many times faster do they live)."""
STORMS = [
    (retry_s, jitter, outage_s) for outage_s in (0.3, 20.0) for retry_s, jitter in ((1, True), (10, True), (1, False))
]
"""(`mqtt.retry_s`, jitter, outage in s)."""
STORM_BOXES = 1000
SPAN_S = 20.0


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.fleet")
    parser.add_argument("--quick", action="store_true", help="few boxes, seconds: to see that it works")
    parser.add_argument("--write", action="store_true", help="write docs/fleet.md and docs/fleet/storm.png")
    parser.add_argument("--storm", action="store_true", help="the storm only")
    options = parser.parse_args()
    alive, storms = [], []
    for boxes, rate in [] if options.storm else [(10, 1.0), (20, 10.0)] if options.quick else FLEETS:
        alive.append(steady(boxes, rate, 2.0 if options.quick else SPAN_S))
        print(alive[-1], file=sys.stderr, flush=True)
    for retry_s, jitter, outage_s in STORMS[:2] if options.quick else STORMS:
        seen = storm(10 if options.quick else STORM_BOXES, retry_s, jitter=jitter, outage_s=outage_s)
        storms.append(seen)
        times = [seen.share_s(share) for share in (0.5, 0.95, 1.0)]
        print(f"retry {retry_s} s, jitter {jitter}, outage {outage_s} s: back {times}", file=sys.stderr, flush=True)
    blocks = {"storm": tables.storm_table(storms)}
    if alive:
        blocks = {"machine": tables.machine() + "\n", "steady": tables.steady_table(alive), **blocks}
    print(*blocks.values(), sep="\n")
    if options.write:
        plot.draw(ROOT / "docs/fleet", storms)
        tables.write(blocks)


if __name__ == "__main__":
    main()
