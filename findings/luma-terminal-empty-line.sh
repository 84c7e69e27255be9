#!/usr/bin/env bash
# luma.core's terminal leaves out empty lines when it wraps words, the last column, and the border at the left
#
# Software: luma.core 2.5.1, Pillow 12.3.0 (PyPI)
# Guess:    println() ends with a newline, always; a line has as many letters as the terminal is wide; backspace() can't
#           move beyond column zero (docstrings). A sprite sheet raises IndexError for a frame that it doesn't have.
# Seen:     println("") does nothing with word_wrap. The 20th letter of 20 columns is on the next line when the columns
#           fill the display. Backspace at column 0 moves to the left of the display. A sheet of 4 frames has a fifth
#           one, which is blank, also when it is iterated.
# Output:   println(""): 0 lines further with word_wrap, 1 without
#           20 letters in 20 columns: on 2 lines
#           backspace at the left border: x = -6
#           frames of a sheet that counts 4: 5
# Callbox:  has LEDs, no display (docs/lamps.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps luma.core==2.5.1 Pillow==12.3.0 smbus2==0.6.1 \
  cbor2==6.3.0
"$tmp/venv/bin/python" -W ignore - "$tmp/sheet.png" <<'PY'
import sys

from luma.core.device import dummy
from luma.core.sprite_system import spritesheet
from luma.core.virtual import terminal
from PIL import Image, ImageFont

FONT = ImageFont.load_default_imagefont()  # Each letter is 6 pixels wide.
DISPLAY = dummy(width=120, height=64, mode="1")


def screen(**options):
    return terminal(DISPLAY, font=FONT, animate=False, **options)


def lines_further(function, argument, **options):
    """How many lines below the first one the terminal is then."""
    shown = screen(**options)
    getattr(shown, function)(argument)
    return shown._cy // shown._ch


wrapped, plain = lines_further("println", "", word_wrap=True), lines_further("println", "")
print(f'println(""): {wrapped} lines further with word_wrap, {plain} without')
columns = screen().width
lines = lines_further("puts", "x" * columns) + 1
print(f"{columns} letters in {columns} columns: on {lines} lines")
shown = screen()
shown.backspace()
print(f"backspace at the left border: x = {shown._cx}")
Image.new("1", (40, 10)).save(sys.argv[1])
sheet = spritesheet(sys.argv[1], frames={"width": 10, "height": 10}, animations={})
frames = len(list(sheet))
print(f"frames of a sheet that counts {len(sheet)}: {frames}")
if (wrapped, plain, columns, lines, frames) != (0, 1, 20, 2, 5) or shown._cx >= 0:
    sys.exit("changed: no line, a line too many, a column below zero and a fifth frame were expected")
PY
