#!/usr/bin/env bash
# PyDMX tells red where it is asked for blue, and dims its constant RED when a lamp is dimmed
#
# Software: PyDMX 0.1.0 (PyPI)
# Guess:    Colour(10, 20, 30) has blue 30, the "blue component" of the docstring; RED * 0.5 is a darker colour, and RED
#           stays red: an operator that isn't one of += or *= changes no operand and gives back its result (Python, data
#           model).
# Seen:     blue gives back red, so a sum has a wrong blue, too. +, -, *, / and // change their left operand, and give
#           back None.
# Output:   blue of (10, 20, 30): 10
#           (10, 20, 30) + (1, 2, 3): None, and the first one is now [11, 22, 12]
#           RED * 0.5: None, and RED is now [127, 0, 63]
# Callbox:  drives LEDs by SPI and GPIO (docs/lamps.md), not by DMX.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps PyDMX==0.1.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from dmx import Colour
from dmx.colour import RED

colour = Colour(10, 20, 30)
blue = colour.blue
print(f"blue of (10, 20, 30): {blue}")
total = colour + Colour(1, 2, 3)
print(f"(10, 20, 30) + (1, 2, 3): {total}, and the first one is now {colour.serialise()}")
darker = RED * 0.5
print(f"RED * 0.5: {darker}, and RED is now {RED.serialise()}")
if (blue, total, darker) != (10, None, None) or RED.serialise() == [255, 0, 0]:
    sys.exit("changed: red was expected as blue, None as the sum, and another RED")
PY
