"""Hook switch, rotary dial and volume knob on gpiozero's mock pins: each code by a fault of the wiring."""

from types import SimpleNamespace

import pytest
from gpiozero.pins.mock import MockPin
from tests.integration.doctor.visits import codes
from tests.rig.stamped_pins import DatedFactory

from callbox.doctor.model.codes import CODES
from callbox.doctor.model.findings import Outcome
from callbox.doctor.probes import telephone

HOOK, PULSE, OFF_NORMAL, A, B = 5, 6, 13, 23, 24
BOARD = {
    "kind": "gpio",
    "hook_switch": {"pin": HOOK},
    "rotary_dial": {"pulse_pin": PULSE, "off_normal_pin": OFF_NORMAL},
    "volume_knob": {"a_pin": A, "b_pin": B},
}


class NormallyClosed(MockPin):  # type: ignore[misc]  # gpiozero has no types
    """A contact to ground that is closed before anybody moves it: taking its pin pulls it up in vain."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.is_moved = False

    def drive_high(self):  # pyright: ignore[reportIncompatibleMethodOverride]
        if self.is_moved:
            super().drive_high()
        else:
            self.drive_low()


@pytest.fixture
def box(place, monkeypatch):
    """A box with an old telephone; `box.person` does what the doctor asks for, by `box.does`."""
    for name in ("HOOK_QUIET_S", "DIAL_QUIET_S", "KNOB_QUIET_S"):
        monkeypatch.setattr(telephone, name, 0.05)
    place.settings["board"] = dict(BOARD)
    place.factory = place.options["pin_factory"] = DatedFactory()
    place.running.callback(place.factory.reset)
    monkeypatch.setattr("callbox_device.gpio.time", SimpleNamespace(monotonic=place.factory.ticks))
    place.requests, place.does = [], {"Lift": lift, "Dial": dial, "Turn": turn}

    def on_text(text):
        place.requests.append(text)
        for word, movement in place.does.items():
            if word in text:
                movement(place.factory)

    place.options |= {"tell": on_text, "press_s": 0.5}
    place.factory.pin(PULSE, pin_class=NormallyClosed)
    return place


def move(factory, *steps):
    """`steps`: s to wait, pin, whether it is closed then."""
    for pause_s, pin, is_closed in steps:
        factory.now_s += pause_s
        vars(factory.pin(pin))["is_moved"] = True
        (factory.pin(pin).drive_low if is_closed else factory.pin(pin).drive_high)()


def lift(factory):
    move(factory, (1.0, HOOK, True), (0.01, HOOK, False), (0.002, HOOK, True), (1.0, HOOK, False))


def dial(factory, pulses=5, break_s=0.06, make_s=0.04, off_normal=True):
    if off_normal:
        move(factory, (1.0, OFF_NORMAL, True))
    move(factory, *([(make_s, PULSE, False), (break_s, PULSE, True)] * pulses))
    if off_normal:
        move(factory, (0.1, OFF_NORMAL, False))


def turn(factory, pins=(A, B), detents=4):
    first, second = pins
    for _ in range(detents):
        move(factory, *((0.05, pin, is_closed) for is_closed in (True, False) for pin in (first, second)))


async def test_a_good_telephone_passes_and_is_measured(box):
    [result] = await box.visit("telephone")
    assert result.outcome is Outcome.PASS, codes([result])
    hook, dial_, knob = (result.report.measured[name] for name in ("hook_switch", "rotary_dial", "volume_knob"))
    assert (hook["on_hook"], hook["changes"], hook["longest_bounce_ms"]) == ("open", 2, 12.0)
    assert (dial_["pulses"], dial_["pulses_per_s"], dial_["break_ratio"]) == (5, 10.0, 0.6)
    assert (knob["edges"], knob["rejected"]) == (16, 0)
    assert [text.split()[0] for text in box.requests] == ["The", "Dial", "Turn"]


def not_lifted(box):
    box.does.pop("Lift")


def normally_closed(box):
    box.factory.pin(HOOK, pin_class=NormallyClosed)
    box.does["Lift"] = lambda factory: move(factory, (1.0, HOOK, False), (1.0, HOOK, True))


def worn_hook(box):
    box.does["Lift"] = lambda factory: move(
        factory, (1.0, HOOK, True), (0.03, HOOK, False), (0.01, HOOK, True), (1.0, HOOK, False)
    )


def not_dialled(box):
    box.does.pop("Dial")


def exchanged_pins(box):
    vars(box.factory.pin(PULSE))["is_moved"] = True


def lost_pulse(box):
    box.does["Dial"] = lambda factory: dial(factory, pulses=4)


def loose_off_normal(box):
    box.does["Dial"] = lambda factory: dial(factory, off_normal=False)


def slow(box):
    box.does["Dial"] = lambda factory: dial(factory, break_s=0.09, make_s=0.06)


def not_turned(box):
    box.does.pop("Turn")


def loose_b(box):
    box.does["Turn"] = lambda factory: move(factory, *([(0.05, A, True), (0.05, A, False)] * 4))


def exchanged_wires(box):
    box.does["Turn"] = lambda factory: turn(factory, (B, A))


def two_edges(box):
    box.does["Turn"] = lambda factory: turn(factory, detents=2)


FAULTS = {
    "HOOK-NOT-LIFTED": not_lifted,
    "HOOK-REVERSED": normally_closed,
    "HOOK-BOUNCE": worn_hook,
    "DIAL-NOT-DIALLED": not_dialled,
    "DIAL-OPEN": exchanged_pins,
    "DIAL-WRONG-DIGIT": lost_pulse,
    "DIAL-OFF-NORMAL": loose_off_normal,
    "DIAL-SPEED": slow,
    "KNOB-NOT-TURNED": not_turned,
    "KNOB-ONE-CONTACT": loose_b,
    "KNOB-REVERSED": exchanged_wires,
    "KNOB-DETENTS": two_edges,
}
DETAILS = {
    "HOOK-REVERSED": "hook switch: closed on the hook, open when lifted; off_hook_when is closed: set it to open",
    "DIAL-WRONG-DIGIT": "rotary dial: 5 was to be dialled, 4 pulses were read",
    "DIAL-SPEED": "rotary dial: 6.7 pulses/s; 8 to 12 are right",
    "KNOB-ONE-CONTACT": "volume knob: only contact A moved: look at board.volume_knob.b_pin",
    "KNOB-REVERSED": "volume knob: turned clockwise it makes softer; reversed is false: set it to true",
    "KNOB-DETENTS": "volume knob: 4 detents made 8 edges; edges_per_detent is 4: set it to 2",
}
"""The words of some of them."""


@pytest.mark.parametrize("name", FAULTS)
async def test_a_fault_is_found_and_nothing_else(box, name):
    FAULTS[name](box)
    [result] = await box.visit("telephone")
    assert codes([result]) == [name]
    assert result.outcome.value == CODES[name].severity.value
    if name in DETAILS:
        assert result.report.findings[0].detail == DETAILS[name]


async def test_settings_as_measured_are_right(box):
    box.settings["board"]["hook_switch"] = {"pin": HOOK, "off_hook_when": "open"}
    box.settings["board"]["volume_knob"] = {"a_pin": A, "b_pin": B, "reversed": True, "edges_per_detent": 2}
    normally_closed(box)
    box.does["Turn"] = lambda factory: turn(factory, (B, A), detents=2)
    assert codes(await box.visit("telephone")) == []


async def test_without_a_person_at_the_box_the_request_is_skipped(box):
    box.options["press_s"] = 0.0
    [result] = await box.visit("telephone")
    assert result.outcome is Outcome.SKIPPED
    assert "lift the handset and dial a digit and turn the volume knob" in result.report.skipped
    assert not box.requests


async def test_without_such_parts_there_is_no_request(box):
    box.settings["board"] = {"kind": "gpio"}
    [result] = await box.visit("telephone")
    assert result.report.skipped == "the settings name no hook switch, rotary dial or volume knob on pins"


REACHED = {*FAULTS}
