"""Presses while the program is still being imported: answered by the lamp, kept, and carried out."""

import asyncio
import json
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from callbox.app import compose, early_boot
from callbox.app.compose.lamps import wiring_of
from callbox.app.contacts import run_contacts
from callbox.config import SettingsError, load_all
from callbox.rtvi import RTVIEvent, TransportState
from callbox_device.early_io import EarlyButton, Wiring, load_wiring, save_wiring
from callbox_device.interfaces import Edge, PartBusy
from callbox_device.model import light_specs
from callbox_device.model.gestures import Gesture, Gestures, Pressed, Released
from callbox_device.model.light_specs import PinLamp

WIRING = Wiring(17, "up", PinLamp(22), 0.5)
HEAVY = "asyncio yaml msgspec httpx aiortc av paho cryptography numpy"


@pytest.fixture
def config(tmp_path):
    file = tmp_path / "callbox.yaml"
    file.write_text(
        "bot: {start_url: http://127.0.0.1:9/start}\n"
        "board: {button: {pin: 17}, lamps: {status: {pin: 22}, microphone: {pin: 27}, brightness_percent: 50}}\n"
    )
    return file


def press(pin):
    """Press and release; the time before and after the button went down."""
    began_s = time.monotonic()
    pin.drive_low()
    down_s = time.monotonic()
    time.sleep(0.05)  # longer than the debounce time
    pin.drive_high()
    time.sleep(0.05)
    return began_s, down_s


async def test_a_press_is_answered_at_once_and_reported_later(pins):
    early_button = EarlyButton(WIRING, pin_factory=pins)
    assert pins.pin("GPIO22").state == 0
    began_s, down_s = press(pins.pin("GPIO17"))
    assert pins.pin("GPIO22").state == 0.5
    gestures: list[Gesture] = []
    decoder = Gestures()
    contacts = [(early_button, decoder.edge)]
    watching = asyncio.create_task(run_contacts(contacts, decoder, decoder.start, gestures.append))
    async with asyncio.timeout(60):
        while len(gestures) < 2:
            await asyncio.sleep(0.01)
        pressed, released = gestures
        assert isinstance(pressed, Pressed)
        assert isinstance(released, Released)
        assert began_s <= pressed.at_s <= down_s
        early_button.lamp.set(0.0)
        press(pins.pin("GPIO17"))  # from here on as any button, and the lamp is another's
        while len(gestures) < 4:
            await asyncio.sleep(0.01)
    assert pins.pin("GPIO22").state == 0
    watching.cancel()


def test_a_button_that_is_down_already_is_reported_as_such(pins):
    pins.pin("GPIO17").drive_high()
    assert EarlyButton(replace(WIRING, pull="none"), pin_factory=pins).start(lambda _: None) is True


def test_a_flood_of_edges_is_bounded(pins):
    early_button = EarlyButton(WIRING, pin_factory=pins)
    for _ in range(1000):
        pins.pin("GPIO17").drive_low()
        pins.pin("GPIO17").drive_high()
    gestures: list[Edge] = []
    early_button.start(gestures.append)
    assert len(gestures) == 64


def test_a_button_that_can_t_be_had_leaves_the_lamp_free(pins):
    with pytest.raises(PartBusy):
        EarlyButton(replace(WIRING, button_pin=22), pin_factory=pins)
    EarlyButton(WIRING, pin_factory=pins)


async def test_the_box_takes_them_over_and_calls(pins, config):
    settings = load_all(config, (), {})
    wiring = wiring_of(settings.settings.board)
    assert wiring is not None
    early_button = EarlyButton(wiring, pin_factory=pins)
    press(pins.pin("GPIO17"))
    box = compose.make_composition(settings).make_appliance(pin_factory=pins, early_button=early_button)
    assert (box.board.button, box.board.status_lamp) == (early_button, early_button.lamp)
    states: list[TransportState] = []
    box.client.on(RTVIEvent.TransportStateChanged, states.append)
    stop = asyncio.Event()
    running = asyncio.create_task(box.run(stop))
    async with asyncio.timeout(60):
        while TransportState.INITIALIZING not in states:
            await asyncio.sleep(0.01)
    stop.set()
    await running


async def test_other_pins_are_given_up_first(pins, config):
    early_button = EarlyButton(replace(WIRING, lamp=PinLamp(23)), pin_factory=pins)
    box = compose.make_composition(load_all(config, (), {})).make_appliance(pin_factory=pins, early_button=early_button)
    assert box.board.button is not early_button
    assert box.board.button is not None
    assert pins.pin("GPIO23").state == 0


