#!/usr/bin/env bash
# pigpio-encoder needs a switch that is optional, counts to 105 of 100, and raises TypeError at a short press
#
# Software: pigpio-encoder 0.2.4 (PyPI)
# Guess:    sw_gpio may be left out, as its default None says. With max=100 and scale=7 the counter never is more than
#           100. With a callback for long presses alone, a short one does nothing.
# Seen:     Without sw_gpio an attribute is missing. A step is made while the counter is below the maximum, whatever it
#           is after that. The callback of a short press is called though it is None.
# Output:   without sw_gpio: AttributeError: 'Rotary' object has no attribute 'sw_gpio'
#           20 turns by 7, at most 100: 105
#           a short press with a callback for long ones: TypeError: 'NoneType' object is not callable
# Callbox:  reads a knob (`board.volume_knob`) from its two pins by itself (docs/gestures.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps pigpio-encoder==0.2.4
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys
import types


class Pi:
    """The part of pigpio that is used; pins that are high, and so not pressed."""

    def __init__(self):
        self.callbacks = {}

    def set_glitch_filter(self, pin, microseconds):
        pass

    def set_pull_up_down(self, pin, pull):
        pass

    def callback(self, pin, edge, function):
        self.callbacks[pin, edge] = function

    def read(self, _pin):
        return 1


FALLING, RISING = 1, 0
sys.modules["pigpio"] = types.SimpleNamespace(pi=Pi, PUD_UP=2, FALLING_EDGE=FALLING, RISING_EDGE=RISING)

from pigpio_encoder.rotary import Rotary  # noqa: E402

CLOCK, DATA, SWITCH = 5, 6, 13


def failure(function):
    try:
        function()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "no error"


def turns():
    """The counter after 20 turns up."""
    knob = Rotary(CLOCK, DATA, SWITCH)
    knob.setup_rotary(rotary_callback=int, min=0, max=100, scale=7)
    for _ in range(20):
        for pin, edge in ((DATA, FALLING), (CLOCK, FALLING), (DATA, RISING), (CLOCK, RISING)):
            knob.pi.callbacks[pin, edge](pin, edge, 0)
    return knob.counter


def short_press():
    knob = Rotary(CLOCK, DATA, SWITCH)
    knob.setup_switch(sw_long_callback=print, long_press=True)
    for edge in (FALLING, RISING):
        knob.pi.callbacks[SWITCH, edge](SWITCH, edge, 0)


seen = [failure(lambda: Rotary(CLOCK, DATA)), turns(), failure(short_press)]
print("without sw_gpio:", seen[0])
print("20 turns by 7, at most 100:", seen[1])
print("a short press with a callback for long ones:", seen[2])
if not seen[0].startswith("AttributeError") or seen[1] != 105 or not seen[2].startswith("TypeError"):
    sys.exit("changed: an AttributeError, 105 and a TypeError were expected")
PY
