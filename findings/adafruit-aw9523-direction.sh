#!/usr/bin/env bash
# Adafruit's driver of the port expander AW9523 can't tell a pin's direction, and lets a lamp flash that begins high
#
# Software: adafruit-circuitpython-aw9523 1.1.16, -busdevice 5.2.17, -register 1.13.0
# Guess:    A pin of get_pin() has "exactly the same" interface as digitalio.DigitalInOut (docstring): direction tells
#           what was set, and switch_to_output(value=True) makes an output that is high from the start, so a lamp that
#           is on when its pin is low doesn't flash.
# Seen:     direction raises AttributeError: it asks for an attribute that the expander hasn't. The pin becomes an
#           output first, with what the register has, 0 after a reset at the default address, and is set to high by a
#           second message.
# Output:   direction: AttributeError
#           switch_to_output(value=True): low, high
# Callbox:  drives its lamps by the GPIO and the SPI of the Raspberry Pi (docs/settings.md, board.lamps).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps adafruit-circuitpython-aw9523==1.1.16 \
  adafruit-circuitpython-busdevice==5.2.17 adafruit-circuitpython-register==1.13.0 \
  adafruit-circuitpython-typing==1.13.0 typing_extensions==4.16.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys
import types

OUTPUT, DIRECTION, IDENTIFIER = 0x02, 0x04, 0x10
PIN = 3


class Bus:
    """An I2C bus with an AW9523, which keeps the levels that a pin has as an output."""

    def __init__(self):
        self.registers = bytearray(0x100)
        self.registers[IDENTIFIER] = 0x23
        self.levels = []

    def try_lock(self):
        return True

    def unlock(self):
        pass

    def writeto(self, _address, buffer, *, start=0, end=None):
        octets = bytes(buffer[start:end])
        if len(octets) > 1:
            self.registers[octets[0]:octets[0] + len(octets) - 1] = octets[1:]
            if not self.registers[DIRECTION] >> PIN & 1:
                level = "high" if self.registers[OUTPUT] >> PIN & 1 else "low"
                self.levels += [level] if self.levels[-1:] != [level] else []

    def writeto_then_readfrom(self, _address, out, buffer, *, out_start=0, out_end=None, in_start=0, in_end=None):
        in_end = len(buffer) if in_end is None else in_end
        register = out[out_start]
        buffer[in_start:in_end] = self.registers[register:register + in_end - in_start]


sys.modules["micropython"] = types.SimpleNamespace(const=int)
sys.modules["busio"] = types.SimpleNamespace(I2C=Bus, SPI=object)
sys.modules["digitalio"] = types.SimpleNamespace(
    DigitalInOut=object, Direction=types.SimpleNamespace(INPUT="input", OUTPUT="output")
)

from adafruit_aw9523 import AW9523  # noqa: E402

bus = Bus()
pin = AW9523(bus).get_pin(PIN)
bus.levels.clear()
pin.switch_to_output(value=True)
try:
    direction = pin.direction
except AttributeError:
    direction = "AttributeError"
print(f"direction: {direction}")
print(f"switch_to_output(value=True): {', '.join(bus.levels)}")
if direction != "AttributeError" or bus.levels != ["low", "high"]:
    sys.exit("changed: AttributeError, low and high were expected")
PY
