#!/usr/bin/env bash
# Adafruit's Comet raises ZeroDivisionError on three LEDs
#
# Software: adafruit-circuitpython-led-animation 2.12.6
# Guess:    The comet's tail is a quarter of the LEDs unless another length is given, and is at least 2 long, as the
#           documentation says: it runs on the three APA102 of a ReSpeaker 2-Mics HAT.
# Seen:     A quarter of 3 is 0, and the constructor divides by it. With tail_length=2 it runs.
# Output:   3 LEDs: ZeroDivisionError
#           3 LEDs, tail_length=2: runs
#           4 LEDs: runs
# Callbox:  has its own lamp patterns (docs/lamps.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps adafruit-circuitpython-led-animation==2.12.6
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys
import types

sys.modules["rainbowio"] = types.ModuleType("rainbowio")  # CircuitPython's colour wheel
sys.modules["rainbowio"].colorwheel = int

from adafruit_led_animation.animation.comet import Comet  # noqa: E402


class Strip(list):
    """LEDs that are off."""

    auto_write = False

    def show(self):
        pass


seen = []
for count, options in ((3, {}), (3, {"tail_length": 2}), (4, {})):
    try:
        Comet(Strip([(0, 0, 0)] * count), 0.0, (255, 0, 0), **options).animate()
        seen.append("runs")
    except ZeroDivisionError as error:
        seen.append(type(error).__name__)
    text = "".join(f", {key}={value}" for key, value in options.items())
    print(f"{count} LEDs{text}: {seen[-1]}")
if seen != ["ZeroDivisionError", "runs", "runs"]:
    sys.exit("changed: ZeroDivisionError was expected of three LEDs")
PY
