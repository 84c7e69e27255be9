#!/usr/bin/env bash
# Adafruit's driver of the power monitor INA3221 writes the limit of the sum elsewhere, and reads -80 mV as -79.96
#
# Software: adafruit-circuitpython-ina3221 1.2.3, -busdevice 5.2.17
# Guess:    shunt_voltage_sum_limit is the register 0x0E of that name, so it reads back what it was set to. The
#           datasheet's own example of a shunt voltage, -80 mV, is C180h in the register, steps are 40 uV. A threshold
#           in amperes reads back what it was set to, also for a battery that discharges.
# Seen:     The limit of the sum is written into register 0x10, the upper limit of "power valid", which is overwritten;
#           0x0E keeps its default. Each shunt voltage below zero is 40 uV too high, so the smallest is 0. A threshold
#           below zero is written with its sign and read without.
# Output:   limit of the sum 0.1 V: 0.65532 V, "power valid" 9.0 to 10.0 V: 9.0 to 5.0 V
#           datasheet's example of -80 mV: -79.96 mV, one step below zero: 0.0 mV
#           threshold of -1 A: 5.55 A
# Callbox:  measures no current; it tells when the firmware finds the supply too low (`power` in docs/doctor.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps adafruit-circuitpython-ina3221==1.2.3 \
  adafruit-circuitpython-busdevice==5.2.17 adafruit-circuitpython-typing==1.13.0 typing_extensions==4.16.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys
import types

SUM_LIMIT, UPPER, LOWER = 0x0E, 0x10, 0x11


class Bus:
    """An I2C bus with an INA3221: registers of two octets, the high one first."""

    def __init__(self):
        self.words = {0x00: 0x7127, SUM_LIMIT: 0x7FFE, UPPER: 0x2710, LOWER: 0x2328}  # as at power on
        self.register = 0

    def try_lock(self):
        return True

    def unlock(self):
        pass

    def writeto(self, _address, buffer, *, start=0, end=None):
        octets = bytes(buffer[start:end])
        if octets:
            self.register = octets[0]
        if len(octets) == 3:
            self.words[self.register] = int.from_bytes(octets[1:], "big")

    def readfrom_into(self, _address, buffer, *, start=0, end=None):
        buffer[start:end] = self.words.get(self.register, 0).to_bytes(2, "big")


sys.modules["micropython"] = types.SimpleNamespace(const=int)
sys.modules["busio"] = types.SimpleNamespace(I2C=Bus)

from adafruit_ina3221 import INA3221  # noqa: E402

bus = Bus()
monitor = INA3221(bus)
valid = [round(volts, 3) for volts in monitor.power_valid_limits]
monitor.shunt_voltage_sum_limit = 0.1
limit, changed = round(monitor.shunt_voltage_sum_limit, 5), [round(volts, 3) for volts in monitor.power_valid_limits]
print(f'limit of the sum 0.1 V: {limit} V, "power valid" {valid[0]} to {valid[1]} V: {changed[0]} to {changed[1]} V')
bus.words[0x01], bus.words[0x03] = 0xC180, 0xFFF8
example, step = (round(monitor[channel].shunt_voltage, 3) + 0.0 for channel in (0, 1))
print(f"datasheet's example of -80 mV: {example} mV, one step below zero: {step} mV")
monitor[0].critical_alert_threshold = -1
threshold = round(monitor[0].critical_alert_threshold, 2)
print(f"threshold of -1 A: {threshold} A")
if (limit, changed, example, step, threshold) != (0.65532, [9.0, 5.0], -79.96, 0.0, 5.55):
    sys.exit("changed: 0.65532 V, 9 to 5 V, -79.96 mV, 0 and 5.55 A were expected")
PY
