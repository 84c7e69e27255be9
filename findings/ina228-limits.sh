#!/usr/bin/env bash
# ina228 can set no limit of the power monitor, changes one when it sets the alert, and can't turn the converter off
#
# Software: ina228 0.1.0 (PyPI)
# Guess:    set_bus_overvoltage() and five others take a limit in volts, degrees or watts, and set_alert_bits() sets the
#           upper bits of DIAG_ALRT (0Bh). configure() sets the modes of ADC_CONFIG, where 0 is off and 2 is one
#           measurement of the shunt, and 0 is no average. The datasheet of the INA228 has 312.5 nV for each step of the
#           shunt's voltage (ADCRANGE = 0): 0.1 V is 320000.
# Seen:     The limits raise NameError, for a method that is called as a function, or AttributeError, for a number that
#           isn't whole. The bits of the alert are written to BOVL (0Eh), the limit of the bus' voltage. ADC_CONFIG is
#           read after the reset, as FB68h, and the modes are added by "or", so that its bits stay set. The two steps of
#           the shunt's voltage are exchanged, and the number is multiplied by 10 as a remedy.
# Output:   set_shunt_overvoltage: NameError, set_shunt_undervoltage: NameError, set_bus_overvoltage: AttributeError,
#             set_bus_undervoltage: AttributeError, set_temp_limit: NameError, set_power_overlimit: AttributeError
#           set_alert_bits(Alert.ALATCH): written to 0Eh, 8001h
#           ADC_CONFIG with all settings 0: FB68h
#           0.1 V at the shunt: 0.25 V
# Callbox:  measures no current; it tells when the firmware finds the supply too low (`power` in docs/doctor.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps ina228==0.1.0
"$tmp/venv/bin/python" - <<'PY'
import sys
import types

CONFIG, ADC_CONFIG, VSHUNT, DIAG_ALRT = 0x00, 0x01, 0x04, 0x0B
RESET = 1 << 15


class Bus:
    """An I2C bus with an INA228: its registers as after a reset, which the upper bit of CONFIG makes."""

    def __init__(self, _number):
        self.reset()

    def reset(self):
        self.registers = {CONFIG: 0, ADC_CONFIG: 0xFB68, DIAG_ALRT: 0x0001, VSHUNT: 0}
        self.written = {}

    def read_i2c_block_data(self, _address, register, length):
        return list(self.registers.get(register, 0).to_bytes(length, "big"))

    def write_i2c_block_data(self, _address, register, octets):
        value = int.from_bytes(bytes(octets), "big")
        if register == CONFIG and value & RESET:
            self.reset()
        else:
            self.registers[register] = self.written[register] = value


sys.modules["smbus2"] = types.SimpleNamespace(SMBus=Bus)

from ina228 import INA228, Alert  # noqa: E402

monitor = INA228(shunt_ohms=0.1)
bus = monitor._i2c
errors = {}
voltages = [f"set_{place}_{side}voltage" for place in ("shunt", "bus") for side in ("over", "under")]
for name in (*voltages, "set_temp_limit", "set_power_overlimit"):
    try:
        getattr(monitor, name)(12.05)
        errors[name] = "set"
    except (AttributeError, NameError) as error:
        errors[name] = type(error).__name__
print(", ".join(f"{name}: {error}" for name, error in errors.items()))
bus.reset()
monitor.set_alert_bits(Alert.ALATCH)
[(register, value)] = bus.written.items()
print(f"set_alert_bits(Alert.ALATCH): written to {register:02X}h, {value:04X}h")
monitor.configure(adc_mode=0, vbus_conv_time=0, vshct_conv_time=0, vtct_conv_time=0, adc_avg=0)
print(f"ADC_CONFIG with all settings 0: {bus.registers[ADC_CONFIG]:04X}h")
bus.registers[VSHUNT] = round(0.1 / 312.5e-9) << 4
volts = round(monitor.get_shunt_voltage(), 6)
print(f"0.1 V at the shunt: {volts} V")
if "set" in errors.values() or (register, bus.registers[ADC_CONFIG], volts) != (0x0E, 0xFB68, 0.25):
    sys.exit("changed: six errors, register 0Eh, FB68h and 0.25 V were expected")
PY
