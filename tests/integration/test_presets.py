"""Each preset: empty settings but for the bot, the board's ids in /proc and /sys, a press, a call; frames as the table has them.

The kernel's side of it, cards and mixers too, is in tests/system/hardware/test_boards.py.
"""

import asyncio
import ctypes
from types import SimpleNamespace

import pytest
from gpiozero.pins.mock import MockFactory
from tests.rig.faulty_bot import FaultyBot
from tests.rig.light_states import walk

from callbox.app.compose import make_composition
from callbox.app.compose.lamps import light_spec, microphone_pixels
from callbox.config import load_all
from callbox.config.presets.files import presets
from callbox.config.schema import (
    Apa102LampSettings,
    LampSettings,
    LedClassRgbLampSettings,
    RgbLampSettings,
    Settings,
    SharedLampSettings,
    UsbRingLampSettings,
)
from callbox.config.section import convert
from callbox.control.status import Status
from callbox.rtvi import TransportState as S
from callbox_device import lights, usb_ring
from callbox_device.color_light import ColorLight
from callbox_device.lights import LightPlaces, open_light
from callbox_device.model.pixel_frames import apa102_frame
from callbox_device.simulated import SimulatedMicrophone, SimulatedSpeaker


class FakeMachine:
    """A root folder that says what is on the machine, and the files that its lights are at."""

    def __init__(self, root, name):
        self.root, self.preset = root, presets()[name]
        self.sent: list[bytes] = []
        """Each frame's bytes to a ring on USB."""
        rule = next(iter(self.preset.recognise), None)
        self._write("proc/asound/cards", "--- no soundcards ---\n")
        self.is_recognised = rule is not None
        if rule is None:
            return
        if rule.hat_product:
            self._write("proc/device-tree/hat/product", f"{rule.hat_product}\0")
        if rule.card:
            self._write("proc/asound/cards", f" 0 [{rule.card:15}]: driver - name\n                      long name\n")
            self._write("proc/asound/card0/pcm0p/info", f"card: 0\nid: bcm2835-i2s-{rule.codec or 'x'}-hifi\n")
        if rule.usb_id:
            vendor, product = rule.usb_id.split(":")
            values = {"idVendor": vendor, "idProduct": product, "busnum": "1", "devnum": "4"}
            for file, text in values.items():
                self._write(f"sys/bus/usb/devices/1-1/{file}", f"{text}\n")
        for led in (1, 2, 3):
            self._write(f"sys/class/leds/ktd202x:led{led}/max_brightness", "255")
            self._write(f"sys/class/leds/ktd202x:led{led}/brightness", "0")
        for file in ("dev/bus/usb/001/004", "dev/spidev0.0", "dev/spidev0.1"):
            self._write(file, "")

    def _write(self, file, text):
        path = self.root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def places(self, pin_factory=None):
        return LightPlaces(pin_factory, self.root, lambda *_: 0)

    def transfer(self, _, __, request):
        """A control transfer to the array, as the kernel is given it."""
        setup = usb_ring._ControlTransfer.from_buffer_copy(request)
        self.sent.append(ctypes.string_at(setup.data, setup.wLength))
        return setup.wLength


@pytest.fixture
def machine(tmp_path, monkeypatch, request):
    machine = FakeMachine(tmp_path, request.param)
    monkeypatch.setattr(usb_ring, "fcntl", SimpleNamespace(ioctl=machine.transfer))
    monkeypatch.setattr(lights, "LightPlaces", machine.places)
    return machine


BY_NAME = pytest.mark.parametrize("machine", presets(), indirect=True)


def drive(pin):
    pin.drive_low()
    return pin.drive_high


@pytest.mark.slow  # a real call each
@BY_NAME
async def test_empty_settings_but_for_the_bot_and_a_press_make_a_call(machine, pins, monkeypatch):
    microphone, speaker = SimulatedMicrophone(), SimulatedSpeaker()
    monkeypatch.setattr("callbox.app.compose.board.make_sound", lambda _: (microphone, speaker, []))
    name = next(name for name, preset in presets().items() if preset is machine.preset)
    async with FaultyBot() as bot:
        file = machine.root / "callbox.yaml"
        file.write_text(f"bot: {{start_url: {bot.url}}}\n")
        loaded = load_all(file, () if machine.is_recognised else (f"board.preset={name}",), {}, machine.root)
        assert loaded.preset.name == name
        reported = asyncio.Queue[Status]()
        box = make_composition(loaded).make_appliance([SimpleObserver(reported)], pin_factory=pins)
        assert box.board.faults == ()
        button = pins.pin(f"GPIO{loaded.settings.board.button.pin}")
        unwatched = button.when_changed  # gpiozero's own
        stop = asyncio.Event()
        running = asyncio.create_task(box.run(stop))
        try:
            async with asyncio.timeout(60):
                while button.when_changed == unwatched:
                    await asyncio.sleep(0.01)
            for state in (S.READY, S.DISCONNECTED):
                release = drive(button)
                await asyncio.sleep(0.1)
                release()
                async with asyncio.timeout(60):
                    while (await reported.get()).transport is not state:
                        pass
                assert is_microphone_lit(loaded.settings, machine, pins) in (state is S.READY, None)
                await asyncio.sleep(0.4)  # longer than a double press
        finally:
            stop.set()
            await running


