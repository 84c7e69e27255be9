"""A light that status and microphone share: what is sent, and that the microphone's part is true."""

import pytest
from hypothesis import given, strategies

from callbox_device.color_light import MICROPHONE_COLOR, ColorLight, UnavailableLamp
from callbox_device.interfaces import BoardError, Lamp, Light, PartBusy, PartFailed
from callbox_device.lights import LightPlaces, open_light
from callbox_device.model.led_patterns import BLACK
from callbox_device.model.light_specs import PinLamp, RgbLed

GREEN = (0.0, 1.0, 0.2)


class Recorder:
    """A driver that keeps each frame; `broken`: none reaches the light."""

    def __init__(self, pixels):
        self.pixels, self.frames, self.broken, self.closed = pixels, [], False, 0

    def write(self, frame):
        if self.broken:
            raise PartFailed("unplugged")
        self.frames.append(tuple(frame))

    def close(self):
        self.closed += 1


def levels(pins):
    return [pins.pin(f"GPIO{number}").state for number in (5, 6, 13)]


def test_an_rgb_led_has_its_colour_and_its_brightness(pins):
    light = open_light(RgbLed(5, 6, 13), full=0.5, places=LightPlaces(pins))
    assert isinstance(light, Light)
    assert (levels(pins), light.pixels, light.has_red) == ([0, 0, 0], 1, True)
    light.show((GREEN,))
    assert levels(pins) == [0, 0.5, 0.1]
    light.dim_to(0.1)
    assert levels(pins) == pytest.approx([0, 0.1, 0.02])
    light.set(1.0)
    assert levels(pins) == [0.1, 0.1, 0.1]
    light.close()
    inverted = open_light(RgbLed(5, 6, 13, active_high=False), places=LightPlaces(pins))
    assert levels(pins) == [1, 1, 1]
    inverted.close()


def test_an_rgb_led_on_a_pin_that_is_in_use(pins):
    lamp = open_light(PinLamp(6), places=LightPlaces(pins))
    with pytest.raises(PartBusy, match="GPIO 5, 6, 13 is used twice"):
        open_light(RgbLed(5, 6, 13), places=LightPlaces(pins))
    lamp.close()
    open_light(RgbLed(5, 6, 13), places=LightPlaces(pins)).close()


def test_of_one_pixel_the_red_component_is_the_microphone_s(pins):
    light = open_light(RgbLed(5, 6, 13), microphone_pixels=(0,), places=LightPlaces(pins))
    assert isinstance(light, ColorLight)
    microphone = light.microphone_lamp()
    light.show(((1.0, 0.45, 0.0),))  # even what ignores `has_red` doesn't light it
    assert (light.has_red, levels(pins)) == (False, [0, 0.45, 0])
    microphone.set(1.0)
    light.dim_to(0.2)
    light.show((BLACK,))
    assert levels(pins) == [1, 0, 0]
    microphone.set(0.0)
    assert levels(pins) == [0, 0, 0]


def test_of_a_ring_its_own_pixels_show_the_microphone():
    driver = Recorder(4)
    light = ColorLight(driver, full=0.5, microphone_pixels=(0, 2))
    microphone = light.microphone_lamp()
    assert (light.pixels, light.has_red) == (2, True)
    light.show((GREEN, BLACK))
    microphone.set(1.0)
    light.dim_to(0.1)
    red, green = (0.5, 0.0, 0.0), (0.0, 0.5, 0.1)
    assert driver.frames[1:3] == [(BLACK, green, BLACK, BLACK), (red, green, red, BLACK)]
    assert driver.frames[3][0] == red  # not dimmed
    assert driver.frames[3][1] == pytest.approx((0.0, 0.1, 0.02))


def test_the_same_frame_is_not_sent_again():
    driver = Recorder(3)
    light = ColorLight(driver)
    for _ in range(3):
        light.show((GREEN,) * 3)
        light.dim_to(1.0)
    assert len(driver.frames) == 2


