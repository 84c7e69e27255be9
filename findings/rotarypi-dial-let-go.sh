#!/usr/bin/env bash
# rotarypi raises RuntimeError when the dial of a telephone is let go before a digit
#
# Software: rotarypi 2.1.2 (PyPI)
# Guess:    A dial that is turned a little, not up to the stop, dials nothing when it is let go: the counter is 0, for
#           which the reader looks. The digits before and after are told.
# Seen:     It releases a lock that it has acquired only with a digit: "release unlocked lock". That is raised in the
#           thread in which RPi.GPIO calls back.
# Output:   pulses 3, 0, 10: 3, RuntimeError: release unlocked lock, 0
# Callbox:  reads a dial (`board.rotary_dial`) from its two contacts by itself (docs/gestures.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps rotarypi==2.1.2
"$tmp/venv/bin/python" -W ignore - <<'PY'
import queue
import sys
import types


class Pins:
    """The part of RPi.GPIO that is used, with callbacks that are called at once."""

    BCM = IN = PUD_UP = BOTH = RISING = 0

    def __init__(self):
        self.callbacks = {}
        self.levels = {}

    def setmode(self, _mode):
        pass

    def setup(self, pin, _direction, pull_up_down):
        self.levels[pin] = 1

    def input(self, pin):
        return self.levels[pin]

    def add_event_detect(self, pin, _edge, callback, bouncetime):
        self.callbacks[pin] = callback

    def edge(self, pin, level):
        self.levels[pin] = level
        self.callbacks[pin](pin)


pins = Pins()
sys.modules["RPi"] = types.SimpleNamespace(GPIO=pins)
sys.modules["RPi.GPIO"] = pins

from rotarypi import DialPinout, RotaryReader  # noqa: E402

events = queue.Queue()
RotaryReader(events).start()
seen = []
for pulses in (3, 0, 10):
    pins.edge(DialPinout.dial_pin, 0)  # the dial leaves its rest
    for _ in range(pulses):
        pins.callbacks[DialPinout.counter_pin](DialPinout.counter_pin)
    try:
        pins.edge(DialPinout.dial_pin, 1)  # and is back there
        seen.append(str(events.get_nowait().data))
    except RuntimeError as error:
        seen.append(f"RuntimeError: {error}")
    except queue.Empty:
        seen.append("nothing")
print("pulses 3, 0, 10:", ", ".join(seen))
if seen != ["3", "RuntimeError: release unlocked lock", "0"]:
    sys.exit("changed: an error between two digits was expected")
PY
