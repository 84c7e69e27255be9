"""Lights through the kernel's own drivers: its LED class, its SPI, and its USB with a device that the test plays."""

import re
import struct
from pathlib import Path

import pytest
from tests.rig.mosquitto import wait_for
from tests.rig.usb_gadget import UsbGadget
from tests.system.hardware.gpio_trace import KERNEL, GpioTrace

from callbox_device.color_light import ColorLight
from callbox_device.interfaces import PartFailed
from callbox_device.lights import open_light
from callbox_device.model.led_patterns import BLACK, BLUE, GREEN
from callbox_device.model.light_specs import Apa102, LedClass, LightSpec, RingModel, UsbRing, Ws2812
from callbox_device.model.pixel_frames import apa102_frame, bits, ws2812_frame
from callbox_device.usb_ring import RINGS, UsbRingDriver

pytestmark = pytest.mark.vpi

RED_LINE, GREEN_LINE, BLUE_LINE, MOSI, CLOCK = range(5)
"""Lines of the chip that vpi/lights.dts describes."""
PIXELS = (GREEN.color, (1.0, 0.0, 0.0), (0.25, 0.5, 0.75))
AZIMUTH = 137


def lit():
    """Level of the three LEDs' lines."""
    lines = (KERNEL / "gpio").read_text().partition("lights-chip")[2]
    return [int(level == "high") for level in re.findall(r":status\) output-(high|low)", lines)]


@pytest.fixture
def sent():
    """``sent()``: each bit that the kernel had on MOSI when the clock rose, since the last time."""
    with GpioTrace(1, MOSI, CLOCK) as trace:
        yield trace.bits


def test_a_led_without_colour_is_lit_by_the_kernel():
    driver = Path("/sys/bus/platform/drivers/leds_group_multicolor")
    (driver / "unbind").write_text("multi-led")  # else the group alone may set it
    try:
        light = open_light(LedClass("green:status"))
        light.set(1.0)
        assert lit() == [0, 1, 0]
        light.close()
        assert lit() == [0, 0, 0]
    finally:
        (driver / "bind").write_text("multi-led")


def test_of_a_led_with_colours_red_is_the_microphones_and_the_rest_the_status():
    light = open_light(LedClass("multicolor:status"), microphone_pixels=(0,))
    assert isinstance(light, ColorLight)
    microphone = light.microphone_lamp()
    seen = []
    for show in (
        lambda: light.show((GREEN.color,)),
        lambda: microphone.set(1.0),
        lambda: light.show((BLUE.without_red,)),
        lambda: microphone.set(0.0),
        light.close,
    ):
        show()
        seen.append(lit())
    microphone.close()
    # leds-gpio knows on and off: what is below half of its one step is dark
    assert seen == [[0, 1, 0], [1, 1, 0], [1, 0, 1], [0, 0, 1], [0, 0, 0]]


@pytest.mark.parametrize(
    ("spec", "encode"), [(Apa102(3, spi="0.0"), apa102_frame), (Ws2812(3, "0.0"), ws2812_frame)], ids=str
)
def test_each_bit_of_a_frame_is_on_the_kernels_spi_and_nothing_is_sent_twice(sent, spec: LightSpec, encode):
    light = open_light(spec)
    assert isinstance(light, ColorLight)
    assert sent() == list(bits(encode((BLACK,) * 3)))
    light.show(PIXELS)
    assert sent() == list(bits(encode(PIXELS)))
    light.show(PIXELS)
    assert sent() == []
    light.close()


def answer(model: RingModel, *, speaks: bool):
    """The arrays' answers, as their makers' programs read them."""

    def mic_array(value, index, length):
        return struct.pack("<ii", {(0xE0, 19): int(speaks), (0xC0, 21): AZIMUTH}[value, index], 0)

    def xvf3800(value, index, length):
        assert (value, index, length) == (0x80 | 18, 20, 5)
        return struct.pack("<BHH", 0, AZIMUTH, speaks)

    return {"mic_array_v2": mic_array, "xvf3800": xvf3800}[model]


def plugged(model: RingModel, *, speaks: bool = True):
    gadget = UsbGadget(0x2886, int(RINGS[model].product, 16), answer(model, speaks=speaks))
    gadget.plug()
    assert wait_for(lambda: gadget.is_found, 30)
    return gadget


BYTES_OF_GREEN = {"mic_array_v2": bytes([0, 255, 51, 0]), "xvf3800": bytes([51, 255, 0, 0])}


def frames_sent(gadget: UsbGadget, model: RingModel, count: int) -> list[bytes]:
    """The frames that the array got, `count` of them: the one that plays it may be a moment behind."""

    def found() -> list[bytes]:
        return [data for value, index, data in gadget.received if (value, index) == RINGS[model].frame]

    assert wait_for(lambda: len(found()) >= count, 30)
    return found()


@pytest.mark.parametrize("model", RINGS)
def test_a_ring_on_usb_gets_frames_tells_where_speech_is_and_heals_when_it_is_plugged_in_again(model: RingModel):
    with plugged(model) as gadget:
        light = open_light(UsbRing(model), microphone_pixels=(0,))
        assert isinstance(light, ColorLight)
        light.show((GREEN.color,) * 11)
        dark, green = frames_sent(gadget, model, 2)
        assert dark == bytes(48)
        assert green == bytes(4) + BYTES_OF_GREEN[model] * 11
        assert light.speech_pixel() == round(AZIMUTH / 30) - 1  # pixel 0 is the microphone's
    assert wait_for(lambda: not gadget.is_found, 30)
    assert light.speech_pixel() is None
    with pytest.raises(PartFailed):
        light.resend()
    with plugged(model, speaks=False) as gadget:
        light.resend()
        assert frames_sent(gadget, model, 1) == [bytes(4) + BYTES_OF_GREEN[model] * 11]
        begin = RINGS[model].begin
        assert gadget.received[:-1] == ([begin] if begin else [])
        assert light.speech_pixel() is None
        light.close()


def test_a_device_that_stalls_gets_no_second_request():
    with plugged("xvf3800") as gadget:
        gadget.answer = None
        driver = UsbRingDriver("xvf3800")
        assert driver.direction() is None
        assert wait_for(lambda: gadget.requests, 30)
        assert driver.direction() is None
        assert len(gadget.requests) == 1
        driver.close()
