#!/usr/bin/env bash
# SparkFun's Qwiic Alphanumeric shows the text of one display on another, and answers None for "started"
#
# Software: sparkfun-qwiic-alphanumeric 2.0.0, sparkfun-qwiic-i2c 2.0.0 (PyPI)
# Guess:    Two objects, each with a display of its own address, have nothing in common: a decimal point that is turned
#           on at the second one leaves it dark otherwise. begin() returns True with a display that is there, as its
#           documentation says, and a display that blinks goes on blinking when it is turned off and on.
# Seen:     The segments are kept in the class, so the second display gets the four eights of the first one. begin()
#           returns None. set_blink_rate() doesn't keep the rate, and display_on() writes the one of before.
# Output:   begin(): None and None
#           8888 on the first, decimal_on() on the second: segments of 4 digits on the second
#           blinking: command 0x85, after display_off() and display_on(): 0x81
# Callbox:  has LEDs, no display (docs/lamps.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps sparkfun-qwiic-alphanumeric==2.0.0 \
  sparkfun-qwiic-i2c==2.0.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from qwiic_alphanumeric import QwiicAlphanumeric


class Bus:
    """An I2C driver with two displays, which keeps what was written last to each."""

    def __init__(self):
        self.segments, self.commands = {}, []

    def isDeviceConnected(self, _address):
        return True

    def writeBlock(self, address, _register, octets):
        self.segments[address] = octets

    def writeCommand(self, _address, command):
        self.commands.append(command)


bus = Bus()
first, second = QwiicAlphanumeric(0x70, bus), QwiicAlphanumeric(0x71, bus)
answers = first.begin(0x70), second.begin(0x71)
first.print("8888")
second.decimal_on()
lit = sum(any(octet >> digit & 0x11 for octet in bus.segments[0x71][::2]) for digit in range(4))
first.set_blink_rate(1.0)
blinking = bus.commands[-1]
first.display_off()
first.display_on()
print(f"begin(): {answers[0]} and {answers[1]}")
print(f"8888 on the first, decimal_on() on the second: segments of {lit} digits on the second")
print(f"blinking: command {blinking:#x}, after display_off() and display_on(): {bus.commands[-1]:#x}")
if answers != (None, None) or lit != 4 or (blinking, bus.commands[-1]) != (0x85, 0x81):
    sys.exit("changed: None, four digits, and no blinking were expected")
PY
