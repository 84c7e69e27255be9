"""Button and lamps on lines that the kernel has: the parts alone."""

import time

import pytest
from tests.system.hardware.gpio_actor import BUTTON, JUMPER, ButtonActor, JumperWire, WiredButtonActor, level

from callbox_device.gpio import GpioButton, GpioLamp
from callbox_device.interfaces import Edge

pytestmark = pytest.mark.vpi

LAMP = 22


def wait_until(condition, within_s=10):
    end_s = time.monotonic() + within_s
    while not condition() and time.monotonic() < end_s:
        time.sleep(0.005)
    return condition()


def test_a_press_comes_as_two_edges_in_their_order():
    actor = ButtonActor(BUTTON)
    edges: list[Edge] = []
    actor.up()
    button = GpioButton(BUTTON)
    try:
        assert button.start(edges.append) is False
        actor.press(0.2)
        assert wait_until(lambda: len(edges) == 2)
        assert [edge.closed for edge in edges] == [True, False]
        assert edges[1].at_s - edges[0].at_s > 0.1
    finally:
        button.close()


def test_wired_button_actor_of_a_real_pi_presses():
    edges: list[Edge] = []
    with JumperWire(JUMPER, BUTTON):
        actor = WiredButtonActor()
        button = GpioButton(BUTTON)
        try:
            assert wait_until(lambda: level(BUTTON))
            assert button.start(edges.append) is False
            actor.press(0.2)
            assert wait_until(lambda: [edge.closed for edge in edges] == [True, False])
        finally:
            button.close()
            actor.close()


@pytest.mark.parametrize("held", [True, False])
def test_a_button_that_is_held_at_the_start_is_seen(held):
    # Without a pull of our own: in gpio-sim one that is asked for is stronger than the actor's.
    actor = ButtonActor(BUTTON)
    (actor.up if held else actor.down)()
    button = GpioButton(BUTTON, "none")
    try:
        assert button.start(lambda _: None) is held
    finally:
        button.close()
        actor.up()


@pytest.mark.parametrize("active_high", [True, False])
def test_a_lamp_is_what_the_kernel_has_on_the_line(active_high):
    lamp = GpioLamp(LAMP, active_high, dimmable=False)
    try:
        for brightness, lit in ((1.0, True), (0.0, False), (0.5, True), (0.4, False)):
            lamp.set(brightness)
            assert level(LAMP) == (lit == active_high)
    finally:
        lamp.close()
