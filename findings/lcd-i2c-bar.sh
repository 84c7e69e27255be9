#!/usr/bin/env bash
# lcd-i2c shows á for each block of a bar, and a blank for a division sign
#
# Software: lcd-i2c 0.2.3 (PyPI)
# Guess:    write_text() finds each sign of the display's table (ROM A00): the block is FFh, the division sign FDh, pi
#           F7h (datasheet of the HD44780, table of characters). A bar of a volume is written with blocks.
# Seen:     A sign's code is its place in a text of the table, where x with a bar, F8h, takes two places, the letter and
#           the bar. All behind it is one too high: the division sign is FEh, a blank, and the block 100h, of which the
#           display gets 00h: the first character that a program may draw, by default á.
# Output:   pi: F7, division sign: FE, bar of three blocks: 00 00 00
# Callbox:  has no display.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps lcd-i2c==0.2.3
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys
import types

RS, ENABLE = 0x01, 0x04


class SMBus:
    """An I2C bus with a PCF8574 before an HD44780: four bits at each falling edge of E, the upper ones first."""

    def __init__(self, _bus):
        self.before = 0
        self.nibbles = []
        self.characters = []

    def write_byte_data(self, _address, _zero, octet):
        if self.before & ENABLE and not octet & ENABLE:
            self.nibbles.append(octet >> 4)
            if len(self.nibbles) == 2:
                if octet & RS:
                    self.characters.append(16 * self.nibbles[0] + self.nibbles[1])
                self.nibbles = []
        self.before = octet


sys.modules["smbus2"] = types.SimpleNamespace(SMBus=SMBus)

from lcd_i2c import LCD_I2C, main  # noqa: E402

main.delay_ms = main.delay_us = lambda _time: None
bus = SMBus(1)
display = LCD_I2C(0x27, 16, 2, bus=bus)
seen = []
for text in ("π", "÷", "███"):
    bus.characters.clear()
    display.write_text(text)
    seen.append(" ".join(f"{code:02X}" for code in bus.characters))
print(f"pi: {seen[0]}, division sign: {seen[1]}, bar of three blocks: {seen[2]}")
assert display.custom_chars[0].aliases == ["á"]
if seen != ["F7", "FE", "00 00 00"]:
    sys.exit("changed: F7, FE and 00 00 00 were expected")
PY
