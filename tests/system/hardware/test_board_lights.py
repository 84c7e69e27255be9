"""The light of each preset: what the kernel has on its lines, LEDs, SPI and USB in all ten states is what the table has.

A line follows by PWM, in real time: what it does for three rounds is waited for. What isn't simulated
of a board is in README.md, made by board_limits.py.
"""

import contextlib
import dataclasses
import json
import subprocess
import time
from collections.abc import Callable, Iterator

import pytest
import yaml
from tests.rig.light_states import Moment, walk
from tests.rig.mosquitto import wait_for
from tests.rig.uleds import MAX_BRIGHTNESS, UserLed
from tests.rig.usb_gadget import UsbGadget
from tests.system.hardware import gpio_actor
from tests.system.hardware.box import CALLBOX
from tests.system.hardware.gpio_trace import GpioTrace

from callbox.app.compose.lamps import light_spec, microphone_pixels
from callbox.config.presets.files import presets
from callbox.config.schema import Settings
from callbox.config.section import convert
from callbox_device.color_light import MICROPHONE_COLOR
from callbox_device.interfaces import Color, Frame
from callbox_device.lights import open_light
from callbox_device.model.led_patterns import BLACK, GREEN
from callbox_device.model.light_specs import (
    Apa102,
    LedClassRgb,
    LightSpec,
    PinLamp,
    RgbLed,
    UsbRing,
    Ws2812,
    pixel_count,
)
from callbox_device.model.pixel_frames import apa102_frame, bits, ws2812_frame
from callbox_device.usb_ring import RINGS, RingProtocol

pytestmark = pytest.mark.vpi

MOSI, CLOCK = 3, 4
"""Lines of the chip that vpi/lights.dts describes."""


@dataclasses.dataclass(frozen=True)
class KernelLight:
    """A light as the kernel has it."""

    shows: Callable[[Frame | float], bool]
    """Whether it has this frame."""
    tells_resends: bool = False
    """Whether `shows` finds a frame that is sent twice."""
    was_sent: Callable[[Frame], bool] = lambda _: True
    """Whether it had this frame some time, where that is kept."""


def lamps_of(name: str):
    """The preset's lamps; its light as far as the virtual Pi has it; the microphone's pixels."""
    lamps = convert(presets()[name].fragment(None), Settings).board.lamps
    if lamps.status is None:
        pytest.skip("the preset has no light")
    spec = light_spec(lamps.status)
    if isinstance(spec, Apa102 | Ws2812) and spec.spi:
        spec = dataclasses.replace(spec, spi="0.0")  # here is one chip select
    return lamps, spec, microphone_pixels(lamps)


def line_shows(pin: int, share: float) -> bool:
    """Whether the line is high all the time, never, or now and then; within 20 s, for it follows in real time."""
    if share in (0.0, 1.0):
        return bool(wait_for(lambda: levels(pin) == {share}, 20))
    return bool(wait_for(lambda: levels(pin) == {0, 1}, 20))


def levels(pin: int) -> set[int]:
    """On the line during three rounds of PWM."""
    with gpio_actor.Eye(pin) as eye:
        time.sleep(0.03)
    return {level for _, level in eye.looks[pin]}


def byte(share: float) -> int:
    return round(share * MAX_BRIGHTNESS)


def _frame(frame: Frame | float) -> Frame:
    assert isinstance(frame, tuple)
    return frame


def _share(frame: Frame | float) -> float:
    assert isinstance(frame, float)
    return frame


def traced(trace: GpioTrace, encode: Callable[[Frame], bytes]) -> KernelLight:
    """Bits in the kernel's trace; a frame that is shown already isn't sent."""
    seen: list[int] = []
    before: list[Frame | float] = [()]

    def shows(frame: Frame | float) -> bool:
        new = trace.bits()
        seen.extend(new)
        wanted = list(bits(encode(_frame(frame))))
        assert not new or frame != before[-1], "sent twice"
        before.append(frame)
        return seen[-len(wanted) :] == wanted

    def was_sent(frame: Frame) -> bool:
        seen.extend(trace.bits())
        wanted = list(bits(encode(frame)))
        return any(seen[at : at + len(wanted)] == wanted for at in range(0, len(seen), len(wanted)))

    return KernelLight(shows, True, was_sent)


def ring_light(gadget: UsbGadget, ring: RingProtocol) -> KernelLight:
    """Control transfers that a USB device got."""

    def transfer(frame: Frame) -> tuple[int, int, bytes]:
        pixels = [dict(zip("rgb0", (*map(byte, color), 0), strict=True)) for color in frame]
        return (*ring.frame, bytes(pixel[part] for pixel in pixels for part in ring.component_order))

    def shows(frame: Frame | float) -> bool:
        wanted = transfer(_frame(frame))
        return bool(wait_for(lambda: gadget.received and gadget.received[-1] == wanted, 20))

    return KernelLight(shows, was_sent=lambda frame: transfer(frame) in gadget.received)


