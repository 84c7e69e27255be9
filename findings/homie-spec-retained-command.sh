#!/usr/bin/env bash
# homie-spec makes a retained message of a command, and none where settable is left out
#
# Software: homie-spec 0.5.0 (PyPI)
# Guess:    setter_message() of a property that has a function for set makes the message that sets it, which is never
#           retained: a controller publishes commands without the flag (Homie 4.0.0, "Property command topic").
# Seen:     The command is retained: the broker hands it to the device again at each connection, and a bell that was
#           turned on once rings after each power failure. Without settable=True there is no message, though set is
#           given, and $settable isn't told either, whose default is false.
# Output:   set, settable=True: homie/box/bell/ring/set, retained True
#           set alone: None
#           the value of retained=False: retained False
# Callbox:  refuses commands that are retained (docs/mqtt.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check homie-spec==0.5.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from homie_spec.properties import BooleanProperty


def ring(**options):
    return BooleanProperty("Ring", get=lambda: "false", set=print, **options)


TOPIC = "homie/box/bell/ring"
command = ring(settable=True).setter_message(TOPIC, "true").attrs
alone = ring().setter_message(TOPIC, "true")
value = ring(settable=True, retained=False).getter_message(TOPIC).attrs["retained"]
print(f"set, settable=True: {command['topic']}, retained {command['retained']}")
print("set alone:", alone)
print("the value of retained=False: retained", value)
if not command["retained"] or alone is not None or value:
    sys.exit("changed: a retained command and no message were expected")
PY
