#!/usr/bin/env bash
# Adafruit's pixel buffer raises IndexError for a slice of a DotStar's colours
#
# Software: adafruit-circuitpython-pypixelbuf 2.2.8, as adafruit-circuitpython-dotstar uses it on a Raspberry Pi
# Guess:    pixels[:] is the list of all colours, as long as len(pixels), and pixels[-2:] the last two, as with a list.
# Seen:     With DotStar's order both raise IndexError: the bytes that are sent before and after the colours are counted
#           as LEDs. pixels[0:2] works. Without such bytes (NeoPixel's order) all is well.
# Output:   DotStar's order: len 12, pixels[0:2] 2, pixels[:] IndexError, pixels[-2:] IndexError
#           NeoPixel's order: len 12, pixels[0:2] 2, pixels[:] 12, pixels[-2:] 2
# Callbox:  keeps its frames itself (docs/lamps.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps adafruit-circuitpython-pypixelbuf==2.2.8
"$tmp/venv/bin/python" - <<'PY'
import sys

from adafruit_pypixelbuf import PixelBuf


def buffer(order, count):
    """A buffer as DotStar or NeoPixel makes it."""
    extra = {"header": bytearray(4), "trailer": bytearray((count + 15) // 16)} if order == "DotStar" else {}
    return PixelBuf(count, byteorder="PBGR" if order == "DotStar" else "GRB", **extra)


def length_of(pixels, part):
    try:
        return len(pixels[part])
    except IndexError:
        return "IndexError"


seen = {}
for order in ("DotStar", "NeoPixel"):
    pixels = buffer(order, 12)
    seen[order] = [length_of(pixels, part) for part in (slice(0, 2), slice(None), slice(-2, None))]
    first, whole, last = seen[order]
    print(f"{order}'s order: len {len(pixels)}, pixels[0:2] {first}, pixels[:] {whole}, pixels[-2:] {last}")
if seen != {"DotStar": [2, "IndexError", "IndexError"], "NeoPixel": [2, 12, 2]}:
    sys.exit("changed: IndexError was expected of DotStar's order")
PY
