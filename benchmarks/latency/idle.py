"""What waiting for a press costs: ``python -m benchmarks.latency.idle`` prints the processor time of each `standby`."""

import asyncio
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.latency.runs import PYTHON, ROOT
from callbox.app import compose
from callbox.app.compose import board
from callbox.config import load_all
from callbox_device.simulated import SimulatedMicrophone, SimulatedSpeaker

SETTLE_S, WATCH_S = 4.0, 40.0


async def wait(url: str, standby: str) -> None:
    """Be a box without a call."""
    board.make_sound = lambda _: (SimulatedMicrophone(), SimulatedSpeaker(), [])  # type: ignore[assignment,return-value]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "callbox.yaml"
        file.write_text(f"bot: {{start_url: {url}, standby: {standby}}}\nboard: {{kind: simulated}}\n")
        box = compose.make_composition(load_all(file, (), {})).make_appliance()
    stop = asyncio.Event()
    running = asyncio.create_task(box.run(stop))
    await asyncio.to_thread(compose.preimport)
    await asyncio.sleep(SETTLE_S)
    cpu_s, began_s = time.process_time(), time.monotonic()
    await asyncio.sleep(WATCH_S)
    percent = 100 * (time.process_time() - cpu_s) / (time.monotonic() - began_s)
    print(f"{standby:6} {box.client.state:13} {percent:6.3f} % of a core", flush=True)
    stop.set()
    await running


def main() -> None:
    if len(sys.argv) > 1:
        asyncio.run(wait(*sys.argv[1:3]))
        return
    command = [*PYTHON, "benchmarks.latency.bot", "127.0.0.1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as bot:
        assert bot.stdout
        try:
            url = bot.stdout.readline().split()[0]
            for standby in ("cold", "armed", "hot"):
                subprocess.run([*PYTHON, "benchmarks.latency.idle", url, standby], check=True, cwd=ROOT)
        finally:
            bot.kill()


if __name__ == "__main__":
    main()
