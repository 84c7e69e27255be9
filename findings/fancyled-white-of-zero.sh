#!/usr/bin/env bash
# Adafruit's FancyLED packs a colour with white 0 without white, and can't print a palette
#
# Software: adafruit-circuitpython-fancyled 1.4.26
# Guess:    pack(white) is a tuple of four for RGBW LEDs, whatever the white is, from 0 to 255, as the documentation
#           says; a list of colours can be printed.
# Seen:     White 0 gives the packed integer of an RGB LED, so a fade of the white ends with another type. The colours'
#           repr() returns a tuple: printing a list of them raises TypeError.
# Output:   white 2: (255, 0, 0, 2)
#           white 1: (255, 0, 0, 1)
#           white 0: 16711680
#           a list of one colour: TypeError
# Callbox:  writes frames of APA102 and WS2812 itself (docs/lamps.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps adafruit-circuitpython-fancyled==1.4.26
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from adafruit_fancyled.adafruit_fancyled import CRGB

red = CRGB(255, 0, 0)
seen = [red.pack(white=white) for white in (2, 1, 0)]
for white, packed in zip((2, 1, 0), seen, strict=True):
    print(f"white {white}: {packed}")
try:
    printed = str([red])
except TypeError as error:
    printed = type(error).__name__
print("a list of one colour:", printed)
if seen != [(255, 0, 0, 2), (255, 0, 0, 1), 0xFF0000] or printed != "TypeError":
    sys.exit("changed: an integer of white 0, and TypeError, were expected")
PY
