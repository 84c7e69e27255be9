"""A whole box in this process, without network: its transport, broker and pages are the caller's."""

import asyncio
import itertools
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from tests.rig.fake_session import Transport

from callbox.app.appliance import Appliance
from callbox.app.appliance_config import ApplianceConfig
from callbox.app.bot_tools import ToolConfig
from callbox.app.button_control import ButtonConfig
from callbox.app.connection_config import ConnectionConfig
from callbox.app.flight_recorder import FlightRecorder
from callbox.app.observers import Observer
from callbox.control.faults import Fault, Problem
from callbox.control.status import Status
from callbox.control.tool_arguments import Argument, ArgumentType
from callbox.control.tools import SPECS, published_tool
from callbox.mqtt.client import MqttObserver
from callbox.mqtt.model.publications import BoxPublications, Timestamp
from callbox.mqtt.model.topics import Publication, Topics
from callbox.mqtt.paho_client import Broker
from callbox.panel.browser_board import PageBoard
from callbox.panel.model import server_messages
from callbox.panel.model.access import AccessPolicy
from callbox.panel.panel import Panel
from callbox.rtvi import TransportState
from callbox_device.interfaces import MAIN_BUTTON, Board
from callbox_device.model.gestures import Gestures
from callbox_device.simulated import SimulatedButton, SimulatedLamp, SimulatedMicrophone, SimulatedSpeaker

SPEECH = Path(__file__).parents[2] / "firmware/callbox/assets/speech.wav"
STUCK_S = 30.0
TOPICS = Topics("callbox", "fuzz")
_LIGHT = published_tool("light", "x", "home/light", "{state}", {"state": Argument(ArgumentType.STRING)})
TOOLS = ToolConfig({spec.setting: True for spec in SPECS}, (_LIGHT,))


class _ReadyBot(Transport):
    """Connects at once, is ready at once, and accepts all tools."""

    max_message_bytes = 65536

    async def connect(self, params: Any, request: Any) -> None:
        self.params, self.request = params, request

    def send(self, text: str) -> None:
        super().send(text)
        message, loop = self.sent.pop(), asyncio.get_running_loop()
        if message.type == "client-ready":
            loop.call_soon(self.receive, "bot-ready", {"version": "2.2.0"}, "1")
        elif message.type == "client-message" and message.data["t"] == "tools":
            accepted = [tool["name"] for tool in message.data["d"]["tools"]]
            loop.call_soon(self.receive, "server-response", {"t": "tools", "d": {"accepted": accepted}}, message.id)


class _DetachedMqtt(MqttObserver):
    """Publishes to a list, as if a broker acknowledged at once."""

    def __init__(self) -> None:
        super().__init__(Broker("broker", 1883), TOPICS)
        self.state: dict[str, Any] = {}
        self._numbers = itertools.count(1)
        self._outbox.open(self._take)

    def _take(self, publication: Publication) -> int:
        text = publication.payload.decode()
        if text.startswith("{"):
            json.loads(text)
        if publication.topic == "callbox/fuzz/state":
            self.state = json.loads(text)
        number = next(self._numbers)
        if publication.qos:
            asyncio.get_running_loop().call_soon(self._outbox.acknowledged, number)
        return number

    async def run(self) -> None:
        await asyncio.Event().wait()


class _DetachedPanel(Panel):
    async def run(self) -> None:
        await asyncio.Event().wait()


