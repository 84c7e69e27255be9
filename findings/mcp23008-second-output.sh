#!/usr/bin/env bash
# mcp23008 turns the first of two relays on that are told to stay off, and its reset keeps what was written
#
# Software: mcp23008 0.1.0 (PyPI, of SuperHouse), smbus2 0.6.1
# Guess:    Relays that are on when their pins are low are told to stay off, which is 1, before their pins become
#           outputs, so that none clicks: digital_write() of one pin doesn't touch another one. reset() returns the chip
#           to its defaults at power on (docstring), where the latch of the outputs is 0.
# Seen:     What is written is made of what the pins are, not of the latch: pin 0 is still an input, and low, when pin 1
#           is written, so its 1 is lost, and its relay is on as soon as it becomes an output. The latch isn't reset: a
#           pin that becomes an output again is what it was before.
# Output:   pins 0 and 1 told to be 1, then outputs: 0 1
#           reset: latch 02h in place of 00h
# Callbox:  reads its buttons and drives its lamps by the GPIO of the Raspberry Pi (docs/settings.md, board).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps mcp23008==0.1.0 smbus2==0.6.1
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from mcp23008 import MCP23008, PinMode

IODIR, GPIO, OLAT = 0x00, 0x09, 0x0A


class Bus:
    """An I2C bus with an MCP23008, whose pins are low where nothing drives them."""

    def __init__(self):
        self.registers = bytearray(0x0B)
        self.registers[IODIR] = 0xFF
        self.register = 0

    def writeto(self, _address, octets):
        self.register = octets[0]
        if len(octets) == 2:
            self.registers[OLAT if self.register == GPIO else self.register] = octets[1]

    def readfrom(self, _address, _number):
        if self.register == GPIO:
            return bytes([self.registers[OLAT] & ~self.registers[IODIR] & 0xFF])
        return self.registers[self.register:self.register + 1]


bus = Bus()
expander = MCP23008(0x20, i2c_bus=bus)
for pin in (0, 1):
    expander.digital_write(pin, 1)
for pin in (0, 1):
    expander.pin_mode(pin, PinMode.OUTPUT)
seen = [expander.digital_read(pin) for pin in (0, 1)]
print(f"pins 0 and 1 told to be 1, then outputs: {seen[0]} {seen[1]}")
expander.reset()
print(f"reset: latch {bus.registers[OLAT]:02X}h in place of 00h")
if seen != [0, 1] or bus.registers[OLAT] != 2:
    sys.exit("changed: 0 and 1 and a latch of 02h were expected")
PY
