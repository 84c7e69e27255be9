"""The box's surroundings, which can be taken away and given back: a bot, a broker, a network, sound cards, name server,
disk and clock.
"""

import asyncio
import json
import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

import aioice.ice
import aiortc.clock
from tests.rig.faulty_bot import GOOD
from tests.rig.lossy_udp import LossyUdp
from tests.rig.mosquitto import Listener, Mosquitto
from tests.rig.network_switch import NetworkSwitch
from tests.rig.ports import free_port, wait_until_open
from tests.system.soak.hostile_bot import TEXTS

import callbox.mqtt.client
from callbox.probe.model.network_impairment import NetworkImpairment
from callbox_device.simulated import SimulatedMicrophone, SimulatedSpeaker

HOST = "bot.soak.test"
"""The bot's name, which this process's getaddrinfo knows."""
SUSPENSIONS_S = (4.0, 40.0, 700.0, 8 * 3600.0)
CLOCK_STEPS_S = (-86_400.0, -3600.0, -1.5, 2.0, 7200.0, 86_400.0)
MOODS = (
    *("404", "500", "503", "html", "never", "start cut off", "start without end", "a list", "no session"),
    *("a session of another kind", "offer 400", "offer 500", "offer never", "offer cut off", "offer without end"),
    *("empty sdp", "no sdp", "garbled sdp", "nobody behind it", "no audio", "never ready", "fatal", "leaves at once"),
    *("malformed", "flood", "ready thrice", "closes the channel", "lies", "tells no turns", "never answers"),
)
"""Of `tests.rig.faulty_bot.FaultyBot`."""
FLOOD = 300
"""Commands at once."""
TMPFS_KIB = 64
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
        self._process: subprocess.Popen[Any] | None = None

    def start(self) -> None:
        if self._process is None:
            self._process = subprocess.Popen([sys.executable, "-W", "ignore", "-c", BOT, str(self.port)], cwd=ROOT)
            wait_until_open(self.port)

    def kill(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()
            for pipe in (self._process.stdin, self._process.stdout):
                if pipe:
                    pipe.close()
            self._process = None

    def end(self) -> None:
        self.kill()


class ObedientBot(Bot):
    """As `Bot`, and misbehaves to order; its end leaves the process, which takes it a second to start."""

    def __init__(self) -> None:
        super().__init__()
        self._is_up = False

    def start(self) -> None:
        if self._process is None:
            command = [sys.executable, "-W", "ignore", "-m", "tests.system.soak.hostile_bot", str(self.port)]
            log = subprocess.DEVNULL
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True, bufsize=1, cwd=ROOT
            )
            self._answered()
        elif not self._is_up:
            self.order("up")
        self._is_up = True

    def kill(self) -> None:
        if self._is_up:
            self.order("down")
        self._is_up = False

    def end(self) -> None:
        if self._process:
            super().kill()
            self._process = None

    def order(self, line: str) -> None:
        assert self._process
        assert self._process.stdin
        self._process.stdin.write(f"{line}\n")
        self._answered()

    def _answered(self) -> None:
        assert self._process
        assert self._process.stdout
        if not self._process.stdout.readline():
            raise RuntimeError("the bot has ended")


class DeafSpeaker(SimulatedSpeaker):
    """Doesn't keep what it played: a minute of it, moved on and on, would look like a leak."""

    def _play(self, period: bytes) -> None:
        """Heard, and gone."""


