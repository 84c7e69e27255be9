#!/usr/bin/env bash
# gpiozero's queued() doesn't take a device, as the example of its documentation does
#
# Software: gpiozero 2.0.1.post3 with its mock pins
# Guess:    queued(leds[1], 5) is a source of values, as with smoothed() and the other tools: the example in its
#           documentation cascades a button's state along a row of LEDs by it.
# Seen:     TypeError: 'LED' object is not iterable. It is raised in the thread of the source, so the LEDs just stay
#           dark.
# Output:   smoothed(LED): yields 0
#           queued(LED): TypeError
# Callbox:  has its own lamp patterns (docs/lamps.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check gpiozero==2.0.1.post3
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from gpiozero import LED, Device
from gpiozero.pins.mock import MockFactory
from gpiozero.tools import queued, smoothed

Device.pin_factory = MockFactory()
led = LED(17)
seen = {}
for tool in (smoothed, queued):
    try:
        seen[tool.__name__] = f"yields {next(tool(led, 2))}"
    except TypeError as error:
        seen[tool.__name__] = type(error).__name__
    print(f"{tool.__name__}(LED): {seen[tool.__name__]}")
if seen != {"smoothed": "yields 0", "queued": "TypeError"}:
    sys.exit("changed: TypeError was expected of queued()")
PY