@pytest.mark.parametrize("machine", ["respeaker-xvf3800"], indirect=True)
async def test_an_array_that_is_plugged_in_after_the_start_gets_its_frames_and_the_fault_is_over(
    machine, pins, monkeypatch
):
    monkeypatch.setattr(
        "callbox.app.compose.board.make_sound", lambda _: (SimulatedMicrophone(), SimulatedSpeaker(), [])
    )
    file = machine.root / "callbox.yaml"
    file.write_text("bot: {start_url: http://127.0.0.1:9/start}\nboard: {preset: respeaker-xvf3800}\n")
    node = machine.root / "dev/bus/usb/001/004"
    node.unlink()
    reported = asyncio.Queue[Status]()
    loaded = load_all(file, (), {}, machine.root)
    box = make_composition(loaded).make_appliance([SimpleObserver(reported)], pin_factory=pins)
    assert [str(fault.error) for fault in box.board.faults] == [
        "The ring of the reSpeaker XVF3800 can't be used: No such file or directory."
    ]
    stop = asyncio.Event()
    running = asyncio.create_task(box.run(stop))
    async with asyncio.timeout(60):
        while (problem := (await reported.get()).problem) is None:
            pass
    assert "reSpeaker XVF3800" in problem.text
    assert not box.resend_lamp()
    node.touch()
    assert box.resend_lamp()
    assert box.board.faults == ()
    assert machine.sent[-1] == bytes(48)
    async with asyncio.timeout(60):
        while (await reported.get()).problem is not None:
            pass
    stop.set()
    await running


class SimpleObserver:
    """Observer that only wants the status."""

    def __init__(self, reported):
        self._reported = reported

    def on_status(self, status):
        self._reported.put_nowait(status)

    def __getattr__(self, _):
        return lambda *_, **__: None

    async def run(self):
        await asyncio.Event().wait()


def is_microphone_lit(settings: Settings, machine: FakeMachine, pins: MockFactory) -> bool | None:
    """What the lamp's pin, or the bytes that the light got last, say; None: there is no such lamp."""
    lamps = settings.board.lamps
    if lamps.microphone is None:
        return None
    if isinstance(lamps.microphone, LampSettings):
        return bool(pins.pin(f"GPIO{lamps.microphone.pin}").state)
    assert isinstance(lamps.microphone, SharedLampSettings)
    match lamps.status:
        case RgbLampSettings(red_pin=pin):
            return bool(pins.pin(f"GPIO{pin}").state)
        case LedClassRgbLampSettings(red_name=name):
            return bool((machine.root / f"sys/class/leds/{name}/brightness").read_text() == "255")
        case UsbRingLampSettings(model=model):
            red: int = machine.sent[-1][usb_ring.RINGS[model].component_order.index("r")]
            return red == 255
        case Apa102LampSettings(spi=str(spi), pixels=count):
            frame = (machine.root / f"dev/spidev{spi}").read_bytes()[-len(apa102_frame(((0.0, 0.0, 0.0),) * count)) :]
            [pixel] = lamps.microphone.pixels
            return bool(frame[4 + 4 * pixel + 3] == 255)
    return None  # by two pins: the virtual Pi reads them back


@pytest.mark.simulated_time
@BY_NAME
async def test_frames_are_those_of_the_table_in_all_ten_states(machine, pins):
    lamps = convert(machine.preset.fragment(None), Settings).board.lamps
    if lamps.status is None:
        return
    spec, shared = light_spec(lamps.status), microphone_pixels(lamps)
    light = open_light(spec, microphone_pixels=shared, places=machine.places(pins))
    seen: list[object] = [((0.0, 0.0, 0.0),) * light._driver.pixels if isinstance(light, ColorLight) else 0.0]
    target, method = (light._driver, "write") if isinstance(light, ColorLight) else (light, "set")
    send = getattr(target, method)

    def watched(frame):
        seen.append(frame)
        send(frame)

    setattr(target, method, watched)

    def check(moment):
        assert seen[-1] == moment.frame, moment

    await walk(light, shared, check, rounds=2, limit_ms=8000)
