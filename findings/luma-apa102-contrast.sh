#!/usr/bin/env bash
# luma.led_matrix lights a half transparent DotStar LED more than a full one
#
# Software: luma.led_matrix 1.9.0, luma.core 2.6.0, Pillow 13.0.0
# Guess:    contrast() sets the intensity of the LEDs, 0 to 255, and a pixel's alpha its own share of it: at half alpha
#           a LED is half as bright as its neighbour, and contrast(0) makes all dark, as its documentation says.
# Seen:     The alpha of a pixel that isn't full takes the place of the contrast. At the contrast that it starts with a
#           pixel of half alpha is brighter than a full one (8 to 7 of 31), and after contrast(0) it stays lit.
# Output:   at the start: full 7 of 31, half 8 of 31
#           contrast(0): full 0 of 31, half 8 of 31
#           contrast(255): full 15 of 31, half 8 of 31
# Callbox:  writes APA102 frames itself, always with 31 of 31; brightness is in the colours
#           (device/callbox_device/model/pixel_frames.py).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check luma.led_matrix==1.9.0 luma.core==2.6.0 pillow==13.0.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from luma.led_matrix.device import apa102
from PIL import Image


class Wire:
    """Keeps the octets that were sent last."""

    def data(self, octets):
        self.sent = list(octets)

    def command(self, *_):
        pass

    def cleanup(self):
        pass


wire = Wire()
leds = apa102(serial_interface=wire, width=2, height=1)
picture = Image.new("RGBA", (2, 1))
for place, alpha in enumerate((255, 128)):
    picture.putpixel((place, 0), (200, 200, 200, alpha))
seen = []
for name, contrast in (("at the start", None), ("contrast(0)", 0), ("contrast(255)", 255)):
    if contrast is not None:
        leds.contrast(contrast)
    leds.display(picture)
    full, half = (octet & 0x1F for octet in (wire.sent[4], wire.sent[8]))
    print(f"{name}: full {full} of 31, half {half} of 31")
    seen.append((full, half))
if seen[0][1] <= seen[0][0] or seen[1] != (0, 8):
    sys.exit("changed: the contrast was expected to leave the half transparent LED as it was")
PY
