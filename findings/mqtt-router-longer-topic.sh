#!/usr/bin/env bash
# mqtt-router calls the handler of a box's state for what is below and beside it
#
# Software: mqtt-router 0.1.3 (PyPI)
# Guess:    The route box/<name>/volume is for the topics of these three levels: a parameter is one level, and <path:…>
#           is there for more of them.
# Seen:     A route's end isn't looked at. The handler of box/<name>/volume is called for box/kitchen/volume/set, so a
#           command is taken for a state, and for box/kitchen/volume_max.
# Output:   box/kitchen/volume: kitchen has 40
#           box/kitchen/volume/set: kitchen has 100
#           box/kitchen/volume_max: kitchen has 90
#           box/kitchen/lamp: nothing
# Callbox:  knows its own topics one by one (callbox/mqtt/model/commands.py).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps mqtt-router==0.1.3
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from mqtt_router import MQTTRouter

router, told, seen = MQTTRouter(), [], []


@router.add("box/<name>/volume")
def volume(message, context, name):
    told.append(f"{name} has {message}")


for topic, message in (
    ("box/kitchen/volume", "40"),
    ("box/kitchen/volume/set", "100"),
    ("box/kitchen/volume_max", "90"),
    ("box/kitchen/lamp", "on"),
):
    told.clear()
    router.route(topic, message)
    seen.append(len(told))
    print(f"{topic}: {', '.join(told) or 'nothing'}")
if seen != [1, 1, 1, 0]:
    sys.exit("changed: a call was expected for each of the first three topics")
PY
