#!/usr/bin/env bash
# ina238 tells its range as the shunt's voltage when that is set, then four times the voltage, and 487 degrees of -25
#
# Software: ina238 0.0.2 (PyPI)
# Guess:    set_config(adc_range=ADCRange.LOW) sets the range of 40.96 mV, in which a step of the shunt's voltage is
#           1.25 uV in place of 5 (INA238's datasheet), get_shunt_voltage() tells it in uV, and get_die_temperature()
#           tells a signed number in thousandths of a degree: 12 bits of 0.125 degrees, so that -25 are F380h.
# Seen:     A read has no address when the register is the one that was read last, though a register was written
#           meanwhile, and the chip reads the one that was addressed last: so the setting itself comes, 10h, as a
#           voltage. The step is chosen by get_config() alone, so it stays 5 uV until that is called. The sign of the
#           temperature is cut off again with the lower bits. get_manufacturer_id() asks for the number by a name that
#           isn't there.
# Output:   10 mV, range HIGH: 10000.0 uV; range LOW: 80.0 uV, 40000.0 uV, after get_config() 10000.0 uV
#           -25 degrees: 487.0; 25 degrees: 25.0
#           get_manufacturer_id: AttributeError
# Callbox:  measures no current; it tells when the firmware finds the supply too low (`power` in docs/doctor.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps ina238==0.0.2
"$tmp/venv/bin/python" - <<'PY'
import sys

from ti.ina238 import ADCRange, Driver

CONFIG, VSHUNT, VBUS, DIETEMP, MAKER = 0x00, 0x04, 0x05, 0x06, 0x3E


class Port:
    """An I2C port with an INA238: a register's address is written, its value behind it, or read."""

    def __init__(self):
        self.registers = {CONFIG: 0, 0x01: 0xFB68, VBUS: 0, MAKER: 0x5449}

    def write(self, octets):
        self.address, *value = octets
        if value:
            self.registers[self.address] = int.from_bytes(bytes(value), "big")

    def read(self, readlen):
        return self.registers[self.address].to_bytes(readlen, "big")


port = Port()
monitor = Driver(port)
port.registers[VSHUNT] = round(10_000 / 5)
volts = [monitor.get_shunt_voltage()]
monitor.set_config(adc_range=ADCRange.LOW)
port.registers[VSHUNT] = round(10_000 / 1.25)
volts.append(monitor.get_shunt_voltage())
monitor.get_bus_voltage()
volts.append(monitor.get_shunt_voltage())
monitor.get_config()
volts.append(monitor.get_shunt_voltage())
print(f"10 mV, range HIGH: {volts[0]} uV; range LOW: {volts[1]} uV, {volts[2]} uV, after get_config() {volts[3]} uV")
degrees = []
for number in (-25, 25):
    port.registers[DIETEMP] = round(number / 0.125) << 4 & 0xFFFF
    degrees.append(monitor.get_die_temperature() / 1000)
print(f"-25 degrees: {degrees[0]}; 25 degrees: {degrees[1]}")
try:
    maker = monitor.get_manufacturer_id()
except AttributeError as error:
    maker = type(error).__name__
print(f"get_manufacturer_id: {maker}")
if (volts, degrees, maker) != ([10_000, 80, 40_000, 10_000], [487, 25], "AttributeError"):
    sys.exit("changed: 80 and 40000 uV, 487 degrees and AttributeError were expected")
PY
