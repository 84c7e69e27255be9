#!/usr/bin/env bash
# ina3221-linux tells +983 mV of a sum that is 40 uV below zero, and -163.84 mV of one that is above
#
# Software: ina3221-linux 0.1.0 (PyPI)
# Guess:    get_shunt_voltage_sum() tells the sum of the shunt voltages in uV. The register has 15 bits with a sign, in
#           steps of 40 uV, above a bit that isn't used (datasheet of the INA3221): FFFEh is -40 uV, 2000h 163.84 mV.
# Seen:     The sign of a single voltage, which has 13 bits, is looked for in the sum: it is lost where the sum is below
#           zero, and found in each second 163.84 mV above. The limit of the sum is read in the same way, so -40 mV,
#           which is set right, is 943.08 mV when it is read back.
# Output:   -40 uV: 983000 uV
#           163840 uV: -163840 uV
#           limit -40000 uV: 943040 uV
# Callbox:  measures no current; it tells when the firmware finds the supply too low (`power` in docs/doctor.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps ina3221-linux==0.1.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys
import types

SUM = 0x0D
words = {}


class SMBus:
    """An I2C bus with an INA3221: registers of two octets, the high one first."""

    def open(self, _bus):
        pass

    def read_byte(self, _address):
        return 0

    def read_i2c_block_data(self, _address, register, _number):
        return list(words.get(register, bytes(2)))

    def write_i2c_block_data(self, _address, register, octets):
        words[register] = bytes(octets)


sys.modules["smbus2"] = types.SimpleNamespace(SMBus=SMBus)

from INA3221_linux import INA3221  # noqa: E402

monitor = INA3221()
assert monitor.begin()
seen = []
for microvolts in (-40, 163840):
    words[SUM] = (microvolts // 40 * 2 & 0xFFFF).to_bytes(2, "big")
    seen.append(monitor.get_shunt_voltage_sum())
    print(f"{microvolts} uV: {seen[-1]} uV")
monitor.set_shunt_voltage_sum_limit(-40000)
seen.append(monitor.get_shunt_voltage_sum_limit())
print(f"limit -40000 uV: {seen[-1]} uV")
if seen != [983000, -163840, 943040]:
    sys.exit("changed: 983000, -163840 and 943040 uV were expected")
PY
