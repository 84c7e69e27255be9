"""Button and lamps over gpiozero's own mock pins."""

import os
import subprocess
import sys
import time

import pytest

from callbox_device.gpio import GpioButton, GpioLamp
from callbox_device.interfaces import Edge, PartBusy, PartFailed, PartMissing
from callbox_device.model.gestures import Gestures, Released


@pytest.mark.parametrize(("pull", "closed_is_low"), [("up", True), ("down", False), ("none", False)])
def test_every_edge_is_reported_with_its_time(pins, pull, closed_is_low):
    button = GpioButton(17, pull, pin_factory=pins)
    pin = pins.pin("GPIO17")
    close, open_ = (pin.drive_low, pin.drive_high) if closed_is_low else (pin.drive_high, pin.drive_low)
    open_()
    edges: list[Edge] = []
    assert button.start(edges.append) is False
    before_s = time.monotonic()
    close()
    open_()
    close()
    assert [edge.closed for edge in edges] == [True, False, True]
    assert before_s <= edges[0].at_s <= edges[1].at_s <= edges[2].at_s <= time.monotonic()
    button.close()
    assert len(edges) == 3


def test_edges_in_the_wrong_order_leave_the_contact_as_the_latest(pins):
    button = GpioButton(17, pin_factory=pins)
    edges: list[Edge] = []
    button.start(edges.append)
    now_s = pins.ticks()
    for ago_s, level in ((1.0, 1), (4.0, 0), (0.5, 0)):  # released, pressed before that, pressed again
        pins.pin("GPIO17").when_changed(now_s - ago_s, level)
    assert [edge.closed for edge in edges] == [False, True, False, True]
    assert [edge.at_s for edge in edges] == pytest.approx([now_s - ago_s for ago_s in (1.0, 4.0, 1.0, 0.5)], abs=0.5)
    gestures = Gestures()
    gestures.start(False, now_s - 10)
    found = [gesture for edge in edges[:3] for gesture in gestures.edge(edge)] + list(gestures.tick(now_s))
    assert any(isinstance(gesture, Released) for gesture in found)
    button.close()


@pytest.mark.parametrize("pull", ["up", "down", "none"])
def test_an_inverted_contact_reports_open_as_closed(pins, pull):
    switch = GpioButton(5, pull, inverted=True, pin_factory=pins)
    pin = pins.pin("GPIO5")
    close, open_ = (pin.drive_low, pin.drive_high) if pull == "up" else (pin.drive_high, pin.drive_low)
    open_()
    edges: list[Edge] = []
    assert switch.start(edges.append) is True
    close()
    open_()
    assert [edge.closed for edge in edges] == [False, True]
    switch.close()


def test_a_contact_that_is_closed_at_the_start_is_reported(pins):
    button = GpioButton(17, pin_factory=pins)
    pins.pin("GPIO17").drive_low()
    assert button.start(lambda edge: None) is True
    button.close()


@pytest.mark.parametrize(
    ("options", "brightness", "state"),
    [
        ({}, 0.25, 0.25),
        ({}, 1.0, 1.0),
        ({"active_high": False}, 0.25, 0.75),
        ({"full": 0.2}, 0.5, 0.1),
        ({"full": 0.2, "dimmable": False}, 1.0, 1),
        ({"dimmable": False}, 0.49, 0),
        ({"dimmable": False}, 0.5, 1),
        ({"dimmable": False, "active_high": False}, 1.0, 0),
    ],
)
def test_a_lamp_has_its_brightness_and_is_dark_at_both_ends(pins, options, brightness, state):
    lamp = GpioLamp(22, pin_factory=pins, **options)
    pin = pins.pin("GPIO22")
    dark = 0 if options.get("active_high", True) else 1
    assert pin.state == dark
    lamp.set(brightness)
    assert pin.state == pytest.approx(state)
    states = []
    set_state = pin._set_state

    def remember(value):
        states.append(value)
        set_state(value)

    pin._set_state = remember
    lamp.close()
    assert states[0] == dark


def test_a_pin_that_is_used_twice(pins):
    lamp = GpioLamp(22, pin_factory=pins)
    with pytest.raises(PartBusy, match="GPIO 22 is used twice in this program"):
        GpioButton(22, pin_factory=pins)
    lamp.close()


def test_a_pin_with_a_pull_up_of_its_own(pins):
    with pytest.raises(PartFailed, match="GPIO 2 has a pull-up of its own: use `pull: up`"):
        GpioButton(2, "down", pin_factory=pins)


@pytest.mark.parametrize("environment", [{}, {"GPIOZERO_PIN_FACTORY": "lgpio"}, {"GPIOZERO_PIN_FACTORY": "native"}])
def test_without_gpio_the_error_says_what_to_do(environment):
    """In a process of its own: gpiozero looks for pins once."""
    code = (
        "from callbox_device.gpio import GpioButton\nfrom callbox_device.interfaces import BoardError\n"
        "try: GpioButton(17)\nexcept BoardError as error: print(type(error).__name__, error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith(("PartMissing This machine has no GPIO that gpiozero can use.", "PartFailed GPIO 17"))
    assert "PinFactoryFallback" not in done.stderr


def test_gpiozero_itself_may_be_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, "gpiozero", None)
    with pytest.raises(PartMissing, match=r"sudo apt install python3-gpiozero python3-lgpio"):
        GpioLamp(22)
