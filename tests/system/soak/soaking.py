"""Plays a plan on a whole box, and looks after each round: is it where it was, and did a press find a bot?

Appliance, client, aiortc, MQTT and the bot are real; pins and sound cards are in memory, where they can be pulled out.
"""

import asyncio
import contextlib
import gc
import json
import os
import threading
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.system.soak.plan import EVENTS, Round, Step
from tests.system.soak.world import World

from callbox.app.appliance import Appliance
from callbox.app.appliance_config import ApplianceConfig
from callbox.app.button_control import ButtonConfig
from callbox.app.connection_config import ConnectionConfig
from callbox.app.flight_recorder import FlightRecorder
from callbox.app.observers import Observer
from callbox.app.persistent_state import PersistentState
from callbox.control.lamps import IDENTIFY, status_lamp
from callbox.control.remote_commands import RemoteCommand
from callbox.control.status import Status
from callbox.mqtt.client import MqttObserver
from callbox.mqtt.model.topics import Topics
from callbox.mqtt.paho_client import Broker
from callbox.rtvi import APIRequest, Deadlines
from callbox.rtvi.http_pool import HttpPool
from callbox.transports.small_webrtc import SmallWebRTCTransport
from callbox.transports.small_webrtc.prewarm import PrewarmedSmallWebRTC
from callbox_device.interfaces import MAIN_BUTTON, Board
from callbox_device.model.gestures import Gestures
from callbox_device.simulated import SimulatedButton, SimulatedLamp

DEADLINES = Deadlines(start_s=3.0, connect_s=3.0, bot_ready_s=2.0)
DOUBLE_PRESS_MS = 60
REST_S = 10.0
"""A box that is not at rest so long after it was told to hang up is stuck."""
KEEPS_S = 10.0
"""So is one that still holds then what a call needed: closing a connection whose bot was killed takes a while."""
READY_S = 20.0
"""And one that finds no bot within this, though there is one."""
LIE_S, LOOK_S = 3.0, 0.02
"""And one whose lamps or status differ for so long from what is captured and connected, with everything at rest."""
TRUTH_S = 40.0
"""And one whose retained state is another one than its own, this long after the broker is back: it may be in a pause."""

SLACK = (2, 8, 6)
"""So many tasks, threads and descriptors come and go: the report may be between two connections, and asyncio's pool of
threads grows with its use."""


@dataclass
class Found:
    """What one life was like."""

    recovered_s: list[float] = field(default_factory=list)
    """From the moment in which all is well again to a bot that is ready, pressing as a person would: once a second."""
    presses: int = 0
    calls: int = 0
    """Bots that were ready."""
    happened: dict[str, int] = field(default_factory=dict)
    held: list[tuple[int, int, int, float]] = field(default_factory=list)
    """After each round: tasks, threads, descriptors, MiB."""


class Stuck(AssertionError):
    """The message says where, and how to see it again."""


class CallCounter(Observer):
    """Fulfils `Observer`; counts the sessions whose bot was ready."""

    def __init__(self, found: Found) -> None:
        self._found = found
        self._counted: str | None = None

    def on_status(self, status: Status) -> None:
        if status.bot_ready and status.session != self._counted:
            self._counted = status.session
            self._found.calls += 1


