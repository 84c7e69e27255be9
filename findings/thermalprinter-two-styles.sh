#!/usr/bin/env bash
# thermalprinter prints bold and high letters high alone, and raises ValueError when it shall sleep for five minutes
#
# Software: thermalprinter 2.1.0, pyserial 3.5, Pillow 12.3.0 (PyPI)
# Guess:    out() takes several styles, as its documentation shows, and prints with all of them. sleep() takes any
#           number of seconds from 0 on, which the printer has in two octets (manual of Adafruit's printers, ESC 8).
#           image() takes a file or a PIL image.
# Seen:     Double height and font B are sent as ESC !, which sets font, bold, height and width together: it ends what
#           an argument before it has begun. From 256 s on it raises ValueError; and AttributeError for an image that
#           was drawn, or converted after it was opened.
# Output:   bold, double height: double height
#           font B, double height: double height
#           double height, bold: double height, bold
#           sleep(300): ValueError
#           image(Image.new("1", (8, 8))): AttributeError
# Callbox:  has no printer; it shows the bot's words in the panel (docs/panel.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps thermalprinter==2.1.0 pyserial==3.5 Pillow==12.3.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from PIL import Image
from thermalprinter import ThermalPrinter

ESCAPE, MODE, BOLD = b"\x1b", ord("!"), ord("E")
FONT_B_BIT, BOLD_BIT, HEIGHT_BIT = 1, 8, 16

printer = ThermalPrinter("loop://", use_stats=False)
wire = printer._conn


def styles(**arguments):
    """The styles of the letter x, as a printer of the manual prints it."""
    wire.reset_input_buffer()
    printer.out("x", **arguments)
    octets, mode = wire.read(wire.in_waiting), 0
    while octets[:1] == ESCAPE:
        command, value, octets = octets[1], octets[2], octets[3:]
        if command == MODE:
            mode = value
        elif command == BOLD:
            mode = mode | BOLD_BIT if value else mode & ~BOLD_BIT
    assert octets[:1] == b"x"
    bits = {"double height": HEIGHT_BIT, "font B": FONT_B_BIT, "bold": BOLD_BIT}
    return ", ".join(name for name, bit in bits.items() if mode & bit)


def raised(function, argument):
    try:
        function(argument)
    except (AttributeError, ValueError) as error:
        return type(error).__name__
    return "nothing"


seen = []
for arguments in (["bold", "double_height"], ["font_b", "double_height"], ["double_height", "bold"]):
    seen.append(styles(**dict.fromkeys(arguments, True)))
    print(f"{', '.join(arguments).replace('_b', ' B').replace('_', ' ')}: {seen[-1]}")
errors = [raised(printer.sleep, 300), raised(printer.image, Image.new("1", (8, 8)))]
print(f"sleep(300): {errors[0]}")
print(f'image(Image.new("1", (8, 8))): {errors[1]}')
if seen[:2] != ["double height"] * 2 or errors != ["ValueError", "AttributeError"]:
    sys.exit("changed: double height alone was expected twice, ValueError and AttributeError")
PY
