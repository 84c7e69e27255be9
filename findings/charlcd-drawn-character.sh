#!/usr/bin/env bash
# charlcd empties the display when it is given a character, and doesn't draw what was on it again
#
# Software: charlcd 0.7.1 (PyPI)
# Guess:    add_custom_char() gives the display one of its eight characters that a program may draw; what it shows
#           stays. flush() of a buffered display "is sending only those positions that changed" (docstring), so behind
#           it the display shows what was written.
# Seen:     The last command that it sends is 01h, which empties the display (datasheet of the HD44780). The buffered
#           display isn't told: for it the text is there, so flush() sends nothing, and the display stays empty where
#           nothing else is written. The next text is drawn into what is empty.
# Output:   Ready: "Ready", then a character: "", flush() again: ""
#           then Reads: "    s"
# Callbox:  has no display.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps charlcd==0.7.1
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from charlcd.buffered import CharLCD
from charlcd.drivers.null import Null

WIDTH = 16
CLEAR, CGRAM, DDRAM = 0x01, 0x40, 0x80


class Display(Null):
    """The package's driver for no display, with an HD44780 behind it: what it shows in its first line."""

    line = ""
    address = 0
    drawing = False

    def cmd(self, char, enable=0):
        if char == CLEAR:
            self.line, self.address, self.drawing = " " * WIDTH, 0, False
        elif char >= DDRAM:
            self.address, self.drawing = char - DDRAM, False
        elif char >= CGRAM:
            self.drawing = True

    def char(self, char, enable=0):
        if not self.drawing:
            self.line = self.line[: self.address] + char + self.line[self.address + 1 :]
            self.address += 1


driver = Display()
display = CharLCD(WIDTH, 2, driver)
display.init()
seen = []


def show():
    display.flush()
    seen.append(driver.line.rstrip())


display.write("Ready", 0, 0)
show()
display.add_custom_char(0, [0, 10, 31, 31, 14, 4, 0, 0])
seen.append(driver.line.rstrip())
show()
print(f'Ready: "{seen[0]}", then a character: "{seen[1]}", flush() again: "{seen[2]}"')
display.write("Reads", 0, 0)
show()
print(f'then Reads: "{seen[3]}"')
if seen != ["Ready", "", "", "    s"]:
    sys.exit("changed: Ready, nothing twice, and the last letter alone were expected")
PY
