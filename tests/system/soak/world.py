"""The box's surroundings, which can be taken away and given back: a bot, a broker, a network, sound cards."""

import asyncio
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Self

from tests.rig.lossy_udp import LossyUdp
from tests.rig.mosquitto import Mosquitto
from tests.rig.network_impairment import NetworkImpairment
from tests.rig.ports import free_port, wait_until_open

from callbox_device.simulated import SimulatedMicrophone, SimulatedSpeaker

ROOT = Path(__file__).parents[3]
BOT = """
import asyncio, sys
from tests.system.soak.hostile_bot import HostileBot
async def main():
    await HostileBot().start(port=int(sys.argv[1]))
    await asyncio.Event().wait()
asyncio.run(main())
"""


class Bot:
    """A bot in a process of its own, which sends hostile text; always at the same address; its end is a kill."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/start"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        if self._process is None:
            self._process = subprocess.Popen([sys.executable, "-W", "ignore", "-c", BOT, str(self.port)], cwd=ROOT)
            wait_until_open(self.port)

    def kill(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None


class DeafSpeaker(SimulatedSpeaker):
    """Doesn't keep what it played: a minute of it, moved on and on, would look like a leak."""

    def _play(self, period: bytes) -> None:
        """Heard, and gone."""


class World:
    """``async with World(folder) as world``. `change` from the event loop."""

    def __init__(self, folder: Path) -> None:
        self.bot, self.broker = Bot(), Mosquitto(folder)
        self.microphone, self.speaker = SimulatedMicrophone(), DeafSpeaker()
        self._radio = LossyUdp(NetworkImpairment(loss=1.0), NetworkImpairment(loss=1.0))
        self._changes: dict[str, tuple[Callable[[], Any], Callable[[], Any]]] = {
            "server": (self.bot.kill, self.bot.start),
            "broker": (self.broker.stop, self.broker.start),
            "broker_hangs": (self._freeze, self._thaw),
            "network": (lambda: self._air(fair=False), lambda: self._air(fair=True)),
            "microphone": (self.microphone.unplug, self.microphone.plug_in),
            "speaker": (self.speaker.unplug, self.speaker.plug_in),
        }

    async def __aenter__(self) -> Self:
        self._radio.__enter__()
        self._air(fair=True)
        for start in (self.broker.start, self.bot.start):
            await asyncio.to_thread(start)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._radio.__exit__()
        for end in (self._thaw, self.broker.stop, self.bot.kill):
            await asyncio.to_thread(end)

    def change(self, what: str, *, over: bool) -> Awaitable[Any]:
        """Take `what` away, or give it back. What starts a process, or waits for one, does so in a thread."""
        gone, back = self._changes[what]
        return asyncio.to_thread(back if over else gone)

    def _air(self, *, fair: bool) -> None:
        self._radio.fair = fair
        self._radio.first_sent_s.clear()  # nobody asks

    def _freeze(self) -> None:
        if self.broker.is_running:
            self.broker.freeze()

    def _thaw(self) -> None:
        if self.broker.is_running:
            self.broker.thaw()
