#!/usr/bin/env bash
# python-tm1637 shows 12.58 of 12.5 on a display with points, and 12.3 of 12.34
#
# Software: python-tm1637 1.1.5 (PyPI)
# Guess:    show() of TM1637Decimal, the class of displays with a point behind each digit, shows a text of up to four
#           characters, "left-aligned using the specified fill character" (docstring): "12.5" is 1, 2 with its point, 5
#           and a blank, "12.34" is four digits.
# Seen:     The point counts as a character when the text is filled and cut to four, but takes no digit: "12.5" is
#           written to three digits, and the fourth keeps what it had, "12.34" is cut to "12.3".
# Output:   8888, then 12.5: 12.58
#           12.34 on an empty display: 12.3
# Callbox:  has no display.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps python-tm1637==1.1.5
"$tmp/venv/bin/python" -W ignore - <<'PY'
import enum
import sys
import types

CLOCK, DATA = 3, 2
DIGITS = dict(zip(b"\x3f\x06\x5b\x4f\x66\x6d\x7d\x07\x7f\x6f\x00", "0123456789 ", strict=True))


class Value(enum.Enum):
    INACTIVE = 0
    ACTIVE = 1


class Display:
    """A TM1637 at two lines: bits at the clock's rising edges, nine for each octet, between a start and a stop."""

    def __init__(self):
        self.lines = {CLOCK: 0, DATA: 0}
        self.segments = bytearray(4)
        self.bits = []

    def set_value(self, line, value):
        before, self.lines[line] = self.lines[line], value.value
        if line == CLOCK and value.value > before:
            self.bits.append(self.lines[DATA])
        elif line == DATA and self.lines[CLOCK] and value.value != before:
            if value is Value.ACTIVE:
                self.execute()
            self.bits = []

    def execute(self):
        octets = [sum(bit << place for place, bit in enumerate(self.bits[at:at + 8]))
                  for at in range(0, len(self.bits) - 8, 9)]
        if octets and octets[0] >> 6 == 0b11:  # data from this address on
            address = octets[0] & 0b11
            self.segments[address:address + len(octets) - 1] = octets[1:]

    def release(self):
        pass

    def text(self):
        return "".join(DIGITS[octet & 0x7F] + "." * (octet >> 7) for octet in self.segments).rstrip()


display = Display()
line = types.SimpleNamespace(Value=Value, Direction=types.SimpleNamespace(OUTPUT="output"))
sys.modules["gpiod"] = types.SimpleNamespace(
    line=line, LineSettings=lambda **_settings: None, request_lines=lambda _path, **_options: display
)
sys.modules["gpiod.line"] = line

from tm1637 import TM1637Decimal  # noqa: E402

driver = TM1637Decimal(CLOCK, DATA, chip_path="/dev/null")
driver.show("8888")
assert display.text() == "8888"
driver.show("12.5")
seen = [display.text()]
print(f"8888, then 12.5: {seen[0]}")
driver.show("    ")
driver.show("12.34")
seen.append(display.text())
print(f"12.34 on an empty display: {seen[1]}")
if seen != ["12.58", "12.3"]:
    sys.exit("changed: 12.58 and 12.3 were expected")
PY