class World:
    """``async with World(folder) as world``. `change` from the event loop."""

    def __init__(self, folder: Path, bot: Bot | None = None) -> None:
        self.bot, self.broker = bot or Bot(), Mosquitto(folder)
        self.cable = NetworkSwitch(self.bot.port)
        self.clock, self.dns, self.disk = Clock(), NameServer(), StateDisk(folder / "state")
        self.suspension, self.addresses = Suspension(), Addresses()
        self._chance = random.Random(0)
        self.without_network_s = 0.2
        self._topics = f"soak/{folder.name}"
        self.microphone, self.speaker = SimulatedMicrophone(), DeafSpeaker()
        self._is_frozen = False
        self._radio = LossyUdp(NetworkImpairment(loss=1.0), NetworkImpairment(loss=1.0))
        self._changes: dict[str, tuple[Callable[[], Any], Callable[[], Any]]] = {
            "server": (self.bot.kill, self.bot.start),
            "broker": (self.broker.stop, self.broker.start),
            "broker_hangs": (self._freeze, self._thaw),
            "network": (lambda: self._air(fair=False), lambda: self._air(fair=True)),
            "microphone": (self.microphone.unplug, self.microphone.plug_in),
            "speaker": (self.speaker.unplug, self.speaker.plug_in),
            "sound_server": (self._stall_sound, lambda: None),
            "dns": (self.dns.fail, self.dns.work),
            "disk": (self.disk.fill, self.disk.free),
            "clock": (lambda: self.clock.step(self._chance.choice(CLOCK_STEPS_S)), self.clock.set),
            "new_address": (self._change_address, lambda: None),
            "nat_forgets": (lambda: self.cable.mend(old_paths=False), lambda: None),
            "hostile_mqtt": (self._send_hostile, lambda: None),
            "mqtt_flood": (self._flood, lambda: None),
            "bot_fault": (self._misbehave, lambda: self._order(f"mood {GOOD}")),
            "bot_leaves": (lambda: self._order("leave"), lambda: None),
            "bot_vanishes": (lambda: self._order("vanish"), lambda: None),
            "suspension": (lambda: self.suspension.add(self._chance.choice(SUSPENSIONS_S)), lambda: None),
        }

    async def __aenter__(self) -> Self:
        for part in (self.clock, self.dns, self.disk, self.suspension, self.addresses):
            part.__enter__()
        await self.cable.__aenter__()
        self._radio.__enter__()
        self._air(fair=True)
        for start in (self.broker.start, self.bot.start):
            await asyncio.to_thread(start)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._radio.__exit__()
        await self.cable.__aexit__()
        for part in (self.addresses, self.suspension, self.disk, self.dns, self.clock):
            part.__exit__()
        for end in (self._thaw, self.broker.stop, self.bot.end):
            await asyncio.to_thread(end)

    @property
    def url(self) -> str:
        """Of the bot's start request, through the cable."""
        return f"http://{HOST}:{self.cable.port}/start"

    def retained(self) -> dict[str, bytes]:
        """What the broker keeps of this box, by the end of the topic. Blocks for half a second at most."""
        prefix = f"{self._topics}/"
        with Listener(self.broker.port) as listener:
            until_s = time.monotonic() + 0.3  # retained messages have no end
            while time.monotonic() < until_s and not all(listener.of(f"{prefix}{end}") for end in ("status", "state")):
                time.sleep(0.01)
            return {
                topic.removeprefix(prefix): payload
                for topic, payload, _ in listener.messages
                if topic.startswith(prefix)
            }

    def change(self, what: str, *, over: bool) -> Awaitable[Any]:
        """Take `what` away, or give it back. What starts a process, or waits for one, does so in a thread."""
        gone, back = self._changes[what]
        return asyncio.to_thread(back if over else gone)

    def use(self, round_number: int) -> None:
        """Choose from now on what a round's plan leaves open, by its number."""
        self._chance.seed(round_number)

    def _misbehave(self) -> None:
        self._order(f"mood {self._chance.choice(MOODS)}")

    def _order(self, line: str) -> None:
        if isinstance(self.bot, ObedientBot):
            self.bot.order(line)

    def _air(self, *, fair: bool) -> None:
        self._radio.fair = fair
        self._radio.first_sent_s.clear()  # never read

    def _stall_sound(self) -> None:
        self.microphone.stall()
        self.speaker.stall()

    def _change_address(self) -> None:
        """By DHCP, say: nothing of what was open works any more, and there is no sign of it."""
        self.cable.cut()
        self.addresses.change()
        time.sleep(self.without_network_s)
        self.cable.mend(old_paths=False)

    def _send_hostile(self) -> None:
        self._publish([json.dumps({"transaction": text, text: 1}).encode() for text in TEXTS] + [b"\xff", b"[" * 5000])

    def _flood(self) -> None:
        self._publish([b"{}"] * FLOOD)

    def _publish(self, payloads: list[bytes]) -> None:
        if not self.broker.is_running or self._is_frozen:
            return
        with Listener(self.broker.port) as sender:
            for payload in payloads:
                sender._client.publish(f"{self._topics}/request/identify", payload, qos=0)

    def _freeze(self) -> None:
        if self.broker.is_running:
            self.broker.freeze()
            self._is_frozen = True

    def _thaw(self) -> None:
        if self.broker.is_running:
            self.broker.thaw()
        self._is_frozen = False


