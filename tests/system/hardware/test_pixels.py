"""Pixels at two pins: what the kernel has on both lines at each edge of the clock is what APA102 chips decode."""

import importlib

import pytest
from tests.system.hardware import gpio_actor

from callbox_device import lamps_off
from callbox_device.color_light import ColorLight
from callbox_device.gpio import TwoPinWire
from callbox_device.lights import open_light
from callbox_device.model.led_patterns import BLACK, GREEN
from callbox_device.model.light_specs import Apa102
from callbox_device.model.pixel_frames import apa102_frame, bits
from callbox_device.pixel_strip import PixelStrip

pytestmark = pytest.mark.vpi

DATA, CLOCK = 5, 6


class WatchedPin:
    """The clock's pin, which reads the data line back from the kernel whenever the clock has risen."""

    def __init__(self, pin):
        self._pin, self.read = pin, []

    @property
    def state(self):
        return self._pin.state

    @state.setter
    def state(self, value):
        self._pin.state = value
        assert gpio_actor.level(CLOCK) == value
        if value:
            self.read.append(gpio_actor.level(DATA))


def test_each_bit_is_on_the_line_when_the_clock_rises(monkeypatch):
    light = open_light(Apa102(3, data_pin=DATA, clock_pin=CLOCK), microphone_pixels=(1,))
    assert isinstance(light, ColorLight)
    assert isinstance(light._driver, PixelStrip)
    assert isinstance(light._driver._wire, TwoPinWire)
    clock = light._driver._wire._clock
    watched = WatchedPin(clock.pin)
    monkeypatch.setattr(type(clock), "pin", property(lambda device: watched if device is clock else device._pin))
    microphone = light.microphone_lamp()
    try:
        light.show((GREEN.color, BLACK))
        assert watched.read == list(bits(apa102_frame((GREEN.color, BLACK, BLACK))))
        watched.read.clear()
        microphone.set(1.0)
        assert watched.read == list(bits(apa102_frame((GREEN.color, (1.0, 0.0, 0.0), BLACK))))
    finally:
        monkeypatch.undo()
        microphone.close()
        light.close()


def test_after_a_crash_the_strip_is_sent_darkness_by_lgpio(tmp_path, monkeypatch):
    lgpio, read = importlib.import_module("lgpio"), []
    write = lgpio.gpio_write

    def watched(handle, pin, value):
        write(handle, pin, value)
        if pin == CLOCK and value:
            read.append(gpio_actor.level(DATA))

    monkeypatch.setattr(lgpio, "gpio_write", watched)
    lamps_off.save([Apa102(3, data_pin=DATA, clock_pin=CLOCK)], {"RUNTIME_DIRECTORY": str(tmp_path)})
    lamps_off.darken((tmp_path / lamps_off.NAME).read_text())
    assert read == list(bits(apa102_frame((BLACK,) * 3)))
