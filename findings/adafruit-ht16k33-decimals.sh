#!/usr/bin/env bash
# Adafruit's segment display shows 21 of 21.5 degrees when it may show two decimals, and finds 0.1 + 0.2 too large
#
# Software: adafruit-circuitpython-ht16k33 4.6.17, -busdevice 5.2.17
# Guess:    print(value, decimal) shows a number with as many decimals as it is told, on four digits: 21.5 is "21.50"
#           with two and "21.5" with one, and a sum that isn't quite 0.3 is "0.3" (its documentation: the number of
#           decimal places for a floating point number).
# Seen:     It cuts Python's text of the number: without rounding, and all decimals away when there aren't more than it
#           is told. If the text is longer than the display, it raises ValueError before it cuts.
# Output:   21.5 with 1: 21.5
#           21.5 with 2: 21
#           19.99 with 1: 19.9
#           0.1 + 0.2 with 1: ValueError: Input overflow - 0.30000000000000004 is too large for the display!
# Callbox:  has LEDs, no display (docs/lamps.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps adafruit-circuitpython-ht16k33==4.6.17 \
  adafruit-circuitpython-busdevice==5.2.17 adafruit-circuitpython-typing==1.13.0 typing_extensions==4.16.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys
import types


class Bus:
    """An I2C bus that takes all that is written."""

    def try_lock(self):
        return True

    def unlock(self):
        pass

    def writeto(self, _address, _buffer, *, start=0, end=None):
        pass


sys.modules["micropython"] = types.SimpleNamespace(const=int)
sys.modules["busio"] = types.SimpleNamespace(I2C=Bus)

from adafruit_ht16k33.segments import NUMBERS, Seg7x4  # noqa: E402

PLACES = (0, 2, 6, 8)  # of the four digits in what is written to the display; between them is the colon
DIGITS = {segments: str(digit) for digit, segments in enumerate(NUMBERS[:10])}


def shown(value, decimal):
    """The digits that light up."""
    display = Seg7x4(Bus())
    try:
        display.print(value, decimal)
    except ValueError as error:
        return f"ValueError: {error}"
    octets = [display._buffer[1 + place] for place in PLACES]
    return "".join(DIGITS.get(octet & 0x7F, "") + ("." if octet & 0x80 else "") for octet in octets)


seen = [shown(21.5, 1), shown(21.5, 2), shown(19.99, 1), shown(0.1 + 0.2, 1)]
for name, text in zip(("21.5 with 1", "21.5 with 2", "19.99 with 1", "0.1 + 0.2 with 1"), seen, strict=True):
    print(f"{name}: {text}")
if seen[:3] != ["21.5", "21", "19.9"] or not seen[3].startswith("ValueError"):
    sys.exit("changed: 21.5, 21, 19.9 and an error were expected")
PY
