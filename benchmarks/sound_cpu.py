"""Processor time of one call, ours beside stock aiortc and GStreamer: ``python -m benchmarks.sound_cpu [--rounds 4]``.

Each client calls the same bot, speech both ways, and writes what it hears into a WAV file. What counts is the processor
time of its whole process, as the kernel has it, over the seconds in the middle of the call. Clients take turns within a
round, and what is judged is the median of the ratios of one round: a busy machine slows all of them. Needs root.
"""

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

from tests.rig.link import LinkUnavailable

from benchmarks.measure import cpu_s
from benchmarks.sound.call import NAMES, Stage, hang_up, line

WARM_UP_S = 3.0
CLIENTS = ("ours", "stock", "gstreamer")
GOALS = {"stock": 0.5, "gstreamer": 1.0}
"""Ours divided by theirs must be below."""


def share(stage: Stage, client: str, call_s: float) -> float:
    """Processor seconds for each second of a call."""
    options = ("plain",) if client == "stock" else ()
    process = stage.client(client, *options)
    time.sleep(WARM_UP_S)
    before_s, began_s = cpu_s(process.pid), time.monotonic()
    time.sleep(call_s)
    spent_s, took_s = cpu_s(process.pid) - before_s, time.monotonic() - began_s
    line(stage.bot.stdout)  # the bot has said everything: the call did come about, and is still up
    hang_up(process)
    return spent_s / took_s


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.sound_cpu")
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--call-s", type=float, default=10.0)
    parser.add_argument("--clients", nargs="*", default=CLIENTS)
    parser.add_argument("--plot", action="store_true", help="write docs/sound/cpu.png")
    options = parser.parse_args()
    shares: dict[str, list[float]] = {client: [] for client in options.clients}
    try:
        for number in range(options.rounds):
            for client in options.clients:
                with tempfile.TemporaryDirectory() as folder, Stage(Path(folder), options.call_s + 1) as stage:
                    shares[client].append(share(stage, client, options.call_s))
                print(f"round {number + 1}: {NAMES[client]:22} {100 * shares[client][-1]:5.1f} %", file=sys.stderr)
    except LinkUnavailable as error:
        sys.exit(f"callbox: {error}")
    print("\nprocessor time of one call, % of a core: median (least to most); ours / theirs: median of paired ratios")
    for client, found in shares.items():
        span = f"({100 * min(found):.1f} to {100 * max(found):.1f})"
        ratio = ""
        if client in GOALS and "ours" in shares:
            paired = statistics.median(ours / theirs for ours, theirs in zip(shares["ours"], found, strict=True))
            ratio = f"ours / theirs {paired:5.2f}   goal: below {GOALS[client]}"
        print(f"  {NAMES[client]:22} {100 * statistics.median(found):6.1f} {span:16} {ratio}")
    if options.plot:
        from benchmarks.sound import plots

        heights = {client: 100 * statistics.median(found) for client, found in shares.items()}
        title = "Processor time of one call"
        plots.bars(plots.FOLDER / "cpu.png", title, "% of a core", {"speech both ways": heights}, NAMES)


if __name__ == "__main__":
    main()
