"""A whole box on a simulated board, for tests in its event loop: press its button, wait for its status."""

import asyncio
import contextlib
import time
from dataclasses import replace

from callbox.app.appliance import Appliance
from callbox.app.appliance_config import ApplianceConfig
from callbox.app.button_control import ButtonConfig
from callbox.app.connection_config import ConnectionConfig
from callbox.app.observers import Observer
from callbox.app.reconfigure import Reconfiguration
from callbox.control.gesture_actions import GestureSettings
from callbox.control.status import Status
from callbox.rtvi import APIRequest, Deadlines, TransportState
from callbox.transports.small_webrtc import SmallWebRTCTransport
from callbox_device.interfaces import MAIN_BUTTON, Board
from callbox_device.model.gestures import Gestures
from callbox_device.simulated import SimulatedButton, SimulatedLamp, SimulatedMicrophone, SimulatedSpeaker

S = TransportState
PATIENT = Deadlines()


class Watcher(Observer):
    """An observer that remembers."""

    def __init__(self):
        self.statuses: list[Status] = []
        self.gestures = []
        self.stats = []
        self._changed = asyncio.Event()

    def on_status(self, status):
        self.statuses.append(status)
        self._changed.set()

    def on_gesture(self, gesture, button):
        self.gestures.append(gesture)

    def attach(self, execute):
        self.execute = execute

    def on_audio_stats(self, stats):
        self.stats.append(stats)

    @property
    def transports(self):
        states = [status.transport for status in self.statuses]
        return [state for place, state in enumerate(states) if not place or state is not states[place - 1]]

    async def until(self, condition, within_s=60):
        async with asyncio.timeout(within_s):
            while not (self.statuses and condition(self.statuses[-1])):
                self._changed.clear()
                await self._changed.wait()
        return self.statuses[-1]


class Rig:
    def __init__(
        self,
        url,
        deadlines=PATIENT,
        double_press_ms=0,
        observers=(),
        jobs=None,
        *,
        first=(),
        hot=False,
        gesture_settings=None,
        bots=None,
        buttons=None,
        board_buttons=None,
        ring_store=None,
        hold_ms=1000,
        alarm_store=None,
        **parts,
    ):
        """`parts`: of the board, and of `ApplianceConfig`."""
        config = {name: parts.pop(name) for name in ApplianceConfig.__dataclass_fields__ if name in parts}
        self.button, self.lamp, self.mic_lamp = SimulatedButton(), SimulatedLamp(), SimulatedLamp()
        self.microphone, self.speaker = SimulatedMicrophone(), SimulatedSpeaker()
        board = Board(self.button, self.lamp, self.mic_lamp, self.microphone, self.speaker, buttons=board_buttons or {})
        self.watcher = Watcher()
        self.connection = ConnectionConfig(SmallWebRTCTransport, APIRequest(url, request_data={}), deadlines, hot=hot)
        gestures = Gestures(debounce_ms=1, hold_ms=hold_ms, double_press_ms=double_press_ms)
        main = ButtonConfig(gestures, gesture_settings or GestureSettings())
        self.box = Appliance(
            replace(board, **parts),
            ApplianceConfig(bots or self.connection, **config),
            {MAIN_BUTTON: main, **(buttons or {})},
            [*first, self.watcher, *observers],
            jobs=jobs,
            ring_store=ring_store,
            alarm_store=alarm_store,
        )
        self.until = self.watcher.until

    def reconfiguration(self, connection=None, microphone=None, speaker=None, observers=None, **config):
        """Other parts and, by the fields of `ApplianceConfig`, how all work from then on; else as they are."""
        return Reconfiguration(
            microphone or self.microphone,
            speaker or self.speaker,
            (),
            ApplianceConfig(connection or self.connection, **config),
            observers or [self.watcher],
        )

    @property
    def pattern(self):
        assert self.box._reporter.lamp_task
        return self.box._reporter.lamp_task._pattern

    async def click(self):
        await asyncio.sleep(0.05)  # the button was up for longer than this click is long
        self.button.click(30)

    def double_click(self):
        now_s = time.monotonic()  # the edges carry their times: no busy machine makes two presses of them
        for ago_s, closed in ((0.2, True), (0.17, False), (0.12, True), (0.09, False)):
            (self.button.press if closed else self.button.release)(now_s - ago_s)

    async def until_idle(self, within_s=60):
        async with asyncio.timeout(within_s):
            while not self.box.is_idle:
                await asyncio.sleep(0.01)

    async def until_dark(self, within_s=60):
        async with asyncio.timeout(within_s):
            while not self.is_dark():
                await asyncio.sleep(0.01)

    def is_dark(self):
        return not self.mic_lamp.brightness and not self.microphone.is_open and not self.speaker.is_open


@contextlib.asynccontextmanager
async def running(*arguments, **options):
    rig = Rig(*arguments, **options)
    stop = asyncio.Event()
    task = asyncio.create_task(rig.box.run(stop))
    try:
        await rig.until(lambda status: True)
        while rig.box.board.button and not rig.button.is_watched:
            await asyncio.sleep(0)
        yield rig
    finally:
        stop.set()
        await task


def at(state):
    return lambda status: status.transport is state


def reached(url, *, hot=False):
    """How the bot at `url` is reached."""
    return ConnectionConfig(SmallWebRTCTransport, APIRequest(url, request_data={}), hot=hot)
