#!/usr/bin/env bash
# pcf8574 holds a button pressed for good when an LED is switched while it is pressed
#
# Software: pcf8574 0.1.3 (PyPI)
# Guess:    port[n] = value, "a specific output", leaves the other pins as they are: a button on one of them, which is
#           an input because its output is high, can be read before and after.
# Seen:     The pins are read, and all written back with the one that changes. A button that is pressed is read as 0,
#           and so 0 is written to its output: from then on the chip itself holds the pin low, and the button reads as
#           pressed after it is let go. port[0] is P7 of the chip, and port[7] is P0.
# Output:   pressed, LED on, let go: the button reads as pressed
#           let go, LED on: the button reads as not pressed
#           port[0] = False: P7 is low
# Callbox:  uses the pins of the board, no port expander (docs/settings.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps pcf8574==0.1.3
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys
import types

LED, BUTTON = 0, 7
"""Two numbers of the port."""


class Bus:
    """A bus with the chip on it: a pin is low if its output is 0, or if the button on it is pressed."""

    outputs, pressed = 0xFF, 0

    def __init__(self, _number):
        pass

    def read_byte(self, _address):
        return self.outputs & ~self.pressed & 0xFF

    def write_byte(self, _address, value):
        self.outputs = value


sys.modules["smbus"] = types.SimpleNamespace(SMBus=Bus)

from pcf8574 import PCF8574  # noqa: E402


def button(pressed):
    """How the button reads once it is let go, when the LED was switched on before."""
    chip = PCF8574(1, 0x20)
    chip.bus.pressed = 1 << (7 - BUTTON) if pressed else 0
    chip.port[LED] = False
    low = [f"P{place}" for place in range(8) if not chip.bus.outputs >> place & 1]
    chip.bus.pressed = 0
    return "not pressed" if chip.port[BUTTON] else "pressed", low


held, free = button(True), button(False)
print("pressed, LED on, let go: the button reads as", held[0])
print("let go, LED on: the button reads as", free[0])
print("port[0] = False:", ", ".join(free[1]), "is low")
if (held[0], free[0], free[1]) != ("pressed", "not pressed", ["P7"]):
    sys.exit("changed: a button that stays pressed was expected")
PY
