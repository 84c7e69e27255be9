"""Keys of input devices, through pipes: each code by what is plugged in, or by who holds it."""

import asyncio
import errno

import pytest
from tests.integration.doctor.visits import codes
from tests.rig.pipe_devices import Machine

from callbox.doctor.model.codes import CODES
from callbox.doctor.model.findings import Outcome
from callbox.doctor.probes import gpio
from callbox_device.model.key_codes import KEY_CODES

PHONE, MUTE = KEY_CODES["KEY_PHONE"], KEY_CODES["KEY_MICMUTE"]


@pytest.fixture
def board(place, monkeypatch):
    monkeypatch.setattr(gpio, "REST_S", 0.2)
    place.machine = place.options["input_devices"] = Machine(place.folder)
    place.settings["board"] = {
        "kind": "gpio",
        "button": {"key": "KEY_PHONE", "input": "*jabra*"},
        "mute_switch": {"key": "KEY_MICMUTE"},
        "lamps": {"status": None, "microphone": None},
    }
    return place


def no_such_device(board):
    board.machine.plug_in("Some keyboard", [PHONE, MUTE])


def no_permission(board):
    board.machine.plug_in("Jabra", [PHONE, MUTE])
    board.machine.error = PermissionError(13, "Permission denied")


def busy(board):
    board.machine.plug_in("Jabra", [PHONE, MUTE])
    board.machine.busy = True


def in_use(board):
    busy(board)
    board.write("proc/4242/cmdline", "/opt/callbox/bin/python\0-m\0callbox\0run\0")


FAULTS = {
    "INPUT-NOT-FOUND": no_such_device,
    "INPUT-NO-PERMISSION": no_permission,
    "INPUT-BUSY": busy,
    "INPUT-IN-USE": in_use,
}
REACHED = FAULTS


@pytest.mark.parametrize("check", ["inputs", "button"])
@pytest.mark.parametrize("name", FAULTS)
async def test_a_fault_is_found_and_nothing_else(board, name, check):
    FAULTS[name](board)
    results = await board.visit(check)
    assert set(codes(results)) == {name}
    assert results[0].outcome.value == CODES[name].severity.value


class PulledOut(Machine):
    """Whose device is pulled out after it was found: before it is opened again, or before its keys are taken."""

    def __init__(self, folder, *, before_open):
        super().__init__(folder)
        self.before_open = before_open

    def open(self, path):
        if not self.opened:
            return super().open(path)
        if self.before_open:
            raise FileNotFoundError(errno.ENOENT, "No such file or directory")
        device = super().open(path)
        device.take = self.refuse
        return device

    def refuse(self):
        raise OSError(errno.ENODEV, "No such device")


@pytest.mark.parametrize("check", ["inputs", "button"])
@pytest.mark.parametrize(("before_open", "reason"), [(True, "No such file or directory"), (False, "No such device")])
async def test_a_device_that_is_pulled_out_while_it_is_looked_at_is_not_there(board, check, before_open, reason):
    board.machine = board.options["input_devices"] = PulledOut(board.folder, before_open=before_open)
    path = board.machine.plug_in("Jabra", [PHONE, MUTE])
    [result] = await board.visit(check)
    assert set(codes([result])) == {"INPUT-NOT-FOUND"}
    assert result.report.findings[0].detail == f"Jabra ({path}): {reason}"


async def test_devices_are_named_and_presses_counted(board):
    path = board.machine.plug_in("GN Netcom Jabra SPEAK 510", [PHONE, MUTE], held=[MUTE])

    async def press():
        for number in range(5):
            board.machine.send(path, (PHONE, 1), at_s=100 + number)
            board.machine.send(path, (PHONE, 0), at_s=100.2 + number)

    def on_text(text):
        if "Press the button" in text:
            board.task = asyncio.create_task(press())

    board.options |= {"tell": on_text, "press_s": 60.0}
    inputs, button = await board.visit("inputs", "button")
    assert [inputs.outcome, button.outcome] == [Outcome.PASS] * 2, codes([inputs, button])
    assert inputs.report.measured == {
        "devices": ["GN Netcom Jabra SPEAK 510"],
        "button": "not pressed",
        "mute_switch": "pressed",
    }
    assert (button.report.measured["key"], button.report.measured["presses"]) == ("KEY_PHONE", 5)


async def test_without_keys_there_is_nothing_to_look_for(board):
    board.settings["board"] = {"kind": "gpio"}
    [result] = await board.visit("inputs")
    assert result.report.skipped == "the settings name no key"
