#!/usr/bin/env bash
# SparkFun's driver of the thermometer TMP102 tells 4071 degrees at -25, and of an alert that was set to -25
#
# Software: sparkfun-qwiic-tmp102 2.0.0 (PyPI)
# Guess:    read_temp_c() tells the temperature in degrees Celsius. The datasheet's example of -25 degrees is the 12
#           bits 1110 0111 0000, two's complement in steps of 1/16 degree, in the upper bits of two octets: E7h 00h.
# Seen:     The sign is extended to 16 bits, as in the Arduino library that the driver is made from, but a number of
#           Python has no 16 bits: FE70h stays 65136, and 4071 degrees. The alerts are read in the same way.
# Output:   -0.0625: 4095.9375, -25: 4071.0, 25: 25.0
#           low alert -25: 4071.0
# Callbox:  has no thermometer of its own; the processor's temperature is the kernel's (docs/metrics.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps sparkfun-qwiic-tmp102==2.0.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys
import types

TEMPERATURE, CONFIGURATION = 0, 1


class Bus:
    """An I2C bus with a TMP102: registers of two octets, as at power on."""

    def __init__(self):
        self.registers = {CONFIGURATION: b"\x60\xa0"}

    def writeCommand(self, _address, _register):
        pass

    def readBlock(self, _address, register, _number):
        return list(self.registers[register])

    def writeBlock(self, _address, register, octets):
        self.registers[register] = bytes(octet & 0xFF for octet in octets)


sys.modules["qwiic_i2c"] = types.SimpleNamespace()

from qwiic_tmp102 import QwiicTmp102Sensor  # noqa: E402

bus = Bus()
thermometer = QwiicTmp102Sensor(0x48, bus)
seen = {}
for degrees in (-0.0625, -25, 25):
    bus.registers[TEMPERATURE] = (round(degrees * 16) << 4 & 0xFFFF).to_bytes(2, "big")
    seen[degrees] = thermometer.read_temp_c()
print(", ".join(f"{degrees}: {told}" for degrees, told in seen.items()))
thermometer.set_low_temp_c(-25)
alert = thermometer.read_low_temp_c()
print(f"low alert -25: {alert}")
if list(seen.values()) != [4095.9375, 4071.0, 25.0] or alert != 4071.0:
    sys.exit("changed: 4095.9375, 4071 and 25 degrees were expected")
PY