@contextlib.contextmanager
def kernel_of(spec: LightSpec) -> Iterator[KernelLight]:
    """The devices of this light, and what the kernel has on them."""
    with contextlib.ExitStack() as devices:
        match spec:
            case PinLamp(pin, active_high):
                yield KernelLight(lambda share: line_shows(pin, _share(share) if active_high else 1 - _share(share)))
            case RgbLed(red, green, blue, active_high=True):
                yield KernelLight(lambda frame: all(map(line_shows, (red, green, blue), _frame(frame)[0])))
            case LedClassRgb():
                leds = [devices.enter_context(UserLed(name)) for name in dataclasses.astuple(spec)]
                yield KernelLight(lambda frame: [led.brightness for led in leds] == list(map(byte, _frame(frame)[0])))
            case Apa102(spi=None, data_pin=int(data), clock_pin=int(clock)):
                yield traced(devices.enter_context(GpioTrace(0, data, clock)), apa102_frame)
            case Apa102() | Ws2812():
                encode = apa102_frame if isinstance(spec, Apa102) else ws2812_frame
                yield traced(devices.enter_context(GpioTrace(1, MOSI, CLOCK)), encode)
            case UsbRing(model):
                gadget = UsbGadget(int(RINGS[model].vendor, 16), int(RINGS[model].product, 16))
                gadget.plug()
                devices.enter_context(gadget)
                assert wait_for(lambda: gadget.is_found, 30)
                yield ring_light(gadget, RINGS[model])
            case _:
                raise NotImplementedError(f"{spec}: say here how the kernel is asked")


@pytest.mark.simulated_time
@pytest.mark.parametrize("name", presets())
async def test_in_all_ten_states_the_kernel_has_the_frames_of_the_table(name):
    _, spec, shared = lamps_of(name)
    with kernel_of(spec) as kernel:
        light = open_light(spec, microphone_pixels=shared)

        before: list[Moment] = []

        def check(moment: Moment) -> None:
            if kernel.tells_resends or not before or before[-1].frame != moment.frame:
                assert kernel.shows(moment.frame), moment
            before[:] = [moment]

        if isinstance(spec, Apa102) and spec.power_pin is not None:
            assert gpio_actor.level(spec.power_pin) == 1
        await walk(light, shared, check, rounds=1, limit_ms=4000)


def doctor(folder, name: str, *options: str):
    """The checks `board` and `lamps` with nothing set but the preset, as the JSON that an owner sends."""
    (folder / "callbox.yaml").write_text(
        yaml.safe_dump({"bot": {"start_url": "http://127.0.0.1:9/start"}, "board": {"preset": name}})
    )
    command = [CALLBOX, "doctor", "--only", "board,lamps", "--json", "--config", folder / "callbox.yaml", *options]
    ran = subprocess.run(command, capture_output=True, text=True, cwd=folder, timeout=120)
    return {check["check"]: check for check in json.loads(ran.stdout)["checks"]}, ran.stderr


@pytest.mark.parametrize("name", presets())
def test_the_doctor_lights_each_light_and_says_what_shall_be_seen(name, tmp_path):
    lamps, spec, shared = lamps_of(name)
    options = ["--set", 'board.lamps.status.spi="0.0"'] if getattr(lamps.status, "spi", None) else []
    with kernel_of(spec) as kernel:
        checks, message = doctor(tmp_path, name, *options)
        assert checks["board"]["measured"]["preset"] == name
        assert checks["board"]["measured"]["confirmed"] == presets()[name].confirmed
        assert checks["lamps"]["findings"] == []
        if isinstance(spec, PinLamp):
            assert checks["lamps"]["measured"]["status"] == "follows"
            return
        pixels = pixel_count(spec)
        of_status = pixels if shared is None or pixels == 1 else pixels - len(shared)
        assert "The status lamp shall be green now." in message
        assert kernel.was_sent(with_microphone((GREEN.color,) * of_status, BLACK, shared, pixels))
        if shared is not None:
            assert "Its part for the microphone shall be red now." in message
            assert kernel.was_sent(with_microphone((BLACK,) * of_status, MICROPHONE_COLOR, shared, pixels))


def with_microphone(status: Frame, microphone: Color, shared, pixels: int) -> Frame:
    """A frame of all pixels."""
    if pixels == 1:
        return ((microphone[0], *status[0][1:]),)
    rest = iter(status)
    return tuple(microphone if pixel in (shared or ()) else next(rest) for pixel in range(pixels))


@pytest.mark.parametrize("name", presets())
def test_without_the_board_the_doctor_names_what_is_missing(name, tmp_path):
    """There is no I2C here, no config.txt, and none of the boards' cards, LEDs and arrays."""
    preset = presets()[name]
    lamps = convert(preset.fragment(None), Settings).board.lamps
    expected = set()
    if preset.card:
        expected.add("BOARD-OVERLAY" if preset.overlay else "BOARD-NO-CARD")
    if "i2c" in preset.interfaces:
        expected.add("BOARD-I2C-OFF")
    if lamps.status and isinstance(light_spec(lamps.status), LedClassRgb | UsbRing):
        expected.add("LIGHT-MISSING")
    if getattr(lamps.status, "spi", None) == "0.1":
        expected.add("LIGHT-MISSING")
    checks, _ = doctor(tmp_path, name)
    found = {finding["code"] for check in checks.values() for finding in check["findings"]}
    assert found == expected
