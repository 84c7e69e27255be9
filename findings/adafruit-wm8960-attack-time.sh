#!/usr/bin/env bash
# Adafruit's driver of the codec WM8960 makes 49 s of an attack time of 7 ms, and refuses the shortest one
#
# Software: adafruit-circuitpython-wm8960 1.0.7 (adafruit-blinka 10.0.0, adafruit-circuitpython-busdevice 5.2.17)
# Guess:    alc_time takes the times of the automatic level control: attack "from 0.006s to 6.14s", decay "from 0.024s
#           to 24.58s" (documentation). The codec has steps of a factor of two, so the next one is taken.
# Seen:     The shortest time is subtracted before the logarithm: the shortest itself raises ValueError, those up to
#           twice as long become negative steps, which are read as the longest or as longer ones than the codec has, and
#           twice the shortest is the shortest.
# Output:   attack of 6 ms: ValueError: math domain error
#           attack of 7 ms: 49152 ms
#           attack of 12 ms: 6 ms
#           attack of 24 ms: 24 ms
#           decay of 24 ms: ValueError: math domain error
#           decay of 30 ms: 393216 ms
#           decay of 192 ms: 192 ms
# Callbox:  leaves the codec to the kernel's driver (docs/boards/waveshare-wm8960.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check adafruit-circuitpython-wm8960==1.0.7 \
  adafruit-blinka==10.0.0 adafruit-circuitpython-busdevice==5.2.17
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from adafruit_wm8960 import WM8960


class Bus:
    """An I2C bus with a WM8960, which can be written only: the driver keeps its registers itself."""

    def try_lock(self):
        return True

    def unlock(self):
        pass

    def writeto(self, address, buffer, *, start=0, end=None):
        pass


codec = WM8960(Bus())


def told(attack=24, decay=192):
    """The attack and the decay in ms, as they are when these are set."""
    try:
        codec.alc_time = (attack / 1000, decay / 1000, 0.0)
    except ValueError as error:
        return (f"ValueError: {error}",) * 2
    return tuple(f"{1000 * time:.0f} ms" for time in codec.alc_time[:2])


seen = []
for attack in (6, 7, 12, 24):
    seen.append(told(attack=attack)[0])
    print(f"attack of {attack} ms: {seen[-1]}")
for decay in (24, 30, 192):
    seen.append(told(decay=decay)[1])
    print(f"decay of {decay} ms: {seen[-1]}")
refused = "ValueError: math domain error"
if seen != [refused, "49152 ms", "6 ms", "24 ms", refused, "393216 ms", "192 ms"]:
    sys.exit("changed: ValueError, 49152 ms, 6 ms and 24 ms of attack were expected")
PY
