#!/usr/bin/env bash
# rv8803 makes two weekdays of Tuesday, tells Saturday as 40, and sets another weekday when it sets the date
#
# Software: RV8803 0.0.4 (PyPI)
# Guess:    setWeekday() takes 1 to 7, 1 for Sunday, and getWeekday() tells the same (messages of the package). The
#           clock RV-8803 has one bit for each weekday, 01h for Sunday to 40h for Saturday, and never two (application
#           manual; Linux' driver rtc-rv8803 writes 1 << tm_wday). setCalendar() sets day, month and year.
# Seen:     The number is written as it is: 3, for Tuesday, has the bits of Sunday and Monday. What is read is told as
#           it is too. setCalendar() writes an SMBus block, which begins with its length: that goes into the register
#           before the day, the weekday.
# Output:   Tuesday, 3: 03h in place of 04h; 40h, Saturday: "40" in place of 7
#           date set to 24 December 2026, a Thursday (10h): weekday 03h
# Callbox:  doesn't speak with a clock: Linux does, and Callbox takes its time (docs/alarms.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps RV8803==0.0.4
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys
import types

WEEKDAY = 0x03
registers = bytearray(0x30)


class SMBus:
    """An I2C bus with an RV-8803."""

    def __init__(self, _bus):
        pass

    def read_byte_data(self, _address, register):
        return registers[register]

    def write_byte_data(self, _address, register, octet):
        registers[register] = octet & 0xFF

    def write_block_data(self, _address, register, octets):
        """SMBus' block write: the number of octets, then these; smbus cuts each value to an octet."""
        block = bytes([len(octets), *(octet & 0xFF for octet in octets)])
        registers[register:register + len(block)] = block


sys.modules["smbus"] = types.SimpleNamespace(SMBus=SMBus)

from RV8803 import RV_8803  # noqa: E402

clock = RV_8803()
clock.setWeekday(3)
tuesday = registers[WEEKDAY]
registers[WEEKDAY] = 0x40
saturday = clock.getWeekday()
print(f'Tuesday, 3: {tuesday:02X}h in place of 04h; 40h, Saturday: "{saturday}" in place of 7')
registers[WEEKDAY] = 0x10
clock.setCalendar([24, 12, 2026])
assert registers[0x04:0x07] == b"\x24\x12\x26"
print(f"date set to 24 December 2026, a Thursday (10h): weekday {registers[WEEKDAY]:02X}h")
if (tuesday, saturday, registers[WEEKDAY]) != (3, "40", 3):
    sys.exit("changed: 03h, 40 and 03h were expected")
PY
