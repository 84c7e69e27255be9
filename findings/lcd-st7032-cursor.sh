#!/usr/bin/env bash
# lcd-st7032 shows no cursor when it is told to, and writes what follows where nobody sees it
#
# Software: lcd-st7032 0.2.0 (PyPI), Adafruit-PureIO 1.1.12
# Guess:    cursor() shows the cursor: the command 08h with the bits 04h, display on, and 02h, cursor on, which is 0Eh
#           (datasheet of the ST7032). noCursor() sends 0Ch.
# Seen:     The bits are joined with all bits but the cursor's (|= ~02h): -3, which the bus sends as FDh. That is
#           another command: the next character goes to address 7Dh, beyond both lines of 16 characters (00h to 0Fh and
#           40h to 4Fh). noCursor() and display() go on from -3.
# Output:   cursor(): FDh, set address 7Dh
#           then noBlink(): FCh, set address 7Ch; noDisplay(): F8h, set address 78h
# Callbox:  has no display.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps lcd-st7032==0.2.0 Adafruit-PureIO==1.1.12
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from Adafruit_PureIO import smbus

commands = []


class Bus:
    """An I2C bus with an ST7032, which keeps the commands; PureIO sends the low octet of a value."""

    def __init__(self, _number):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *_exc):
        pass

    def write_byte_data(self, _address, control, octet):
        assert control == 0
        commands.append(octet & 0xFF)


smbus.SMBus = Bus

from lcd_st7032 import ST7032  # noqa: E402

ST7032._delay = staticmethod(lambda _milliseconds: None)
display = ST7032()
seen = []
for name in ("cursor", "noBlink", "noDisplay"):
    getattr(display, name)()
    seen.append(commands[-1])
told = [f"{command:02X}h, set address {command & 0x7F:02X}h" for command in seen]
print(f"cursor(): {told[0]}")
print(f"then noBlink(): {told[1]}; noDisplay(): {told[2]}")
if seen != [0xFD, 0xFC, 0xF8]:
    sys.exit("changed: FDh, FCh and F8h were expected")
PY
