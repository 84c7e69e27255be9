#!/usr/bin/env bash
# melopero-apds9960 turns the whole sensor off when it turns off one part of it, and can't set the offsets of gestures
#
# Software: melopero-apds9960 0.1.4 (PyPI)
# Guess:    enable_als_engine(False) turns off the light sensor and leaves the power and the gestures on, which have
#           bits of their own in the register ENABLE (datasheet of the APDS-9960). A gain or a current is set beside the
#           others of the same register. Offsets of gestures may be -127 to 127 (docstring).
# Seen:     A bit is cleared by an and with 0, which clears all eight. So each setting that has a 0 in it clears what
#           stands beside it, and its own bits below: the gain of the light sensor 4X is 1X, and sets the current of the
#           LED from 12.5 to 100 mA. set_gesture_offsets() raises TypeError, for it gives the offsets to all(), not to
#           map().
# Output:   ENABLE: 01001111, without the light sensor: 00000000
#           CONTROL: 11001100, with 4X for the light sensor: 00000000
#           set_gesture_offsets(0, 0, 0, 0): TypeError: map() must have at least two arguments.
# Callbox:  has no sensor of gestures: its gestures are presses (docs/gestures.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps melopero-apds9960==0.1.4
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys
import types

registers = bytearray(0x100)
ENABLE, CONTROL = 0x80, 0x8F


class SMBus:
    """An I2C bus with an APDS-9960."""

    def __init__(self, _bus):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        pass

    def read_byte_data(self, _address, register):
        return registers[register]

    def read_i2c_block_data(self, _address, register, number):
        return list(registers[register:register + number])

    def write_i2c_block_data(self, _address, register, octets):
        registers[register:register + len(octets)] = bytes(octets)


sys.modules["smbus2"] = types.SimpleNamespace(SMBus=SMBus, i2c_msg=None)

from melopero_apds9960 import APDS_9960  # noqa: E402

sensor = APDS_9960()
sensor.enable_all_engines_and_power_up()
seen = [registers[ENABLE]]
sensor.enable_als_engine(False)
seen.append(registers[ENABLE])
registers[CONTROL] = APDS_9960.LED_DRIVE_12_5_mA << 6 | APDS_9960.PROXIMITY_GAIN_8X << 2
seen.append(registers[CONTROL])
sensor.set_als_gain(APDS_9960.ALS_GAIN_4X)
seen.append(registers[CONTROL])
try:
    sensor.set_gesture_offsets(0, 0, 0, 0)
    offsets = "done"
except TypeError as error:
    offsets = f"TypeError: {error}"
print(f"ENABLE: {seen[0]:08b}, without the light sensor: {seen[1]:08b}")
print(f"CONTROL: {seen[2]:08b}, with 4X for the light sensor: {seen[3]:08b}")
print("set_gesture_offsets(0, 0, 0, 0):", offsets)
if (seen[1], seen[3]) != (0, 0) or not offsets.startswith("TypeError"):
    sys.exit("changed: two registers of zeros and a TypeError were expected")
PY
