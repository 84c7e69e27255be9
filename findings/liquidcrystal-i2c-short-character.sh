#!/usr/bin/env bash
# liquidcrystal-i2c raises IndexError on a character of fewer than eight lines, which it means to fill up
#
# Software: liquidcrystal-i2c-linux 1.0.0 (PyPI), for character displays on I2C
# Guess:    createChar takes up to eight lines: "add blank lines to shorter characters". setCursor takes a row beyond
#           the last for the last one: "we count rows starting w/0".
# Seen:     The blank lines are assigned to places that the list hasn't got. A row is beyond the last if row > rows, so
#           the one after the last isn't: of two rows, it is column 20 of the upper one, beyond column 15.
# Output:   character of 8 lines: 8 written
#           character of 7 lines: IndexError
#           row 0 of 2: address 00
#           row 1 of 2: address 40
#           row 2 of 2: address 14
#           row 3 of 2: address 40
# Callbox:  has LEDs, no display (docs/lamps.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps liquidcrystal-i2c-linux==1.0.0
"$tmp/venv/bin/python" - <<'PY'
import sys
import types

ENABLE = 0b100
DATA = 0b001
SET_ADDRESS = 0x80
SEEN = [8, "IndexError", 0x00, 0x40, 0x14, 0x40]


class Bus:
    """An I2C bus with a display; keeps what is written, of which 4 bits are taken at a time."""

    def __init__(self, number):
        self.halves = []

    def write_byte(self, address, octet):
        if octet & ENABLE:
            self.halves.append(octet)

    def taken(self):
        """Each octet with whether it is data."""
        pairs = list(zip(self.halves[::2], self.halves[1::2], strict=True))
        self.halves.clear()
        return [(bool(high & DATA), high & 0xF0 | low >> 4) for high, low in pairs]


sys.modules["smbus"] = types.SimpleNamespace(SMBus=Bus)  # No display is there.

from liquidcrystal_i2c.liquidcrystal_i2c import LCD  # noqa: E402

display = LCD(bus=1, cols=16, rows=2)
display._bus.halves.clear()


def character(lines):
    try:
        display.createChar(0, [0b11111] * lines)
    except IndexError as error:
        display._bus.halves.clear()
        return type(error).__name__
    return sum(data for data, _ in display._bus.taken())


def address(row):
    display.setCursor(0, row)
    [(_, command)] = display._bus.taken()
    return command & ~SET_ADDRESS


seen = [character(8), character(7)]
print(f"character of 8 lines: {seen[0]} written")
print(f"character of 7 lines: {seen[1]}")
for row in range(4):
    seen.append(address(row))
    print(f"row {row} of 2: address {seen[-1]:02x}")
if seen != SEEN:
    sys.exit(f"changed: {seen}")
PY
