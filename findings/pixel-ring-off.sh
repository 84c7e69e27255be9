#!/usr/bin/env bash
# pixel-ring never turns the LEDs off when off() comes right after speak()
#
# Software: pixel-ring 0.1.0 (ReSpeaker's LED library), with modules that stand for spidev and pyusb
# Guess:    The last call wins: after think(), speak() and off() the LEDs are dark, once speak() has been shown or not.
# Seen:     Each call tells the pattern to stop and waits in a queue; the thread clears that sign when it takes the next
#           call. So the sign of off() is gone when speak() begins, which goes on for good, and off() waits in the
#           queue. Another off() ends it.
# Output:   think(), off(): 0 of 12 LEDs lit
#           think(), speak(), off(): 12 of 12 LEDs lit after 2 s
#           off() once more: 0 of 12 LEDs lit
# Callbox:  draws its lamp as a function of the time and the state, not by a queue of patterns (docs/lamps.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps pixel-ring==0.1.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys
import time
import types


class SpiDev:
    """An SPI bus without a device."""

    def open(self, *_):
        pass

    def xfer2(self, data):
        return data


def module(name, **contents):
    sys.modules[name] = types.ModuleType(name)
    vars(sys.modules[name]).update(contents)


module("spidev", SpiDev=SpiDev)
module("usb.core", find=lambda **_: [])
module("usb.util")
module("usb", core=sys.modules["usb.core"], util=sys.modules["usb.util"])

from pixel_ring.apa102_pixel_ring import PixelRing  # noqa: E402

ring, seen = PixelRing("echo"), []


def lit(what, after):
    """Print how many LEDs have a colour in the frame that is sent."""
    pixels = [ring.dev.leds[start + 1 : start + 4] for start in range(0, 4 * ring.PIXELS_N, 4)]
    seen.append(sum(any(pixel) for pixel in pixels))
    print(f"{what}: {seen[-1]} of {ring.PIXELS_N} LEDs lit{after}")


ring.think()
time.sleep(0.5)
ring.off()
time.sleep(0.5)
lit("think(), off()", "")
ring.think()
time.sleep(0.5)
ring.speak()
ring.off()
time.sleep(2)
lit("think(), speak(), off()", " after 2 s")
ring.off()
time.sleep(1)
lit("off() once more", "")
if seen != [0, 12, 0]:
    sys.exit("changed: lit LEDs were expected after speak() and off() only")
PY
