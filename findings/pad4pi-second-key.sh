#!/usr/bin/env bash
# pad4pi repeats the first key that is held, once, and no other one any more
#
# Software: pad4pi 1.1.5 (PyPI)
# Guess:    With repeat=True and repeat_rate=5 a key that is held is told again after a second (DEFAULT_REPEAT_DELAY),
#           and then five times a second; so is each other key that is held. key_delay is 300 ms by default; it is there
#           for presses that come too soon.
# Seen:     A repetition is a press for it as well, so one that comes within key_delay is dropped, and with it the timer
#           for the next one. The first wait, of a second, is for the first key only, unless a release is noticed, for
#           which no pin is watched: the next key's first repetition comes after 200 ms, and is dropped.
# Output:   key 5 held from 0 to 3 s, key 8 from 5 to 8 s: 5 at 0.0, 5 at 1.0, 8 at 5.0
# Callbox:  reads a keypad (`board.keypad`) by itself; its keys don't repeat (docs/gestures.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps pad4pi==1.1.5
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys
import types

now_s = 0.0
timers = []


class Pins:
    """The part of RPi.GPIO that is used, with a keypad at its pins."""

    BCM = IN = OUT = PUD_UP = FALLING = LOW = 0
    HIGH = 1

    def __init__(self):
        self.callbacks = {}
        self.high = set()
        self.held = None  # its row pin and column pin

    def setmode(self, _mode):
        pass

    def setup(self, _pin, _direction, pull_up_down=0):
        pass

    def add_event_detect(self, pin, _edge, callback, bouncetime):
        self.callbacks[pin] = callback

    def output(self, pin, level):
        (self.high.add if level else self.high.discard)(pin)

    def input(self, pin):
        return int(self.held is None or self.held[0] != pin or self.held[1] in self.high)


class Timer:
    """threading.Timer in the time of this script."""

    def __init__(self, seconds, function):
        self.end_s, self.function = now_s + seconds, function

    def start(self):
        timers.append(self)

    def cancel(self):
        timers.remove(self)


def run_until(end_s):
    """The timers that end by then, in their order."""
    global now_s
    while timers and min(timer.end_s for timer in timers) <= end_s:
        timer = min(timers, key=lambda timer: timer.end_s)
        timers.remove(timer)
        now_s = timer.end_s
        timer.function()
    now_s = end_s


pins = Pins()
sys.modules["RPi"] = types.SimpleNamespace(GPIO=pins)
sys.modules["RPi.GPIO"] = pins

from pad4pi import rpi_gpio  # noqa: E402

rpi_gpio.Timer = Timer
rpi_gpio.Keypad.getTimeInMillis = lambda _self: 1000 * (100 + now_s)
ROWS, COLUMNS = [4, 14, 15, 17], [18, 27, 22]
keypad = rpi_gpio.KeypadFactory().create_keypad(row_pins=ROWS, col_pins=COLUMNS, repeat=True, repeat_rate=5)
told = []
keypad.registerKeyPressHandler(lambda key: told.append(f"{key} at {now_s:.1f}"))
for begin_s, row, column in ((0, 14, 27), (5, 15, 27)):
    run_until(begin_s)
    pins.held = (row, column)
    pins.callbacks[row](row)
    run_until(begin_s + 3)
    pins.held = None
run_until(20)
print("key 5 held from 0 to 3 s, key 8 from 5 to 8 s:", ", ".join(told))
if told != ["5 at 0.0", "5 at 1.0", "8 at 5.0"]:
    sys.exit("changed: one repetition of the first key was expected")
PY
