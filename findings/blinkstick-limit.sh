#!/usr/bin/env bash
# BlinkStick lights its LED with 32 of 255 when the limit is 128, and needs a number to tell the limit
#
# Software: blinkstick 1.2.0, pyusb 1.3.1 (PyPI)
# Guess:    With set_max_rgb_value(128) a colour of 255 is 128, as set_color() makes it: "remap the values to maximum
#           supplied". blink(), morph() and pulse() end at the same colour. get_max_rgb_value() gives back the limit.
# Seen:     blink() and morph() apply the limit and hand the colour on to set_color(), which applies it again; pulse()
#           does so to morph(). get_max_rgb_value() has a parameter that it doesn't use.
# Output:   set_color: 128, blink: 64, morph: 64, pulse: 32
#           get_max_rgb_value(): TypeError
# Callbox:  has its own lamp patterns; the night's limit is applied once (docs/lamps.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps BlinkStick==1.2.0 pyusb==1.3.1
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from blinkstick.blinkstick import BlinkStick


class Device:
    """A BlinkStick on USB: keeps its colour, and the reddest that it had."""

    def __init__(self):
        self.colour, self.reddest = [0, 0, 0], 0

    def ctrl_transfer(self, request, _number, _value, _index, data):
        if request & 0x80:
            return [0, *self.colour]
        self.colour = list(data[1:])
        self.reddest = max(self.reddest, self.colour[0])


def reddest(method, **arguments):
    stick = BlinkStick()
    stick.device = Device()
    stick.set_max_rgb_value(128)
    getattr(stick, method)(red=255, **arguments)
    return stick.device.reddest


quick = {"duration": 0, "steps": 2}
arguments = {"set_color": {}, "blink": {"delay": 0}, "morph": quick, "pulse": quick}
seen = {method: reddest(method, **arguments) for method, arguments in arguments.items()}
print(", ".join(f"{method}: {red}" for method, red in seen.items()))
try:
    limit = BlinkStick().get_max_rgb_value()
except TypeError as error:
    limit = type(error).__name__
print(f"get_max_rgb_value(): {limit}")
if list(seen.values()) != [128, 64, 64, 32] or limit != "TypeError":
    sys.exit("changed: 128, 64, 64 and 32 were expected, and TypeError")
PY