class Life:
    """One box in one world."""

    def __init__(
        self, world: World, folder: Path, deadlines: Deadlines = DEADLINES, keep_alive_s: int = 5, retry_s: float = 1.0
    ) -> None:
        self._world = world
        self._button, self._lamp, self._mic_lamp = SimulatedButton(), SimulatedLamp(), SimulatedLamp()
        board = Board(self._button, self._lamp, self._mic_lamp, world.microphone, world.speaker)
        report = MqttObserver(
            Broker("127.0.0.1", world.broker.port, keep_alive_s=keep_alive_s, retry_s=retry_s),
            Topics("soak", folder.name),
        )
        pool = HttpPool()
        self._prewarmed = PrewarmedSmallWebRTC(pool, world.url)
        request = APIRequest(world.url, request_data={})
        connection = ConnectionConfig(self._prewarmed, request, deadlines, keep_alive=pool, preparation=self._prewarmed)
        gestures = Gestures(debounce_ms=2, double_press_ms=DOUBLE_PRESS_MS)
        self.found = Found()
        observers: list[Observer] = [
            report,
            CallCounter(self.found),
            PersistentState(world.disk.folder),
            FlightRecorder(world.disk.folder, world.disk.folder),
        ]
        buttons = {MAIN_BUTTON: ButtonConfig(gestures)}
        self.box = Appliance(board, ApplianceConfig(connection), buttons, observers)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator["Life"]:
        stop = asyncio.Event()
        task = asyncio.create_task(self.box.run(stop))
        while not self._button.is_watched:
            await asyncio.sleep(0.01)
        try:
            yield self
        finally:
            stop.set()
            await task

    async def play(self, round_: Round) -> None:
        """All its steps, then the way back. Raises `Stuck`."""
        self._world.use(round_.number)
        for step in round_.steps:
            await asyncio.sleep(step.pause_s)
            await self._do(step)
        await self._recover()
        await self._rest()
        await self._keep_nothing()
        await self._tell_the_truth()

    async def _tell_the_truth(self) -> None:
        """What the broker keeps is what the box is."""
        give_up_s = time.monotonic() + TRUTH_S
        while wrong := self._lies(await asyncio.to_thread(self._world.retained)):
            if time.monotonic() > give_up_s:
                raise Stuck(f"{wrong} {TRUTH_S:g} s after the broker is back")
            await asyncio.sleep(0.2)

    def _lies(self, retained: dict[str, bytes]) -> str:
        state = json.loads(retained.get("state", b"{}"))
        published = {"status": retained.get("status"), "transport": state.get("transport"), "mute": state.get("mute")}
        status = self.box.status
        true = {"status": b"online", "transport": str(status.transport), "mute": status.mute}
        return "" if published == true else f"the broker keeps {published}, true is {true}"

    async def _keep_nothing(self) -> None:
        give_up_s = time.monotonic() + KEEPS_S
        while kept := self._kept() if self._prewarmed.is_armed else "nothing is prepared":
            if time.monotonic() > give_up_s:
                raise Stuck(f"{kept} {KEEPS_S:g} s after hanging up")
            await asyncio.sleep(0.1)
        self.found.held.append(self._held())

    def _held(self) -> tuple[int, int, int, float]:
        gc.collect()
        # The cable keeps its end of a connection that it has cut without a word: two sockets.
        descriptors = len(list(Path("/proc/self/fd").iterdir())) - 2 * self._world.cable.relays
        return len(_tasks()), threading.active_count(), descriptors, rss_mib()

    def _kept(self) -> str:
        """What is held beyond what was after the first round; nothing: all is well."""
        if not self.found.held:
            return ""
        kept = zip(("tasks", "threads", "descriptors"), self.found.held[0], self._held(), SLACK, strict=False)
        for name, first, now, slack in kept:
            if now > first + slack:
                which = sorted(map(str, _tasks())) if name == "tasks" else ""
                return f"{now} {name}, which were {first} after the first round {which}"
        return ""

    async def _do(self, step: Step) -> None:
        self.found.happened[step.what] = self.found.happened.get(step.what, 0) + (not step.over)
        match step.what:
            case "press":
                await self._press()
            case "double":
                await self._press()
                await asyncio.sleep(0.01)
                await self._press()
            case "flutter":
                for _ in range(5):
                    await self._press()
                    await asyncio.sleep(DOUBLE_PRESS_MS / 1000)
            case "mute" | "unmute" | "identify" | "disconnect":
                self.box.remote.execute(RemoteCommand(step.what))
            case event if event in EVENTS:
                await self._world.change(event, over=False)
            case outage:
                await self._world.change(outage, over=step.over)
        self._look(f"after {step.what}")

    async def _press(self) -> None:
        self.found.presses += 1
        self._button.press()
        await asyncio.sleep(0.01)
        self._button.release()
        await asyncio.sleep(0.01)

    async def _recover(self) -> None:
        """Everything is there again: press, as somebody would who wants to talk, until a bot is ready."""
        await asyncio.sleep(2 * DOUBLE_PRESS_MS / 1000)  # the last press of the plan has had its effect
        began_s = time.monotonic()
        while not self._is_ready:
            if time.monotonic() - began_s > READY_S:
                raise Stuck(f"no bot within {READY_S:g} s: {self.box.status.sentence}")
            if self.box.is_idle:
                await asyncio.sleep(DOUBLE_PRESS_MS / 1000)
                await self._press()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(1):
                    while not self._is_ready:
                        await asyncio.sleep(0.01)
        self.found.recovered_s.append(time.monotonic() - began_s)
        await self._agree("ready")

    @property
    def _is_ready(self) -> bool:
        """Whether the bot is ready, and nothing else is being done: a busy machine may not have hung up yet."""
        return self.box.status.bot_ready and not self.box._call._tasks

    async def _rest(self) -> None:
        """One press ends a session. If the bot was lost in that very moment, the press calls, and one ends that session."""
        await asyncio.sleep(DOUBLE_PRESS_MS / 1000)
        began_s, pressed_in = time.monotonic(), None
        while not (self.box.is_idle and not self.box.board.microphone.is_open):
            if self._is_ready and self.box.status.session != pressed_in:
                pressed_in = self.box.status.session
                await self._press()
            if time.monotonic() - began_s > REST_S:
                raise Stuck(f"not at rest {REST_S:g} s after hanging up: {self.box.status.sentence}")
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)
        await self._agree("at rest")

    async def _agree(self, when: str) -> None:
        """What is values and told is what is: at the latest after `LIE_S` of looks, in which a card may be opened anew.

        A machine that had no time for this program has shown one look.
        """
        looked_s = 0.0
        while lie := self._lie(self.box.status):
            if looked_s > LIE_S:
                raise Stuck(f"{when}: {lie}, for {LIE_S:g} s")
            self._look(when)
            await asyncio.sleep(LOOK_S)
            looked_s += LOOK_S
        self._look(when)

    def _lie(self, status: Status) -> str:
        """A difference between what the lamps and `status` say and what is; empty: there is none."""
        client = self.box.client
        captured = self._world.microphone.is_open
        values = {"lamp": bool(self._mic_lamp.brightness), "mic_live": status.mic_live}
        for what, value in values.items():
            if value != captured:
                return f"{what} is {value}, capture is {captured}"
        if status.transport is not client.state:
            return f"status says {status.transport}, the client {client.state}"
        if status.bot_ready:
            transport = client._session.transport
            peer = transport._peer if isinstance(transport, SmallWebRTCTransport) else None
            connection = peer._pc.connectionState if peer else "none"
            if connection != "connected":
                return f"status says ready, the peer connection is {connection}"
        task = self.box._reporter.lamp_task
        if task and not self._shows(task, status):
            return f"the status lamp shows another status than {status.sentence!r}"
        return ""

    @staticmethod
    def _shows(task: Any, status: Status) -> bool:
        return task._pattern in (status_lamp(status), IDENTIFY)

    def _look(self, when: str) -> None:
        """What must hold at every moment."""
        if self._world.microphone.is_open and not self._mic_lamp.brightness:
            raise Stuck(f"{when}: the microphone is open and its lamp is dark")


def _tasks() -> list[Any]:
    """What the tasks of the box run; not those of the cable."""
    running = [task.get_coro() for task in asyncio.all_tasks()]
    return [work for work in running if not str(work).startswith("<coroutine object NetworkSwitch.")]


def rss_mib() -> float:
    """Of this process, at this moment."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
