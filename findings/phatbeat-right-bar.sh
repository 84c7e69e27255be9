#!/usr/bin/env bash
# phatbeat lights the right bar with the brightness of the left one, and both when the right one is set
#
# Software: phatbeat 0.1.1 (PyPI)
# Guess:    set_brightness(1.0, channel=1) sets the right bar; the left one stays at 7 of 31, the default. set_pixel()
#           without a brightness keeps the last one of that pixel, as its documentation says: 0.5 stays 15 of 31.
# Seen:     All pixels that haven't been set yet are one and the same list, so that the left bar is as bright as the
#           right one. set_pixel() takes the brightness of the pixel with that number before it looks at the channel:
#           the right one gets that of the left one.
# Output:   set_brightness(1.0, channel=1): left 31 of 31, right 31 of 31
#           left 0.1, right 0.5, right in another colour: left 3 of 31, right 3 of 31
# Callbox:  writes APA102 frames itself; brightness goes into the colours (docs/lamps.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps phatbeat==0.1.1
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys
import types

DATA, CLOCK = 23, 24
FRAME = 32  # bits of the start, and of each LED


class Pins:
    """The part of RPi.GPIO that is used: the data pin is read at each rise of the clock."""

    BCM = OUT = IN = PUD_UP = FALLING = 0

    def __init__(self):
        self.level, self.bits = 0, []

    def output(self, pin, value):
        if pin == DATA:
            self.level = 1 if value else 0
        elif value:
            self.bits.append(self.level)

    def add_event_detect(self, *_setting, **_options):
        pass

    setmode = setwarnings = setup = cleanup = add_event_detect


pins = Pins()
sys.modules["RPi"] = types.SimpleNamespace(GPIO=pins)
sys.modules["RPi.GPIO"] = pins

import phatbeat  # noqa: E402


def brightness(number):
    """The brightness that is written to an LED, 0 to 31."""
    pins.bits.clear()
    phatbeat.show()
    start = FRAME * (1 + number) + 3
    return int("".join(map(str, pins.bits[start : start + 5])), 2)


LEFT, RIGHT = 0, 15
"""The places of the first pixel of each bar in the chain."""


def both():
    return f"left {brightness(LEFT)} of 31, right {brightness(RIGHT)} of 31"


phatbeat.set_brightness(1.0, channel=1)
seen = [both()]
phatbeat.set_pixel(0, 255, 0, 0, brightness=0.1, channel=0)
phatbeat.set_pixel(0, 255, 0, 0, brightness=0.5, channel=1)
phatbeat.set_pixel(0, 0, 255, 0, channel=1)
seen.append(both())
print("set_brightness(1.0, channel=1):", seen[0])
print("left 0.1, right 0.5, right in another colour:", seen[1])
if seen != ["left 31 of 31, right 31 of 31", "left 3 of 31, right 3 of 31"]:
    sys.exit("changed: the left bar at 31, and the right one at 3, were expected")
PY
