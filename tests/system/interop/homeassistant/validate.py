"""Asks Home Assistant's own code whether it takes a discovery message, or a blueprint. Runs in Home Assistant's environment.

    validate.py discovery < message.json
    validate.py blueprint FILE

One line for each thing that is wrong; exit code 1 if there is one.
"""

import asyncio
import importlib
import json
import sys
import tempfile
from collections.abc import Iterator
from typing import Any

import voluptuous as vol


def discovery(text: str) -> Iterator[str]:
    """What Home Assistant would refuse, or leave out without a word."""
    from homeassistant.components.mqtt.schemas import DEVICE_DISCOVERY_SCHEMA, SHARED_OPTIONS

    message = json.loads(text)
    try:
        DEVICE_DISCOVERY_SCHEMA(message)
    except vol.Invalid as error:
        yield f"the device: {error}"
        return
    for key, component in message["components"].items():
        if set(component) == {"platform"}:  # taken away
            continue
        inherited = {option: message[option] for option in SHARED_OPTIONS if option in message}
        whole = {**inherited, **component, "device": message["device"], "origin": message["origin"], "platform": "mqtt"}
        try:
            taken = schema(component["platform"])(whole)
        except vol.Invalid as error:
            yield f"{key}: {error}"
            continue
        # Home Assistant leaves out what it doesn't know; a misspelt key would just do nothing.
        if unknown := set(component) - set(taken) - {"platform"}:
            yield f"{key}: unknown {', '.join(sorted(unknown))}"


def schema(platform: str) -> Any:
    """What a component of `platform` must be."""
    if platform == "device_automation":
        return importlib.import_module("homeassistant.components.mqtt.device_trigger").TRIGGER_DISCOVERY_SCHEMA
    return importlib.import_module(f"homeassistant.components.mqtt.{platform}").DISCOVERY_SCHEMA


def blueprint(file: str) -> Iterator[str]:
    """What is wrong with it: as a blueprint, and with all its inputs filled in as an automation."""
    from homeassistant.components.automation.config import PLATFORM_SCHEMA
    from homeassistant.components.blueprint.models import Blueprint, BlueprintInputs
    from homeassistant.components.blueprint.schemas import BLUEPRINT_SCHEMA
    from homeassistant.util.yaml import load_yaml

    try:
        made = Blueprint(load_yaml(file), expected_domain="automation", schema=BLUEPRINT_SCHEMA)
        given = {name: EXAMPLES[name] for name in made.inputs if "default" not in (made.inputs[name] or {})}
        inputs = BlueprintInputs(made, {"use_blueprint": {"path": file, "input": given}})
        inputs.validate()
        PLATFORM_SCHEMA(inputs.async_substitute())
    except Exception as error:
        yield f"{file}: {error}"


EXAMPLES: dict[str, Any] = {
    "problem": "binary_sensor.kitchen_problem",
    "button": "event.kitchen_button",
    "cause": "event.door_bell",
    "actions": [{"action": "light.toggle", "target": {"entity_id": "light.kitchen"}}],
}
"""What somebody would choose for the inputs that have no default."""


async def main(what: str, *files: str) -> int:
    """The command."""
    from homeassistant.core import HomeAssistant
    from homeassistant.helpers import frame

    with tempfile.TemporaryDirectory() as folder:
        hass = HomeAssistant(folder)  # some validators ask for it
        frame.async_setup(hass)
        wrong = (
            list(discovery(sys.stdin.read())) if what == "discovery" else [line for f in files for line in blueprint(f)]
        )
        await hass.async_stop(force=True)
    print(*wrong, sep="\n")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(asyncio.run(main(*sys.argv[1:])))
