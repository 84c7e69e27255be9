#!/usr/bin/env bash
# gpiozero's mock pins take bounce_time and don't debounce
#
# Software: gpiozero 2.0.1.post3
# Guess:    Button(17, bounce_time=0.05) on MockFactory ignores what changes within 50 ms after a change, as its
#           documentation says of bounce_time: a test with a contact that bounces shows one press.
# Seen:     Each change of the pin is an event, and nothing refuses the setting: a test on mock pins can't tell whether
#           the debouncing works.
# Output:
#OUT
# Callbox:  debounces by itself, in a pure state machine with its own tests; gpiozero is given no bounce_time.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check gpiozero==2.0.1.post3
"$tmp/venv/bin/python" - <<'PY'
import sys

from gpiozero import Button, Device
from gpiozero.pins.mock import MockFactory

Device.pin_factory = MockFactory()
button, events = Button(17, bounce_time=0.05), []
button.when_pressed, button.when_released = lambda: events.append("pressed"), lambda: events.append("released")
pin = Device.pin_factory.pin(17)
for low in (True, False, True, False, True):  # one press of a contact that bounces, within a millisecond
    pin.drive_low() if low else pin.drive_high()
print("bounce_time:", button.pin.bounce)
print("events:", *events)
if events != ["pressed", "released", "pressed", "released", "pressed"]:
    sys.exit("changed: an event was expected for each change")
PY
