"""Button and lamps on gpiozero's mock pins: each code by a fault of the wiring, or of the machine."""

import asyncio
import json
import sys
import time
from types import SimpleNamespace

import gpiozero
import pytest
from gpiozero.pins.mock import MockPin
from tests.integration.doctor.visits import codes, codes_reported
from tests.rig.stamped_pins import DatedFactory

from callbox.doctor.model.codes import CODES
from callbox.doctor.model.evaluate import button as evaluate
from callbox.doctor.model.findings import Outcome
from callbox.doctor.probes import gpio
from callbox_device.interfaces import Edge

BUTTON, STATUS, MICROPHONE, BELL = 17, 22, 27, 6


class ShortCircuit(MockPin):  # type: ignore[misc]  # gpiozero has no types
    """A pin that something outside holds low."""

    def _change_state(self, value):
        return False


@pytest.fixture
def board(place, monkeypatch):
    monkeypatch.setattr(gpio, "REST_S", 0.2)
    monkeypatch.setattr(gpio, "LIT_S", 0.05)
    place.settings["board"] = {"kind": "gpio"}
    factory = place.options["pin_factory"] = DatedFactory()
    place.running.callback(factory.reset)
    monkeypatch.setattr("callbox_device.gpio.time", SimpleNamespace(monotonic=factory.ticks, sleep=time.sleep))
    place.factory, place.requests = factory, []
    place.options["tell"] = place.requests.append
    return place


def pressing(board, *steps):
    """Somebody who does as told: `steps` are (seconds to wait, is the contact closed then), by the clock of the edges."""
    contact = board.factory.pin(BUTTON)

    def press():
        for pause_s, closed in steps:
            board.factory.now_s += pause_s
            (contact.drive_low if closed else contact.drive_high)()

    when_published(board, "Press the button", press)


def when_published(board, words, move):
    """`move` is done as soon as the doctor says `words`."""

    def on_text(text):
        board.requests.append(text)
        if words in text:
            move()

    board.options |= {"tell": on_text, "press_s": 0.5}


def taken(board, _):
    other = gpiozero.DigitalInputDevice(BUTTON, pull_up=True, pin_factory=board.factory)
    board.running.callback(other.close)


def in_use(board, monkeypatch):
    taken(board, monkeypatch)
    board.write("proc/4242/cmdline", "/opt/callbox/bin/python\0-m\0callbox\0run\0")


def no_library(board, monkeypatch):
    monkeypatch.setitem(sys.modules, "gpiozero", None)


def fixed_pull(board, _):
    board.settings["board"]["button"] = {"pin": 2, "pull": "none"}


def stuck(board, _):
    board.factory.pin(BUTTON, pin_class=ShortCircuit)


def key_down(board, _):
    rows, columns = [5, 6, 13, 19], [12, 16, 20]
    board.settings["board"]["keypad"] = {"row_pins": rows, "column_pins": columns}
    board.factory.pin(16, pin_class=ShortCircuit)


def noise(board, _):
    contact = board.factory.pin(BUTTON)

    def hum():
        for _ in range(20):
            contact.drive_low()
            contact.drive_high()

    when_published(board, "Don't touch the button", hum)


def without_presses(board, _):
    pressing(board)


def spikes(board, _):
    pressing(board, (0.1, True), (0.001, False), (0.1, True), (0.001, False))


def bounces(board, _):
    pressing(board, (0.1, True), (0.02, False), (0.02, True), (0.2, False))


def short_circuit(board, _):
    board.factory.pin(STATUS, pin_class=ShortCircuit)


FAULTS = {
    "GPIO-IN-USE": in_use,
    "GPIO-BUSY": taken,
    "GPIO-NO-LIBRARY": no_library,
    "GPIO-FAILED": fixed_pull,
    "KEYPAD-SHORT": key_down,
    "BUTTON-STUCK": stuck,
    "BUTTON-NOISE": noise,
    "BUTTON-NOT-PRESSED": without_presses,
    "BUTTON-BOUNCE": bounces,
    "LAMP-HELD": short_circuit,
}


@pytest.mark.parametrize("name", FAULTS)
async def test_a_fault_is_found_and_nothing_else(board, monkeypatch, name):
    FAULTS[name](board, monkeypatch)
    results = await board.visit(CODES[name].check)
    assert codes(results) == [name]
    assert results[0].outcome.value == CODES[name].severity.value


async def test_spikes_are_no_presses(board, monkeypatch):
    spikes(board, monkeypatch)
    assert codes(await board.visit("button")) == ["BUTTON-NOISE"]


async def test_good_wiring_passes_with_presses_counted_and_bounces_measured(board):
    steps = [(0.1, True), (0.005, False), (0.004, True), (0.08, False)]
    pressing(board, *(steps * 5))
    board.options["press_s"] = 60.0
    board.settings["board"]["bell"] = {"pin": BELL}
    results = await board.visit("gpio", "button", "lamps")
    assert [result.outcome for result in results] == [Outcome.PASS] * 3, codes(results)
    pins, button, lamps = (result.report.measured for result in results)
    assert pins["pins"] == [BUTTON, STATUS, MICROPHONE, BELL]
    assert (button["presses"], button["edges"]) == (5, [3, 1] * 5)
    assert button["longest_bounce_ms"] == 9
    assert lamps == {"status": "follows", "microphone": "follows", "bell": "follows"}
    assert any(f"The bell (GPIO {BELL}) rings." in text for text in board.requests)