class Clock:
    """The wall clock of this process, which can be stepped: as NTP does after a start without a real-time clock."""

    def __init__(self) -> None:
        self._by_s = 0.0

    def __enter__(self) -> None:
        self._real = now_s, now_ns = time.time, time.time_ns
        time.time = lambda: now_s() + self._by_s
        time.time_ns = lambda: now_ns() + int(self._by_s * 1e9)
        clock = self

        class SteppedDatetime(datetime):
            @classmethod
            def now(cls, tz: Any = None) -> Any:
                return datetime.now(tz) + timedelta(seconds=clock._by_s)

        self._real_datetime = aiortc.clock.current_datetime
        aiortc.clock.current_datetime = lambda: SteppedDatetime.now(UTC)
        callbox.mqtt.client.datetime = SteppedDatetime  # type: ignore[attr-defined]

    def __exit__(self, *_: object) -> None:
        time.time, time.time_ns = self._real
        aiortc.clock.current_datetime = self._real_datetime
        callbox.mqtt.client.datetime = datetime  # type: ignore[attr-defined]

    def step(self, by_s: float) -> None:
        self._by_s = by_s

    def set(self) -> None:
        self._by_s = 0.0


class Suspension:
    """CLOCK_BOOTTIME of this process, which goes on while a machine is suspended."""

    def __init__(self) -> None:
        self._by_s = 0.0

    def __enter__(self) -> None:
        self._real = real = time.clock_gettime
        time.clock_gettime = lambda clock: real(clock) + (self._by_s if clock == time.CLOCK_BOOTTIME else 0.0)

    def __exit__(self, *_: object) -> None:
        time.clock_gettime = self._real

    def add(self, by_s: float) -> None:
        self._by_s += by_s


class Addresses:
    """The addresses of which aioice makes candidates: this machine's, and one that changes, as by DHCP."""

    def __init__(self) -> None:
        self._number = 2

    def __enter__(self) -> None:
        self._real = real = aioice.ice.get_host_addresses
        aioice.ice.get_host_addresses = lambda use_ipv4, use_ipv6: [
            *real(use_ipv4, use_ipv6),
            f"127.0.0.{self._number}",
        ]

    def __exit__(self, *_: object) -> None:
        aioice.ice.get_host_addresses = self._real

    def change(self) -> None:
        self._number = 2 + (self._number - 1) % 250


class NameServer:
    """What this process's getaddrinfo says about the bot's name."""

    def __init__(self) -> None:
        self._works = True

    def __enter__(self) -> None:
        self._real = real = socket.getaddrinfo

        def getaddrinfo(host: Any, *arguments: Any, **options: Any) -> Any:
            if host != HOST:
                return real(host, *arguments, **options)
            if not self._works:
                raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
            return real("127.0.0.1", *arguments, **options)

        socket.getaddrinfo = getaddrinfo

    def __exit__(self, *_: object) -> None:
        socket.getaddrinfo = self._real

    def fail(self) -> None:
        self._works = False

    def work(self) -> None:
        self._works = True


class StateDisk:
    """The box's state folder on a small tmpfs, which is filled up. Without root: a folder that can't be written."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._filler = folder / "filler"

    def __enter__(self) -> None:
        self.folder.mkdir()
        options = ["mount", "-t", "tmpfs", "-o", f"size={TMPFS_KIB}k", "tmpfs", str(self.folder)]
        self._is_mounted = (
            os.geteuid() == 0 and subprocess.run(options, check=False, capture_output=True).returncode == 0
        )

    def __exit__(self, *_: object) -> None:
        self.free()
        if self._is_mounted:
            subprocess.run(["umount", "-l", str(self.folder)], check=True)

    def fill(self) -> None:
        if not self._is_mounted:
            self.folder.chmod(0o500)
            return
        try:
            with self._filler.open("wb", buffering=0) as filler:
                while filler.write(bytes(4096)):
                    pass
        except OSError:  # ENOSPC
            pass

    def free(self) -> None:
        if not self._is_mounted:
            self.folder.chmod(0o700)
        self._filler.unlink(missing_ok=True)
