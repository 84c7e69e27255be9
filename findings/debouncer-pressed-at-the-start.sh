#!/usr/bin/env bash
# Adafruit's debounced button tells -1 short presses when it is down at the start
#
# Software: adafruit-circuitpython-debouncer 2.0.15, adafruit-circuitpython-ticks 1.1.7
# Guess:    short_count is a number of short presses, as its documentation says: 0 of a button that is down when the
#           program starts, as of one that is held later.
# Seen:     -1 with the long press, which in Python counts as true: `if button.short_count` takes it for a press.
# Output:   held later: long press, short_count 0
#           down at the start: long press, short_count -1
# Callbox:  has its own gestures, from the pin's state at the start on (callbox_device/gpio.py, model/gestures.py).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check typing_extensions==4.16.0
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps adafruit-circuitpython-debouncer==2.0.15 \
  adafruit-circuitpython-ticks==1.1.7 adafruit-circuitpython-typing==1.13.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys
import time
import types

sys.modules["micropython"] = types.ModuleType("micropython")
sys.modules["micropython"].const = int

from adafruit_debouncer import Button  # noqa: E402


def held(down_at_the_start):
    """Whether a long press is told, and how many short ones, of a button that is down for a second."""
    down = down_at_the_start
    button = Button(lambda: not down)
    long_press, counts = False, set()
    for state, seconds in ((down_at_the_start, 0.1), (True, 1)):
        down, end = state, time.monotonic() + seconds
        while time.monotonic() < end:
            button.update()
            long_press |= button.long_press
            counts.add(button.short_count)
            time.sleep(0.005)
    return long_press, min(counts)


seen = {"held later": held(False), "down at the start": held(True)}
for name, (long_press, count) in seen.items():
    print(f"{name}: {'long press, ' if long_press else ''}short_count {count}")
if list(seen.values()) != [(True, 0), (True, -1)]:
    sys.exit("changed: -1 was expected of the button that is down at the start")
PY
