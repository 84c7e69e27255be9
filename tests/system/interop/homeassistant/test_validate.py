"""Home Assistant's own code takes what a box tells it, and refuses what is wrong."""

import copy
import json
import subprocess
from pathlib import Path

import pytest
from tests.rig.homeassistant import HERE, INFO, PYTHON, ROOT

from callbox.mqtt.model import homeassistant

pytestmark = pytest.mark.homeassistant
VALIDATE = Path(__file__).with_name("validate.py")
BLUEPRINTS = sorted((ROOT / "deploy/homeassistant/blueprints").glob("*.yaml"))
DEVICE = homeassistant.device(HERE, INFO, "1a2b3c", "b8:27:eb:1a:2b:3c")


def validate(*arguments, text=""):
    done = subprocess.run([PYTHON, VALIDATE, *arguments], input=text, capture_output=True, text=True, timeout=110)
    assert done.returncode in (0, 1), done.stderr
    assert "Traceback" not in done.stderr, done.stderr
    return done.stdout.split("\n")[:-1] if done.returncode else []


def with_(change):
    device = copy.deepcopy(DEVICE)
    change(device, device["components"])
    return device


@pytest.mark.parametrize("commands", [[], INFO["commands"]])
@pytest.mark.parametrize("mac", [None, "b8:27:eb:1a:2b:3c"])
def test_what_a_box_tells_is_taken(commands, mac):
    reported = homeassistant.discovery(HERE, {**INFO, "commands": commands}, "1a2b3c", mac, max_volume_percent=60)
    assert validate("discovery", text=reported.payload.decode()) == []


WRONG = {
    "no such platform": (lambda device, parts: parts["mute"].update(platform="mute"), "the device"),
    "no origin": (lambda device, parts: device.pop("origin"), "origin"),
    "nobody": (lambda device, parts: device["device"].update(identifiers=[], connections=[]), "identif"),
    "no words": (lambda device, parts: parts["session"].update(options=[]), "session"),
    "an enum that is measured": (lambda device, parts: parts["session"].update(state_class="measurement"), "session"),
    "no such kind": (lambda device, parts: parts["temperature"].update(device_class="warmth"), "temperature"),
    "no such category": (lambda device, parts: parts["problem"].update(entity_category="trouble"), "problem"),
    "no topic": (lambda device, parts: parts["mute"].pop("command_topic"), "mute"),
    "a wildcard": (lambda device, parts: parts["connect"].update(command_topic="callbox/+/set"), "connect"),
    "no events": (lambda device, parts: parts["button"].pop("event_types"), "button"),
    "a trigger without a type": (lambda device, parts: parts["on_press"].pop("type"), "on_press"),
    "a template that ends too soon": (lambda device, parts: parts["cpu"].update(value_template="{{ x"), "cpu"),
    "a key that is misspelt": (lambda device, parts: parts["button"].update(event_typs=[]), "unknown event_typs"),
}


@pytest.mark.parametrize("change", WRONG)
def test_what_is_wrong_is_refused(change):
    change, named = WRONG[change]
    [line] = validate("discovery", text=json.dumps(with_(change)))
    assert named in line


@pytest.mark.parametrize("file", BLUEPRINTS, ids=lambda file: file.name)
def test_a_blueprint_is_one(file):
    assert validate("blueprint", file) == []


@pytest.mark.parametrize(
    ("good", "wrong", "named"),
    [
        ("domain: automation", "domain: script", "script"),
        ("\nactions: !input actions\n", "\n", "actions"),
        ("selector:\n        action:", "selector:\n        act:", "act"),
    ],
)
def test_a_blueprint_that_is_wrong_is_refused(tmp_path, good, wrong, named):
    text = next(file for file in BLUEPRINTS if file.name == "callbox_press.yaml").read_text()
    broken = tmp_path / "broken.yaml"
    broken.write_text(text.replace(good, wrong))
    assert broken.read_text() != text
    [line, *_] = validate("blueprint", broken)
    assert named in line