async def test_each_of_several_buttons_is_examined_and_named(board):
    board.settings["board"]["buttons"] = {"red": {"pin": 5}}
    board.factory.pin(5, pin_class=ShortCircuit)
    results = await board.visit("gpio", "button")
    pins, buttons = (result.report for result in results)
    assert pins.measured["pins"] == [BUTTON, 5, STATUS, MICROPHONE]
    assert list(buttons.measured) == ["button", "button_red"]
    [found] = buttons.findings
    assert (found.code.name, found.detail) == ("BUTTON-STUCK", "button red: closed for 0.2 s")


async def test_a_bell_whose_pin_is_held_is_named(board):
    board.settings["board"]["bell"] = {"pin": BELL, "active_high": False}
    board.factory.pin(BELL, pin_class=ShortCircuit)
    [result] = await board.visit("lamps")
    [found] = result.report.findings
    assert (found.code.name, found.detail) == ("LAMP-HELD", "GPIO 6 (bell) stays low, whatever it is set to")


async def test_no_lamp_is_called_lit_whose_pin_another_part_holds(board):
    with gpiozero.LED(STATUS, pin_factory=board.factory):
        [result] = await board.visit("lamps")
    assert result.outcome is Outcome.FAILURE
    assert board.requests == []


async def test_a_lamp_is_dark_after_a_visit_that_was_broken_off(board):
    lamp = board.factory.pin(STATUS)
    visit = asyncio.create_task(board.visit("lamps"))
    while not lamp.state:
        await asyncio.sleep(0.005)
    visit.cancel()
    await asyncio.wait([visit])
    assert (visit.cancelled(), bool(lamp.state)) == (True, False)


async def test_a_light_with_colour_is_lit_in_each_part(board):
    status = {"kind": "led_class", "name": "multicolor:status"}
    board.settings["board"]["lamps"] = {"status": status, "microphone": {"kind": "status"}}
    led = board.root / "sys/class/leds/multicolor:status"
    led.mkdir(parents=True)
    for file, text in {"brightness": "9", "max_brightness": "100", "multi_index": "red green blue"}.items():
        (led / file).write_text(text)
    seen = []
    board.options["tell"] = lambda text: seen.append((text, (led / "multi_intensity").read_text()))
    [result] = await board.visit("lamps")
    assert (result.outcome, result.report.measured) == (Outcome.PASS, {"status": "sent"})
    assert seen == [
        ("The status lamp shall be green now.", "0 100 20"),
        ("Its part for the microphone shall be red now.", "100 0 0"),
    ]
    assert (led / "brightness").read_text() == "0"


def no_led(leds):
    (leds / "other").mkdir(parents=True)


def led_of_another_user(leds):
    no_led(leds)
    (leds / "ring").mkdir()
    (leds / "ring/brightness").touch(0o444)
    (leds / "ring/max_brightness").write_text("255")


def led_that_is_no_number(leds):
    no_led(leds)
    (leds / "ring").mkdir()
    (leds / "ring/brightness").touch()
    (leds / "ring/max_brightness").write_text("bright")


LIGHTS = {
    "LIGHT-MISSING": (no_led, "The kernel has no LED ring; there is: other."),
    "LIGHT-NO-PERMISSION": (led_of_another_user, "No permission for the LED ring"),
    "LIGHT-FAILED": (led_that_is_no_number, "The LED ring can't be used"),
}


@pytest.mark.parametrize("name", LIGHTS)
def test_a_light_that_cannot_be_had_is_reported_with_its_cause(place, name):
    prepare, words = LIGHTS[name]
    prepare(place.root / "sys/class/leds")
    place.settings["board"] = {
        "kind": "gpio",
        "lamps": {"status": {"kind": "led_class", "name": "ring"}, "microphone": None},
    }
    reported = place.visit_apart("lamps", env={"GPIOZERO_PIN_FACTORY": "mock"}, humble=True)
    assert codes_reported(reported) == [name]
    assert f"status lamp: {words}" in json.dumps(reported)


GPIO_OF_THE_MACHINE = {
    # gpiozero's own word for a driver that it can't have; so it is on every machine, a Pi too
    "GPIO-NO-CHIP": lambda chip: chip.unlink(),
    "GPIO-NO-DRIVER": lambda chip: chip.chmod(0o600),
    "GPIO-NO-PERMISSION": lambda chip: chip.chmod(0),
}


@pytest.mark.parametrize(
    ("requests", "name"),
    [*(("gpio", name) for name in GPIO_OF_THE_MACHINE), ("button", "GPIO-NO-CHIP"), ("lamps", "GPIO-NO-PERMISSION")],
)
async def test_why_there_are_no_pins(place, name, requests):
    place.settings["board"] = {"kind": "gpio"}
    GPIO_OF_THE_MACHINE[name](place.root / "dev/gpiochip0")
    reported = place.visit_apart(requests, env={"GPIOZERO_PIN_FACTORY": "none-at-all"}, humble=True)
    assert codes_reported(reported) == [name]
    assert reported["exit_code"] == 2


@pytest.mark.parametrize(
    ("times_ms", "finding"),
    [
        ([0], [(False, True, 1, 0)]),
        ([0, 1, 3], [(False, True, 3, 3)]),
        ([0, 1], [(False, False, 2, 1)]),
        ([0, 51], [(False, True, 1, 0), (True, False, 1, 0)]),
        ([0, 49, 98], [(False, True, 3, 98)]),
    ],
)
def test_edges_belong_together_until_the_contact_has_settled(times_ms, finding):
    edges = [Edge(number % 2 == 0, 5 + ms / 1000) for number, ms in enumerate(times_ms)]
    reported = evaluate.bursts(edges, closed_at_start=False)
    assert [(b.closed_before, b.closed_after, b.edges, round(b.bounce_ms)) for b in reported] == finding


REACHED = {*FAULTS, *LIGHTS, *GPIO_OF_THE_MACHINE}
