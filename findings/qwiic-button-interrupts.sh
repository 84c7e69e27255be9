#!/usr/bin/env bash
# SparkFun's Qwiic Button tells no press any more when the interrupt of clicks is disabled, and answers None for "done"
#
# Software: sparkfun-qwiic-button 2.0.3, sparkfun-qwiic-i2c 2.0.0 (PyPI)
# Guess:    disable_clicked_interrupt() clears the bit of clicks, as disable_pressed_interrupt() clears that of presses
#           and leaves the other one. set_I2C_address() returns True when it was done, and a button at the address that
#           it was given, 8 to 119, is found there.
# Seen:     Disabling clicks writes 0, which disables presses as well. set_I2C_address() returns None, which reads as a
#           failure. QwiicButton(0x37) talks to 0x6F: 0x37 is half of it, and left out of the list.
# Output:   pressed and clicked enabled 11, clicked disabled 00
#           pressed and clicked enabled 11, pressed disabled 01
#           set_I2C_address(0x37): None; QwiicButton(0x37) is at 0x6f, QwiicButton(0x38) at 0x38
# Callbox:  has its own gestures, from the kernel's pins and keys (docs/gestures.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps sparkfun-qwiic-button==2.0.3 \
  sparkfun-qwiic-i2c==2.0.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from qwiic_button import QwiicButton


class Bus:
    """An I2C driver with registers that keep what is written to them."""

    def __init__(self):
        self.registers = {}

    def readByte(self, _address, register):
        return self.registers.get(register, 0)

    def writeByte(self, _address, register, value):
        self.registers[register] = value


def enabled(disable):
    """The two bits of the interrupts when both are enabled, and then one is disabled."""
    bus = Bus()
    button = QwiicButton(i2c_driver=bus)
    button.enable_pressed_interrupt()
    button.enable_clicked_interrupt()
    before = bus.registers[button.INTERRUPT_CONFIG]
    getattr(button, f"disable_{disable}_interrupt")()
    return f"{before:02b}, {disable} disabled {bus.registers[button.INTERRUPT_CONFIG]:02b}"


seen = [enabled("clicked"), enabled("pressed")]
answer = QwiicButton(i2c_driver=Bus()).set_I2C_address(0x37)
places = [hex(QwiicButton(address, Bus()).get_I2C_address()) for address in (0x37, 0x38)]
for line in seen:
    print("pressed and clicked enabled", line)
print(f"set_I2C_address(0x37): {answer}; QwiicButton(0x37) is at {places[0]}, QwiicButton(0x38) at {places[1]}")
if seen != ["11, clicked disabled 00", "11, pressed disabled 01"] or answer is not None or places != ["0x6f", "0x38"]:
    sys.exit("changed: both disabled, None and another address were expected")
PY
