#!/usr/bin/env bash
# mqtt-entity leaves out a number's limit of 0, so that Home Assistant lets a volume in dB go up to 100
#
# Software: mqtt-entity 1.0.1 (the last one for Python 3.11), attrs 26.1.0, paho-mqtt 2.2.0 (PyPI)
# Guess:    A NumberEntity has the limits that it was given, such as -40 to 0 dB. enabled_by_default=False keeps an
#           entity disabled until its owner enables it, as in Home Assistant's discovery, and a value is a number with 3
#           decimals at most.
# Seen:     What is 0 or False isn't published. Home Assistant then takes its own defaults: a maximum of 100, and
#           enabled. A value of 0.0004 is published as "0.", and -0.0001 as "-0.".
# Output:   -40 to 0: min -40.0
#           -40 to 1: min -40.0, max 1.0
#           enabled_by_default=False: not told
#           0.0004 and -0.0001: 0. and -0.
# Callbox:  writes the discovery messages itself, with both limits of the volume (docs/mqtt.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check mqtt-entity==1.0.1 attrs==26.1.0 paho-mqtt==2.2.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from mqtt_entity.entities import Device, NumberEntity
from mqtt_entity.utils import tostr


def told(**options):
    """What Home Assistant is told of a number with these options."""
    topics = {"state_topic": "box/volume", "command_topic": "box/volume/set"}
    device = Device(identifiers=["box"])
    return NumberEntity(unique_id="box_volume", device=device, name="Volume", **topics, **options).asdict


def limits(payload):
    return ", ".join(f"{key} {payload[key]}" for key in ("min", "max") if key in payload)


seen = [limits(told(min=-40.0, max=0.0)), limits(told(min=-40.0, max=1.0))]
enabled = told(enabled_by_default=False).get("enabled_by_default", "not told")
values = tostr(0.0004), tostr(-0.0001)
print("-40 to 0:", seen[0])
print("-40 to 1:", seen[1])
print("enabled_by_default=False:", enabled)
print("0.0004 and -0.0001:", " and ".join(values))
if seen != ["min -40.0", "min -40.0, max 1.0"] or enabled != "not told" or values != ("0.", "-0."):
    sys.exit("changed: no limit of 0 was expected")
PY
