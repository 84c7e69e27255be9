"""Pixels at two pins: what the kernel has on both lines at each edge of the clock is what APA102 chips decode."""

import pytest
from tests.system.hardware.gpio_trace import GpioTrace

from callbox_device import lamps_off
from callbox_device.color_light import ColorLight
from callbox_device.lights import open_light
from callbox_device.model.led_patterns import BLACK, GREEN
from callbox_device.model.light_specs import Apa102
from callbox_device.model.pixel_frames import apa102_frame, bits

pytestmark = pytest.mark.vpi

DATA, CLOCK = 5, 6


@pytest.fixture
def sent():
    """``sent()``: each bit that the kernel had on the data line when the clock rose, since the last time."""
    with GpioTrace(0, DATA, CLOCK) as trace:
        yield trace.bits


def test_each_bit_is_on_the_line_when_the_clock_rises(sent):
    light = open_light(Apa102(3, data_pin=DATA, clock_pin=CLOCK), microphone_pixels=(1,))
    assert isinstance(light, ColorLight)
    microphone = light.microphone_lamp()
    try:
        assert sent() == list(bits(apa102_frame((BLACK,) * 3)))
        light.show((GREEN.color, BLACK))
        assert sent() == list(bits(apa102_frame((GREEN.color, BLACK, BLACK))))
        light.show((GREEN.color, BLACK))
        assert sent() == []
        microphone.set(1.0)
        assert sent() == list(bits(apa102_frame((GREEN.color, (1.0, 0.0, 0.0), BLACK))))
    finally:
        microphone.close()
        light.close()


def test_after_a_crash_the_strip_is_sent_darkness_by_lgpio(tmp_path, sent):
    lamps_off.save([Apa102(3, data_pin=DATA, clock_pin=CLOCK)], {"RUNTIME_DIRECTORY": str(tmp_path)})
    lamps_off.darken((tmp_path / lamps_off.NAME).read_text())
    assert sent() == list(bits(apa102_frame((BLACK,) * 3)))
