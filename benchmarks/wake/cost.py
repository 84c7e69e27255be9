"""Processor time and memory of a box at rest, with and without a wake word.

    python -m benchmarks.wake.cost [--window SECONDS] >FOLDER/cost.json

Each box is a process of its own: on a simulated board, whose microphone delivers silence in real time.
"""

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import time
from typing import Any

from tests.rig.appliance import running

from benchmarks.cost.processes import memory
from callbox.app.wake_word import WakeConfig
from callbox.audio.capture.wake_word import WakeWord
from callbox.audio.media import AudioConfig

WORD = WakeConfig((WakeWord("okay_nabu"),))
BOXES: dict[str, tuple[WakeConfig, AudioConfig]] = {
    "off": (WakeConfig(), AudioConfig(echo="cancel")),
    "on": (WORD, AudioConfig(echo="cancel")),
    "on, echo canceller off": (WORD, AudioConfig()),
}
ROUNDS = 3
SETTLES_S = 3


async def box(name: str, window_s: float) -> tuple[float, float]:
    """Percent of a core, and MiB (PSS), of a box in this process."""
    wake, audio = BOXES[name]
    async with running("http://127.0.0.1:9/start", wake=wake, audio=audio) as rig:
        if wake.words:
            await rig.until(lambda status: status.wake_word)
        await asyncio.sleep(SETTLES_S)
        began_s = time.process_time()
        await asyncio.sleep(window_s)
        return 100 * (time.process_time() - began_s) / window_s, memory([os.getpid()]).pss


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--window", type=float, default=10)
    parser.add_argument("--box", choices=BOXES)
    options = parser.parse_args()
    if options.box:
        print(json.dumps(asyncio.run(box(options.box, options.window))))
        return
    found: dict[str, list[Any]] = {name: [] for name in BOXES}
    for _ in range(ROUNDS):
        for name, measured in found.items():
            command = [sys.executable, "-m", "benchmarks.wake.cost", "--box", name, "--window", str(options.window)]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            measured.append(json.loads(done.stdout))
    medians = {name: [statistics.median(column) for column in zip(*rows, strict=True)] for name, rows in found.items()}
    print(json.dumps(medians))


if __name__ == "__main__":
    main()