class InProcessBox:
    """``async with InProcessBox() as box``. `in_page`: its button and sound are the panel's page."""

    def __init__(self, *, in_page: bool = False) -> None:
        self._page_board = PageBoard(SPEECH) if in_page else None
        button = self._page_board.button if self._page_board else SimulatedButton()
        self._button, self._mic_lamp = button, SimulatedLamp()
        microphone: Any = self._page_board.microphone if self._page_board else SimulatedMicrophone()
        speaker: Any = self._page_board.speaker if self._page_board else SimulatedSpeaker()
        board = Board(button, SimulatedLamp(), self._mic_lamp, microphone, speaker)
        self.mqtt = _DetachedMqtt()
        self.panel = _DetachedPanel(
            AccessPolicy("127.0.0.1", "box"), 0, {"type": "about"}, board=self._page_board, shows_transcript=True
        )
        self._transport: _ReadyBot | None = None
        observers: list[Observer] = [self.mqtt, self.panel, FlightRecorder()]
        config = ApplianceConfig(ConnectionConfig(self._connect, {"webrtc_url": "http://bot/"}), tools=TOOLS)
        buttons = {MAIN_BUTTON: ButtonConfig(Gestures(debounce_ms=0, double_press_ms=0))}
        self.appliance = Appliance(board, config, buttons, observers)
        self._stop = asyncio.Event()

    def _connect(self, media: Any, listener: Any) -> _ReadyBot:
        self._transport = _ReadyBot(media, listener)
        return self._transport

    async def __aenter__(self) -> Self:
        self._running = asyncio.create_task(self.appliance.run(self._stop))
        while not self._button.is_watched:
            await asyncio.sleep(0)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._stop.set()
        await self._running

    @property
    def is_in_call(self) -> bool:
        """Whether the bot is ready and listens."""
        return self.appliance.status.bot_ready

    @property
    def is_connecting(self) -> bool:
        """Whether a call is being made or ended."""
        return not self.is_in_call and not self.appliance.is_idle

    def on_bot_text(self, text: str) -> None:
        """A text of the bot."""
        assert self._transport
        self._transport.listener.on_message(text)

    def check(self) -> None:
        """What holds at every moment. Raises AssertionError."""
        assert not self._running.done(), "the box has ended"
        status = self.appliance.status
        assert not status.mic_live or self._mic_lamp.brightness, "the microphone is open and its lamp is dark"
        if status.transport is TransportState.ERROR:
            assert status.problem is not None, status.sentence
            assert status.problem.fault is Fault.BOT_FAILED, status.sentence
        if self.appliance.client.state is TransportState.READY:
            assert status.transport is TransportState.READY, status.sentence

    async def press(self) -> None:
        """Press, until the bot is ready. A page may hold the button down, or have begun a call."""
        await self._hang_up()
        self.appliance.alarms.cancel(None)  # of one that rings a press is the end, and no call
        self._click()
        await self._until(lambda: self.appliance.status.bot_ready, "ready after a press")
        self.check()

    async def press_twice(self) -> None:
        """A call and its end; a call that is on is ended before."""
        await self.press()
        await self._hang_up()
        await self._until(lambda: not self.appliance.board.microphone.is_open, "microphone closed")
        self.check()

    async def _hang_up(self) -> None:
        self._button.release()
        loop = asyncio.get_running_loop()
        give_up_s = loop.time() + STUCK_S
        await asyncio.sleep(0.005)  # a press in the moment of a release would be a double press
        while not self.appliance.is_idle:
            assert loop.time() < give_up_s, f"not idle: {self.appliance.status.sentence}"
            if self.is_in_call:
                self._click()
            await asyncio.sleep(0.005)

    def _click(self) -> None:
        self._button.press()
        self._button.release()

    async def _until(self, condition: Any, what: str) -> None:
        loop = asyncio.get_running_loop()
        give_up_s = loop.time() + STUCK_S
        while not condition():
            assert loop.time() < give_up_s, f"not {what}: {self.appliance.status.sentence}"
            await asyncio.sleep(0.001)

    @staticmethod
    def assert_tellable(text: str) -> None:
        """A problem with this text can be told on MQTT, in the panel and to systemd."""
        problem = Problem(Fault.NO_MICROPHONE, text)
        status = Status(problem=problem)
        for publication in _PUBLICATIONS.status(status, _NOW):
            publication.payload.decode()
        json.dumps(server_messages.status(status, _NOW_UTC), ensure_ascii=False).encode()


_NOW_UTC = datetime(2026, 11, 28, tzinfo=UTC)
_NOW = Timestamp(_NOW_UTC, 0.0)
_PUBLICATIONS = BoxPublications(TOPICS, "b00t", {}, _NOW)
