#!/usr/bin/env bash
# Adafruit's driver of the thermometer PCT2075 refuses an alert at the first fault, and takes 4 for one
#
# Software: adafruit-circuitpython-pct2075 1.1.28, -busdevice 5.2.17, -register 1.13.0
# Guess:    faults_to_alert takes the constants of FaultCount: FAULT_1, FAULT_2, FAULT_4 and FAULT_6, which are 0 to 3
#           in the bits 3 and 4 of the configuration (datasheet, fault queue). FAULT_1 is what the chip has at power on,
#           so what is read can be set again.
# Seen:     1 to 4 are taken in place of 0 to 3: FAULT_1 raises ValueError, which says that it must be a FaultCount. 4,
#           for four faults, is taken: it sets bit 5, which isn't of the queue, and the chip alerts at the first fault.
# Output:   read 0, set again: ValueError: faults_to_alert must be an adafruit_pct2075.FaultCount
#           4: configuration 20h, fault queue 0
# Callbox:  has no thermometer of its own; the processor's temperature is the kernel's (docs/metrics.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps adafruit-circuitpython-pct2075==1.1.28 \
  adafruit-circuitpython-busdevice==5.2.17 adafruit-circuitpython-register==1.13.0 \
  adafruit-circuitpython-typing==1.13.0 typing_extensions==4.16.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys
import types

CONFIGURATION = 1


class Bus:
    """An I2C bus with a PCT2075: its registers."""

    def __init__(self):
        self.registers = bytearray(8)

    def try_lock(self):
        return True

    def unlock(self):
        pass

    def writeto(self, _address, buffer, *, start=0, end=None):
        octets = bytes(buffer[start:end])
        if len(octets) == 2:
            self.registers[octets[0]] = octets[1]

    def writeto_then_readfrom(self, _address, out, buffer, *, out_start=0, out_end=None, in_start=0, in_end=None):
        buffer[in_start] = self.registers[out[out_start]]


sys.modules["micropython"] = types.SimpleNamespace(const=int)
sys.modules["busio"] = types.SimpleNamespace(I2C=Bus, SPI=object)
sys.modules["digitalio"] = types.SimpleNamespace(DigitalInOut=object)

from adafruit_pct2075 import PCT2075, FaultCount  # noqa: E402

bus = Bus()
thermometer = PCT2075(bus)
faults = thermometer.faults_to_alert
assert faults == FaultCount.FAULT_1
try:
    thermometer.faults_to_alert = faults
    again = "taken"
except ValueError as exc:
    again = f"ValueError: {exc}"
print(f"read {faults}, set again: {again}")
thermometer.faults_to_alert = 4
queue = bus.registers[CONFIGURATION] >> 3 & 0b11
print(f"4: configuration {bus.registers[CONFIGURATION]:02X}h, fault queue {queue}")
if not again.startswith("ValueError") or (bus.registers[CONFIGURATION], queue) != (0x20, 0):
    sys.exit("changed: ValueError, 20h and 0 were expected")
PY