def test_a_microphone_s_part_that_can_t_be_lit_raises_and_stays_dark():
    driver = Recorder(3)
    light = ColorLight(driver, microphone_pixels=(1,))
    microphone = light.microphone_lamp()
    driver.broken = True
    with pytest.raises(PartFailed):
        microphone.set(1.0)
    driver.broken = False
    light.show((GREEN, GREEN))
    assert driver.frames[-1] == (GREEN, BLACK, GREEN)


def test_a_light_that_was_unplugged_while_lit_does_not_pass_for_lit():
    driver = Recorder(2)
    microphone = ColorLight(driver, microphone_pixels=(1,)).microphone_lamp()
    microphone.set(1.0)
    driver.broken = True
    with pytest.raises(PartFailed):
        microphone.set(1.0)


def test_a_frame_that_was_lost_is_sent_again():
    driver = Recorder(1)
    light = ColorLight(driver)
    driver.broken = True
    with pytest.raises(PartFailed):
        light.show((GREEN,))
    driver.broken = False
    light.show((GREEN,))
    assert driver.frames[-1] == (GREEN,)


@pytest.mark.parametrize("first", [0, 1])
def test_the_light_is_let_go_of_when_both_lamps_are_closed(first):
    driver = Recorder(3)
    light = ColorLight(driver, microphone_pixels=(1,))
    lamps: list[Lamp] = [light, light.microphone_lamp()]
    for lamp in lamps:
        lamp.set(1.0)
    lamps.pop(first).close()
    assert driver.closed == 0
    driver.broken = True
    with pytest.raises(BoardError):
        lamps[0].close()
    assert driver.closed == 1


def test_one_that_is_not_shared_is_dark_and_let_go_of_at_once():
    driver = Recorder(2)
    light = ColorLight(driver, microphone_pixels=(0,))
    light.set(1.0)
    light.close()
    assert (driver.frames[-1], driver.closed) == ((BLACK, BLACK), 1)


def test_a_lamp_that_can_t_be_had_refuses_to_be_lit_and_nothing_else():
    lamp = UnavailableLamp(PartBusy("GPIO 27 is held"))
    with pytest.raises(PartBusy, match="is held"):
        lamp.set(1.0)
    lamp.set(0.0)
    lamp.dim_to(0.1)
    lamp.close()


colors = strategies.tuples(*[strategies.floats(0, 1)] * 3)
calls = strategies.one_of(
    strategies.tuples(strategies.just("show"), strategies.lists(colors, min_size=3, max_size=3).map(tuple)),
    strategies.tuples(strategies.sampled_from(["dim_to", "set"]), strategies.floats(0.01, 1)),
    strategies.tuples(strategies.just("microphone"), strategies.booleans()),
    strategies.tuples(strategies.just("broken"), strategies.booleans()),
)


@given(strategies.lists(calls, max_size=30), strategies.booleans())
def test_whatever_happens_the_last_frame_tells_the_truth_about_the_microphone(calls, has_one_pixel):
    """Lit after each `set(1.0)` that didn't raise; dark after each `set(0.0)` that didn't; no frame between changes it."""
    driver = Recorder(1 if has_one_pixel else 4)
    light = ColorLight(driver, microphone_pixels=(0,))
    microphone, is_lit = light.microphone_lamp(), False
    for name, value in calls:
        if name == "broken":
            driver.broken = value
            continue
        try:
            if name == "microphone":
                is_lit = False  # also where this raises: nothing is captured then
                microphone.set(float(value))
                is_lit = value
            elif name == "show":
                light.show(value[: light.pixels])
            else:
                getattr(light, name)(value)
        except PartFailed:
            continue
        red = driver.frames[-1][0] if driver.pixels > 1 else (driver.frames[-1][0][0], 0.0, 0.0)
        assert red == (MICROPHONE_COLOR if is_lit else BLACK)
