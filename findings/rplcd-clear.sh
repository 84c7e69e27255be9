#!/usr/bin/env bash
# RPLCD writes off the display after clear() when it writes to the left, and doesn't move the display for a blank
#
# Software: RPLCD 1.4.0 (PyPI)
# Guess:    With text_align_mode "right" letters go to the left, after clear() too: the property says so. With
#           write_shift_mode "display" each letter moves the display by one column (Hitachi, HD44780U datasheet, entry
#           mode set).
# Seen:     The command that clears the display sets the direction to the right as well (datasheet, clear display), and
#           clear() doesn't set it again: the second letter stands behind the last column. A letter that is there
#           already, as a blank is, isn't sent, so it moves nothing.
# Output:   "abc" from column 15 to the left: [             cba]
#           the same after clear(), mode "right": [               a]
#           "a b" with the mode "display": moved by 2 columns
# Callbox:  has LEDs, no display (docs/lamps.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps RPLCD==1.4.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from RPLCD import common
from RPLCD.lcd import BaseCharLCD

CLEAR, ADDRESS = 0x01, 0x80
TO_THE_RIGHT, MOVE = 2, 1


class Display(BaseCharLCD):
    """A display of 16 by 2 letters with an HD44780, for the commands that are used here."""

    data_bus_mode = common.LCD_8BITMODE

    def _init_connection(self):
        self.memory, self.address, self.entry_mode, self.moved = bytearray(b" " * 0x80), 0, TO_THE_RIGHT, 0

    def _close_connection(self):
        pass

    def _send_instruction(self, value):
        if value == CLEAR:
            self.memory[:] = b" " * len(self.memory)
            self.address, self.moved = 0, 0
            self.entry_mode |= TO_THE_RIGHT
        elif value & ADDRESS:
            self.address = value & 0x7F
        elif value >> 2 == 1:
            self.entry_mode = value & 3

    def _send_data(self, value):
        self.memory[self.address] = value
        self.address += 1 if self.entry_mode & TO_THE_RIGHT else -1
        self.moved += self.entry_mode & MOVE

    def line(self):
        return self.memory[:16].decode()


display = Display(cols=16, rows=2)
lines = []
for words in ('"abc" from column 15 to the left', 'the same after clear(), mode "right"'):
    if lines:
        display.clear()
    else:
        display.text_align_mode = "right"
    display.cursor_pos = (0, 15)
    display.write_string("abc")
    lines.append(display.line())
    print(f"{words}: [{lines[-1]}]")
assert display.text_align_mode == "right"

display = Display(cols=16, rows=2)
display.write_shift_mode = "display"
display.write_string("a b")
print(f'"a b" with the mode "display": moved by {display.moved} columns')
if [line.strip() for line in lines] != ["cba", "a"] or display.moved != 2:
    sys.exit("changed: one letter was expected after clear(), and two columns for three letters")
PY
