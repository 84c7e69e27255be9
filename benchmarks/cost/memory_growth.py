"""Memory over a thousand calls: one process calls, talks for a moment and hangs up, again and again.

``python -m benchmarks.cost.memory_growth START_URL CALLS``: a whole box on a simulated board. Prints a line of JSON
each `EVERY` calls: how many, and what the process holds then.
"""

import asyncio
import gc
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.cost.processes import memory
from callbox.app.appliance import Appliance
from callbox.app.appliance_config import ApplianceConfig
from callbox.app.button_control import ButtonConfig
from callbox.app.connection_config import ConnectionConfig
from callbox.rtvi import APIRequest, TransportState
from callbox.transports.small_webrtc import SmallWebRTCTransport
from callbox_device.interfaces import MAIN_BUTTON, Board
from callbox_device.model.gestures import Gestures
from callbox_device.simulated import SimulatedButton, SimulatedLamp, SimulatedMicrophone, SimulatedSpeaker

EVERY = 50
TALKS_S = 0.1
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Reading:
    calls: int
    rss_mib: float
    threads: int
    descriptors: int
    tasks: int
    objects: int


class DeafSpeaker(SimulatedSpeaker):
    """Doesn't keep what it played: a minute of it would look like a leak."""

    def _play(self, period: bytes) -> None:
        """Heard, and gone."""


class ForgetfulLamp(SimulatedLamp):
    """Doesn't remember its changes, for the same reason."""

    def set(self, brightness: float) -> None:
        self.brightness = brightness


def readings(url: str, calls: int) -> Iterator[Reading]:
    """As the process tells them."""
    command = [sys.executable, "-W", "ignore", "-m", "benchmarks.cost.memory_growth", url, str(calls)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout
        for line in process.stdout:
            yield Reading(**json.loads(line))


def descriptors() -> int:
    """How many files and sockets this process has open."""
    return len(list(Path("/proc/self/fd").iterdir()))


async def main() -> None:
    url, calls = sys.argv[1], int(sys.argv[2])
    button = SimulatedButton()
    board = Board(button, ForgetfulLamp(), ForgetfulLamp(), SimulatedMicrophone(), DeafSpeaker())
    request = APIRequest(url, request_data={"transport": "webrtc"})
    config = ApplianceConfig(ConnectionConfig(SmallWebRTCTransport, request))
    box = Appliance(board, config, {MAIN_BUTTON: ButtonConfig(Gestures(debounce_ms=5, double_press_ms=0))})
    running = asyncio.create_task(box.run(asyncio.Event()))
    await asyncio.sleep(1)

    async def until(state: TransportState) -> None:
        async with asyncio.timeout(20):
            while box.status.transport is not state:
                assert box.status.transport is not TransportState.ERROR, box.status.problem
                await asyncio.sleep(0.002)

    async def press() -> None:
        button.press()
        await asyncio.sleep(0.015)
        button.release()

    for number in range(calls + 1):
        if number % EVERY == 0:
            await asyncio.sleep(0.5)
            gc.collect()
            found = Reading(
                number, memory([os.getpid()]).rss, threading.active_count(), descriptors(),
                len(asyncio.all_tasks()), len(gc.get_objects()),
            )  # fmt: skip
            print(json.dumps(vars(found)), flush=True)
        await press()
        await until(TransportState.READY)
        await asyncio.sleep(TALKS_S)
        await press()
        await until(TransportState.DISCONNECTED)
        await asyncio.sleep(0.01)
    running.cancel()


if __name__ == "__main__":
    asyncio.run(main())
