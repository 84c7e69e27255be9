#!/usr/bin/env bash
# ha-mqtt-device publishes a doorbell's press in words, which Home Assistant doesn't take for an event
#
# Software: ha-mqtt-device 1.3.0 (PyPI), Python 3.11
# Guess:    EventEntity, made as in its documentation for a doorbell, publishes what Home Assistant's MQTT event entity
#           reads: a JSON object with event_type, unless a template in the discovery message makes one of the payload.
# Seen:     The payload is the event type alone, and the discovery message has no template. Home Assistant warns of "No
#           valid JSON event payload" in its log, and no event comes. The package's own event_type_template is published
#           as eve_tt, which is none of Home Assistant's abbreviations.
# Output:   discovery: stat_t, evt_typ, dev_cla, no val_tpl
#           payload: doorbell_pressed, JSON object: no
#           event_type_template: published as eve_tt
# Callbox:  publishes its events as JSON with event_type (docs/mqtt.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps ha-mqtt-device==1.3.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import asyncio
import json
import sys

from ha_mqtt_device import Device, DeviceInfo, EventEntity


class Provider:
    """What publishes the messages; it keeps them."""

    def __init__(self):
        self.messages = {}

    async def publish(self, topic, message, retain=False):
        self.messages[topic] = message


async def press(**options):
    """The doorbell's part of the discovery message, and what is published when it is pressed."""
    doorbell = EventEntity(
        unique_id="doorbell",
        name="Doorbell",
        device_class="doorbell",
        event_types=["doorbell_pressed", "doorbell_long_press"],
        **options,
    )
    provider = Provider()
    async with Device(provider, DeviceInfo(device_id="box", name="Box"), entities=[doorbell]):
        await doorbell.set_event("doorbell_pressed")
    discovery = json.loads(provider.messages["homeassistant/device/box/config"])
    return discovery["cmps"]["doorbell"], provider.messages[doorbell.state_topic]


def is_object(text):
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False


component, payload = asyncio.run(press())
templated, _ = asyncio.run(press(event_type_template="{{ value }}"))
extra = sorted(templated.keys() - component.keys())
names = [name for name in ("stat_t", "evt_typ", "dev_cla", "val_tpl") if name in component]
print(f"discovery: {', '.join(names)}, {'with' if 'val_tpl' in component else 'no'} val_tpl")
print(f"payload: {payload}, JSON object: {'yes' if is_object(payload) else 'no'}")
print("event_type_template: published as", ", ".join(extra))
if payload != "doorbell_pressed" or "val_tpl" in component or extra != ["eve_tt"]:
    sys.exit("changed: an event type alone, without a template, was expected")
PY
