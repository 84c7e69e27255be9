"""Putting the handset down closes the microphone's PCM, and nothing that is captured after leaves. In simulated time."""

import asyncio
import random
from concurrent.futures import Future
from types import SimpleNamespace

import pytest
from tests.rig.fake_session import Transport
from tests.rig.stamped_pins import StampedFactory

from callbox.app.appliance import Appliance
from callbox.app.appliance_config import ApplianceConfig
from callbox.app.button_control import ButtonConfig
from callbox.app.connection_config import ConnectionConfig
from callbox.rtvi import TransportState
from callbox_device import gpio
from callbox_device.interfaces import MAIN_BUTTON, Board
from callbox_device.model import pcm
from callbox_device.model.gestures import Gestures
from callbox_device.model.hook_switch import DEFAULT_DEBOUNCE_MS
from callbox_device.simulated import SimulatedButton, SimulatedLamp

HOOK = 5
LIMIT_S = 0.05

pytestmark = pytest.mark.simulated_time


class Device:
    """A sound card in simulated time: opens and closes at once, and says when."""

    device, overruns, underruns, delay_ms = "simulated", 0, 0, 0.0
    volume_percent: int | None = 50

    def __init__(self, log):
        self.log = log
        self.is_open = False

    def missing(self):
        return None

    def start(self, deliver, failed):
        self.is_open, self.deliver = True, deliver
        return self._done("opened")

    def stop(self):
        self.is_open = False
        return self._done("closed")

    def flush(self):
        pass

    def use(self, name):
        pass

    def devices(self):
        return []

    def _done(self, what):
        self.log.append((what, asyncio.get_running_loop().time()))
        done: Future[None] = Future()
        done.set_result(None)
        return done


class CallingTransport(Transport):
    """Is ready at once, and counts the periods that leave."""

    def __init__(self, media, listener):
        super().__init__(media, listener)
        self.outcome.set_result(None)
        self.sending = asyncio.create_task(self._send_sound())
        self.sound_s: list[float] = []

    def send(self, text):
        super().send(text)
        if self.sent[-1].type == "client-ready":
            asyncio.get_running_loop().call_soon(self.receive, "bot-ready", {"version": "2.2.0"})

    async def _send_sound(self):
        while True:
            period = await self.media.read()
            if any(period):
                self.sound_s.append(asyncio.get_running_loop().time())

    async def close(self):
        await super().close()
        await asyncio.sleep(1)  # a bot whose network is away
        self.sending.cancel()


async def capture(microphone):
    """Loud periods while the PCM is open, as a card delivers them."""
    loop = asyncio.get_running_loop()
    while True:
        await asyncio.sleep(pcm.PERIOD_MS / 1000)
        if microphone.is_open:
            microphone.deliver(b"\x10\x27" * pcm.PERIOD_FRAMES, loop.time() - pcm.PERIOD_MS / 1000)


@pytest.mark.parametrize("bounces", [0, 1, 10])
async def test_the_pcm_closes_within_50_ms_of_the_last_bounce_and_no_sound_leaves_after(bounces, monkeypatch):
    draw = random.Random(bounces)
    pins, transports = StampedFactory(), []
    monkeypatch.setattr(gpio, "time", SimpleNamespace(monotonic=pins.ticks))
    log: list[tuple[str, float]] = []
    microphone, speaker = Device(log), Device([])

    def new_transport(media, listener):
        transports.append(CallingTransport(media, listener))
        return transports[-1]

    hook = gpio.GpioButton(HOOK, pin_factory=pins)
    board = Board(SimulatedButton(), SimulatedLamp(), SimulatedLamp(), microphone, speaker, hook_switch=hook)
    config, buttons = ApplianceConfig(ConnectionConfig(new_transport, {})), {MAIN_BUTTON: ButtonConfig(Gestures())}
    box, stop = Appliance(board, config, buttons), asyncio.Event()
    running = asyncio.create_task(box.run(stop))
    capturing = asyncio.create_task(capture(microphone))
    await asyncio.sleep(1)
    contact = pins.pin(f"GPIO{HOOK}")
    contact.drive_low()
    await asyncio.sleep(2)
    states = [box.status.transport]
    [transport] = transports
    assert transport.sound_s[-1] > 2.9
    for _ in range(bounces):
        for move in (contact.drive_high, contact.drive_low):
            move()
            await asyncio.sleep(draw.uniform(0.001, 0.02))
    contact.drive_high()
    stable_s = pins.ticks()
    await asyncio.sleep(0.5)
    assert [what for what, _ in log] == ["opened", "closed"]
    assert log[-1][1] - stable_s == pytest.approx(DEFAULT_DEBOUNCE_MS / 1000)
    assert log[-1][1] - stable_s < LIMIT_S
    assert transport.sound_s[-1] <= log[-1][1]
    assert [*states, box.status.transport] == [TransportState.READY, TransportState.DISCONNECTING]
    stop.set()
    await running
    capturing.cancel()