def test_the_note_counts_for_the_same_settings_only(tmp_path, config):
    of = early_boot.fingerprint(config, [], {})
    save_wiring(tmp_path, WIRING, of)
    assert load_wiring(tmp_path, of) == WIRING
    (tmp_path / "conf.d").mkdir()
    (tmp_path / "conf.d/50-boot.yaml").write_text("board: {button: {pin: 4}}\n")
    others = {
        early_boot.fingerprint(config, [], {}),
        early_boot.fingerprint(config, ["board.button.pin=4"], {}),
        early_boot.fingerprint(config, [], {"CALLBOX__board__button__pin": "4"}),
    }
    assert len(others | {of}) == 4
    assert all(load_wiring(tmp_path, other) is None for other in others)


@pytest.mark.parametrize("content", [None, "", "[]", '{"of": "x"}', '{"of": "x", "wiring": {"pin": 4}}'])
def test_a_note_that_is_none_is_no_note(tmp_path, content):
    if content is not None:
        (tmp_path / "wiring.json").write_text(content)
    assert load_wiring(tmp_path, "x") is None


LAMP = light_specs.to_dict(WIRING.lamp)
WRONG_WIRINGS: list[dict[str, Any]] = [
    {"button_pin": "17"},
    {"button_pin": True},
    {"button_pin": {}},
    {"pull": "sideways"},
    {"pull": []},
    {"lamp": 22},
    {"lamp": {**LAMP, "pin": -1}},
    {"lamp": {**LAMP, "pin": 2.0}},
    {"lamp": {**LAMP, "pin": 10**30}},
    {"lamp": {**LAMP, "active_high": 1}},
    {"lamp": {**LAMP, "dimmable": None}},
    {"lamp": {**LAMP, "kind": []}},
    {"lamp": {**LAMP, "kind": "rgb"}},
    {"lamp": {"kind": "led_class", "name": "../../etc/passwd"}},
    {"microphone_pixels": 0},
    {"microphone_pixels": [256]},
    {"brightness": "1"},
    {"brightness": 2.5},
    {"brightness": True},
]


@pytest.mark.parametrize("wrong", WRONG_WIRINGS, ids=str)
def test_a_saved_wiring_with_a_wrong_value_is_not_used(tmp_path, wrong):
    save_wiring(tmp_path, WIRING, "x")
    saved = json.loads((tmp_path / "wiring.json").read_text())
    saved["wiring"] |= wrong
    (tmp_path / "wiring.json").write_text(json.dumps(saved))
    assert load_wiring(tmp_path, "x") is None


def test_the_fingerprint_takes_names_and_values_that_are_not_utf8(tmp_path, config):
    (tmp_path / "conf.d").mkdir()
    Path(os.fsdecode(os.fsencode(tmp_path / "conf.d") + b"/\xff.yaml")).write_text("log: {}\n")
    environ = {"CALLBOX__log__level": "\udcff"}
    assert early_boot.fingerprint(config, ["\udcff"], environ) != early_boot.fingerprint(config, [], environ)
    with pytest.raises(SettingsError) as caught:
        load_all(config, [], environ | {"CALLBOX__\udcff": "1"})
    assert all(line.encode() for line in caught.value.errors)


def test_nothing_heavy_is_imported_before_the_lamp_answers(tmp_path, config):
    save_wiring(tmp_path, WIRING, early_boot.fingerprint(config, []))
    code = f"""
import os, sys
import gpiozero.pins.mock as mock
import gpiozero
gpiozero.Device.pin_factory = mock.MockFactory(pin_class=mock.MockPWMPin)
from callbox_device import early_io
make = early_io.EarlyButton.__init__
def watched(self, *arguments):
    make(self, *arguments)
    gpiozero.Device.pin_factory.pin("GPIO17").drive_low()
    print(gpiozero.Device.pin_factory.pin("GPIO22").state, *(set("{HEAVY}".split()) & set(sys.modules)), flush=True)
    os._exit(0)
early_io.EarlyButton.__init__ = watched
from callbox.cli import main
main(["run", "--config", {str(config)!r}])
"""
    env = {**os.environ, "STATE_DIRECTORY": str(tmp_path), "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False)
    assert done.stdout == "0.5\n", done.stderr
