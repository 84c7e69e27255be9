#!/usr/bin/env bash
# pca9685-smbus2's reset resets no chip, and lengthens the pulse of the first channel
#
# Software: PCA9685-smbus2 0.0.6 (PyPI)
# Guess:    software_reset() resets all chips PCA9685 on the bus (docstring): it sends 06h to the address 0, the general
#           call (datasheet, software reset; the driver that it is made from does so).
# Seen:     0 is written into register 06h of its own chip: the low octet of where the first channel goes on. A lamp or
#           a servo that is set with a delay, from 200 to 600 of 4096, goes on at 0.
# Output:   first channel from 200 to 600; reset: register 06h of address 40h: 00h, first channel from 0 to 600
# Callbox:  drives its lamps by GPIO and SPI (docs/settings.md, board.lamps).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps PCA9685-smbus2==0.0.6
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys
import types

registers = bytearray(0x100)
written = []


class SMBus:
    """An I2C bus with a PCA9685 at address 40h."""

    def __init__(self, _bus):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *_exc):
        pass

    def read_byte_data(self, _address, register):
        return registers[register]

    def write_byte_data(self, address, register, octet):
        written.append((address, register, octet))
        if address == 0x40:
            registers[register] = octet


def pulse():
    """Where the first channel goes on and off."""
    on_low, on_high, off_low, off_high = registers[0x06:0x0A]
    return f"from {256 * on_high + on_low} to {256 * off_high + off_low}"


sys.modules["smbus2"] = types.SimpleNamespace(SMBus=SMBus)

from PCA9685_smbus2 import PCA9685  # noqa: E402

driver = PCA9685.PCA9685(interface=1)
driver.set_pwm(0, 200, 600)
before = pulse()
written.clear()
driver.software_reset()
((address, register, octet),) = written
print(f"first channel {before}; reset: register {register:02X}h of address {address:02X}h: {octet:02X}h,", end=" ")
print(f"first channel {pulse()}")
if (before, written, pulse()) != ("from 200 to 600", [(0x40, 0x06, 0x00)], "from 0 to 600"):
    sys.exit("changed: register 06h of address 40h and a pulse from 0 to 600 were expected")
PY
