#!/usr/bin/env bash
# circuitpython-ds1302 makes 23:30 of half past noon when its clock shall count 24 hours, and keeps one octet of three
#
# Software: circuitpython-ds1302 1.0.0 (PyPI)
# Guess:    is_12_hour says how the clock counts internally; datetime is the same with either (docstring). write_ram(1,
#           b"abc") writes three octets from address 1 on (docstring). The clock takes one octet for each address, and
#           ignores what follows until CE falls (datasheet of the DS1302, data input).
# Seen:     From 12 to 24 hours, 12 is added to the hour of the afternoon, 12 too: 24, which is cut to 23, and nothing
#           to the one of the morning: half past midnight is noon. From address 0 on all octets are written, in a burst;
#           from another one on CE stays high between them, so the second one, with its address, is ignored.
# Output:   12:30 and 24 hours: 23:30, 0:30: 12:30, 13:30: 13:30
#           RAM from address 0: 61 62 63, from address 1: 61 00 00
# Callbox:  doesn't speak with a clock: Linux does, and Callbox takes its time (docs/alarms.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps circuitpython-ds1302==1.0.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys
import time
import types

RAM, CONTROL, BURST = 0x20, 7, 31


class Clock:
    """A DS1302 at its three lines: a command of eight bits, the lowest first, then data in or out, until CE falls."""

    def __init__(self):
        self.cells = bytearray(0x40)  # 0 to 7: the clock, 32 to 62: the RAM
        self.cells[0:7] = b"\x00\x00\x00\x01\x01\x01\x26"
        self.lines = {"ce": 0, "io": 0, "ck": 0}
        self.bits = []
        self.reading = False

    def drive(self, line, level):
        before, self.lines[line] = self.lines[line], int(level)
        if line == "ce" and level != before:
            self.bits, self.reading = [], False
        elif line == "ck" and self.lines["ce"] and level > before:
            self.bits.append(self.lines["io"])
            if len(self.bits) == 8:
                self.command = self.octet(0)
                self.reading = bool(self.command & 1)
            elif len(self.bits) % 8 == 0 and not self.reading:
                self.write(len(self.bits) // 8 - 2)

    def octet(self, number):
        return sum(bit << place for place, bit in enumerate(self.bits[8 * number:8 * number + 8]))

    def cell(self, number):
        """The address of the octet of this number behind the command, if there is one."""
        address = self.command >> 1 & 0x3F
        if address & BURST == BURST:
            return (address & RAM) + number
        return address if number == 0 or self.reading else None

    def write(self, number):
        cell = self.cell(number)
        if cell is not None and (cell == CONTROL or not self.cells[CONTROL] & 0x80):
            self.cells[cell] = self.octet(number + 1)

    def output(self):
        """The bit that the clock drives behind a falling edge."""
        number, bit = divmod(len(self.bits) - 8, 8)
        return self.cells[self.cell(number)] >> bit & 1


class Pin:
    """A line of the clock, as digitalio has it."""

    def __init__(self, name):
        self.__dict__["name"] = name

    def __setattr__(self, key, value):
        if key == "value":
            clock.drive(self.name, value)
        self.__dict__[key] = value

    def __getattribute__(self, key):
        if key == "value":
            return clock.output()
        return object.__getattribute__(self, key)


clock = Clock()
sys.modules["board"] = types.SimpleNamespace()
sys.modules["digitalio"] = types.SimpleNamespace(
    DigitalInOut=Pin, Direction=types.SimpleNamespace(INPUT="input", OUTPUT="output")
)
sys.modules["micropython"] = types.SimpleNamespace(const=int)

from ds1302 import DS1302  # noqa: E402

driver = DS1302("ce", "io", "ck")
seen = []
for hour in (12, 0, 13):
    driver.is_12_hour = True
    driver.datetime = time.struct_time((2026, 12, 24, hour, 30, 0, 3, -1, -1))
    assert (driver.datetime.tm_hour, driver.datetime.tm_min) == (hour, 30)
    driver.is_12_hour = False
    seen.append(f"{driver.datetime.tm_hour}:{driver.datetime.tm_min}")
print(f"12:30 and 24 hours: {seen[0]}, 0:30: {seen[1]}, 13:30: {seen[2]}")
cells = []
for address in (0, 1):
    driver.clear_ram()
    driver.write_ram(address, b"abc")
    cells.append(clock.cells[RAM + address:RAM + address + 3].hex(" "))
print(f"RAM from address 0: {cells[0]}, from address 1: {cells[1]}")
if (seen, cells) != (["23:30", "12:30", "13:30"], ["61 62 63", "61 00 00"]):
    sys.exit("changed: 23:30, 12:30 and 61 00 00 were expected")
PY
