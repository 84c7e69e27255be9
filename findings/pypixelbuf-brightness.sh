#!/usr/bin/env bash
# Adafruit's pixel buffer breaks the start bits of DotStar LEDs when the brightness is changed
#
# Software: adafruit-circuitpython-pypixelbuf 2.2.8, as adafruit-circuitpython-dotstar uses it on a Raspberry Pi
# Guess:    brightness scales the colours of all LEDs; the byte before each colour, three bits of 1 and five of
#           brightness (APA102's datasheet), stays as it is: its source says so in a comment.
# Seen:     The other way round: with DotStar's order the colours stay, and that byte is scaled: 0xff becomes 0x7f, which
#           begins with a 0, so the chain takes the bits one place later as another colour. With brightness=0.5 from the
#           start each LED that hasn't been set yet has such a byte.
# Output:   red, brightness 1.0: ff 00 00 ff, ff 00 00 ff
#           then brightness 0.5: 7f 00 00 ff, 7f 00 00 ff
#           brightness 0.5 from the start, first LED red: ff 00 00 7f, 7f 00 00 00
#           without DotStar's byte, brightness 0.5: 00 00 7f, 00 00 7f
# Callbox:  writes APA102 frames itself; brightness goes into the colours (docs/lamps.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps adafruit-circuitpython-pypixelbuf==2.2.8
"$tmp/venv/bin/python" - <<'PY'
import sys

from adafruit_pypixelbuf import PixelBuf


class Chain(PixelBuf):
    """Two LEDs; what would be sent to them."""

    sent = b""

    def _transmit(self, buffer):
        self.sent = bytes(buffer)


def frames(chain, header, size):
    return [chain.sent[header + size * n : header + size * (n + 1)].hex(" ") for n in range(2)]


def dotstar(**options):
    """A buffer with the arguments that DotStar has for two LEDs."""
    return Chain(2, byteorder="PBGR", header=bytearray(4), trailer=bytearray(1), auto_write=True, **options)


red = (255, 0, 0)
chain, dimmed, others = dotstar(), dotstar(brightness=0.5), Chain(2, byteorder="BGR", auto_write=True)
chain.fill(red)
seen = {"red, brightness 1.0": frames(chain, 4, 4)}
chain.brightness = 0.5
seen["then brightness 0.5"] = frames(chain, 4, 4)
dimmed[0] = red
seen["brightness 0.5 from the start, first LED red"] = frames(dimmed, 4, 4)
others.fill(red)
others.brightness = 0.5
seen["without DotStar's byte, brightness 0.5"] = frames(others, 0, 3)
for name, leds in seen.items():
    print(f"{name}: {', '.join(leds)}")
expected = [["ff 00 00 ff"] * 2, ["7f 00 00 ff"] * 2, ["ff 00 00 7f", "7f 00 00 00"], ["00 00 7f"] * 2]
if list(seen.values()) != expected:
    sys.exit("changed: 7f was expected in place of ff after the brightness was set")
PY
