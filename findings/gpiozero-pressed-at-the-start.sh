#!/usr/bin/env bash
# gpiozero never tells a hold of a button that is down at the start
#
# Software: gpiozero 2.0.1.post3 with its mock pins
# Guess:    A button that is down when its Button is made, as at a start of the machine with a finger on it, is held
#           after hold_time: when_held is called and is_held is True, which the documentation says of a device that has
#           been active for at least hold_time.
# Seen:     is_pressed is True and active_time counts, but is_held stays False, held_time None, and when_held isn't
#           called. Only when_released comes: a release without a press or a hold.
# Output:   down before: is_pressed True, active for a second True, is_held False; released
#           down after: is_pressed True, active for a second True, is_held True; pressed held released
# Callbox:  measures holds by itself, from the pin's state at the start on (callbox_device/gpio.py, model/gestures.py).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check gpiozero==2.0.1.post3
"$tmp/venv/bin/python" - <<'PY'
import sys
import time

from gpiozero import Button, Device
from gpiozero.pins.mock import MockFactory

Device.pin_factory = MockFactory()


def held(down_before):
    """What a button tells that is down before it is made, or goes down afterwards: its state, its events."""
    pin = Device.pin_factory.pin(17)
    pin.drive_high() if down_before else pin.drive_low()
    button, events = Button(17, pull_up=None, active_state=True, hold_time=0.3), []
    button.when_pressed = lambda: events.append("pressed")
    button.when_held = lambda: events.append("held")
    button.when_released = lambda: events.append("released")
    pin.drive_high()
    time.sleep(1)
    state = (button.is_pressed, button.is_held, button.active_time > 0.9)
    pin.drive_low()
    time.sleep(0.2)
    button.close()
    return state, events


before, after = held(True), held(False)
for name, ((pressed, is_held, counted), events) in (("down before", before), ("down after", after)):
    print(f"{name}: is_pressed {pressed}, active for a second {counted}, is_held {is_held};", *events)
if before != ((True, False, True), ["released"]) or after != ((True, True, True), ["pressed", "held", "released"]):
    sys.exit("changed: a release alone was expected of the first button")
PY
