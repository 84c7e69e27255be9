#!/usr/bin/env bash
# pyky040 tells no turn to the left unless it tells those to the right, and stops at the first one otherwise
#
# Software: pyky040 0.1.4 (PyPI)
# Guess:    inc_callback and dec_callback are optional, each of its own: with dec_callback alone, each turn to the left
#           is told; with inc_callback alone, turns to the left are told to none, and those to the right go on.
# Seen:     It calls dec_callback if there is an inc_callback. With the first alone nothing is told; with the second
#           alone, None is called, watch() takes any exception for its end, sets all pins free and returns: from the
#           first turn to the left on the knob does nothing.
# Output:   dec_callback, 3 turns to the left: told 0
#           both, 3 turns to the left: told 3
#           inc_callback, 1 turn to the left, 3 to the right: told 0
# Callbox:  reads a knob (`board.volume_knob`) from its two pins by itself (docs/gestures.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps pyky040==0.1.4
"$tmp/venv/bin/python" -W ignore - 2> "$tmp/log" <<'PY' || { cat "$tmp/log" >&2; exit 1; }
import sys
import types

CLOCK, DATA = 5, 6


class End(BaseException):
    """The knob isn't turned any more."""


class Pins:
    """The part of RPi.GPIO that is used: a knob that is turned by one edge of its clock each time it is read."""

    BCM = IN = LOW = 0
    PUD_DOWN = PUD_UP = 1
    turns, clock, started = iter(()), 0, False

    def turn(self, turns):
        self.turns, self.clock, self.started = iter(turns), 0, False

    def setmode(self, _mode):
        pass

    def setup(self, pin, direction, pull_up_down):
        pass

    def cleanup(self):
        pass

    def input(self, pin):
        if pin == DATA:
            return 1 - self.clock if self.right else self.clock
        if self.started:
            direction = next(self.turns, None)
            if direction is None:
                raise End
            self.right, self.clock = direction == "right", 1 - self.clock
        self.started = True
        return self.clock


pins = Pins()
sys.modules["RPi"] = types.SimpleNamespace(GPIO=pins)

from pyky040 import pyky040  # noqa: E402


def told(turns, *names):
    """How many of the turns the callbacks with these names are told."""
    pins.turn(turns)
    calls = []
    knob = pyky040.Encoder(CLK=CLOCK, DT=DATA)
    knob.setup(**{name: calls.append for name in names})
    knob.counter = 50
    knob.watch()
    return len(calls)


seen = [
    told(["left"] * 3, "dec_callback"),
    told(["left"] * 3, "dec_callback", "inc_callback"),
    told(["left"] + ["right"] * 3, "inc_callback"),
]
print("dec_callback, 3 turns to the left: told", seen[0])
print("both, 3 turns to the left: told", seen[1])
print("inc_callback, 1 turn to the left, 3 to the right: told", seen[2])
if seen != [0, 3, 0]:
    sys.exit("changed: 0, 3 and 0 were expected")
PY
