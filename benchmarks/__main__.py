"""``python -m benchmarks [--pipecat]``: prints every number, its anchor, and the ratio."""

import argparse
import json
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.measure import CALL_S, CALLS, Result

ROOT = Path(__file__).parents[1]
IMPORTS = (("callbox.rtvi", "asyncio"), ("callbox.assembly", "aiortc"), ("callbox.cli", "argparse"))


def child(*arguments: str) -> Result:
    """The result of one process."""
    command = [sys.executable, "-W", "ignore", "-m", *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, cwd=ROOT)
    return Result(**json.loads(done.stdout.splitlines()[-1]))


def import_ms(module: str) -> float:
    """A fresh process that imports `module`, less one that imports nothing; the least of seven."""

    def least(code: str) -> float:
        times = []
        for _ in range(7):
            began_s = time.perf_counter()
            subprocess.run([sys.executable, "-c", code], check=True)
            times.append((time.perf_counter() - began_s) * 1000)
        return min(times)

    return least(f"import {module}") - least("pass")


def row(name: str, ours: float, anchor_name: str, anchor: float, unit: str, spread: Sequence[float] = ()) -> None:
    """One line of the table."""
    span = f" ({min(spread):.0f} to {max(spread):.0f})" if spread else ""
    print(f"{name:34} {ours:9.3g} {unit:5}{span:14} {anchor_name:28} {anchor:9.3g} {unit:5} {ours / anchor:6.2f}x")


def compare(url: str, *, sound: bool) -> None:
    """Box and bare client against the same bot."""
    box, bare = child("benchmarks.box", url), child("benchmarks.bare", url)
    pairs = [("press -> ready", box.ready_ms, "bare aiortc: data channel", bare.ready_ms)]
    if sound:
        pairs.append(("press -> first bot sound", box.sound_ms, "bare aiortc: first sound", bare.sound_ms))
    for name, ours, anchor_name, anchor in pairs:
        row(name, statistics.median(ours), anchor_name, statistics.median(anchor), "ms", ours)
    if sound:
        row("CPU s per s of call", box.cpu_s_per_s, "bare aiortc", bare.cpu_s_per_s, "s/s")
        row("peak memory, idle", box.idle_mib, "bare aiortc, imported", bare.idle_mib, "MiB")
        row("peak memory, in call", box.call_mib, "bare aiortc, in call", bare.call_mib, "MiB")


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks")
    parser.add_argument("--pipecat", action="store_true", help="press -> ready against a real Pipecat server too")
    options = parser.parse_args()
    cpu = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith(("model name", "Model"))]
    model = cpu[0].split(":")[1].strip() if cpu else platform.machine()
    print(f"{model}, {len(cpu)} cores, Python {platform.python_version()}")
    print(
        f"medians of {CALLS} calls after one (least to most); a press includes 20 ms of debounce; calls of {CALL_S:g} s"
    )
    with subprocess.Popen([sys.executable, "-m", "benchmarks.bot"], stdout=subprocess.PIPE, text=True, cwd=ROOT) as bot:
        assert bot.stdout
        try:
            compare(bot.stdout.readline().strip(), sound=True)
        finally:
            bot.kill()
    for module, anchor in IMPORTS:
        row(f"import {module}", import_ms(module), f"import {anchor}", import_ms(anchor), "ms")
    if options.pipecat:
        from tests.rig.pipecat import PipecatServer

        print("against a real Pipecat server:")
        with PipecatServer() as server:
            compare(server.start_url, sound=False)


if __name__ == "__main__":
    main()
