#!/usr/bin/env bash
# keypad-io tells "8TUV8" of one key that is held for half a second, and nothing at all without stop_immediate
#
# Software: keypad-io 0.2.0 (PyPI)
# Guess:    A key with several characters gives the next one when it is pressed again within secondary_max_gap, 200 ms:
#           "8" at the first press, "T" at the second (README). A key that is held is one press. stop_immediate tells
#           whether the key that is found first is returned at once (docstring); without it keys are told as well.
# Seen:     With poll=True, as in the README's example, each poll that finds the key down is a press of its own. They
#           come 100 ms apart, which is within the 200 ms, so the characters go round while the key is held. Without
#           stop_immediate the listeners aren't called at all.
# Output:   key 8 at 5 polls: 8 T U V 8
#           key 5 at 5 polls: 5 5 5 5 5
#           key 8 at 5 polls without stop_immediate: none
# Callbox:  reads a keypad (`board.keypad`) by itself; a key that is held is one press (docs/gestures.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps keypad-io==0.2.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys
import time
import types

POLLS = 5


class Pins:
    """The part of RPi.GPIO that is used, with a keypad at its pins."""

    OUT = IN = LOW = PUD_DOWN = 0
    HIGH = 1

    def __init__(self):
        self.high = set()
        self.held = ()  # its output pin and input pin

    def setup(self, _pins, _direction, initial=0, pull_up_down=0):
        pass

    def output(self, pin, level):
        (self.high.add if level else self.high.discard)(pin)

    def input(self, pin):
        return int(bool(self.held) and self.held[0] in self.high and self.held[1] == pin)

    def cleanup(self, _pins):
        pass


class Pause:
    """The pause between two polls, in the time of this script; the keypad is closed after the last one."""

    def __init__(self, keypad):
        self.keypad, self.polls = keypad, 0

    def wait(self, seconds):
        global now_s
        now_s += seconds
        self.polls += 1
        if self.polls == POLLS:
            self.keypad.__is_closed__ = True


pins = Pins()
sys.modules["RPi"] = types.SimpleNamespace(GPIO=pins)
sys.modules["RPi.GPIO"] = pins
now_s = 1000.0
time.time_ns = lambda: round(now_s * 1e9)

from keypad import Keypad  # noqa: E402

OUTPUTS, INPUTS = [5, 6], [13, 19]
CHARACTERS = [["7", ("8", "T", "U", "V")], ["4", "5"]]


def told(held, **options):
    """The characters that the listener is told while this key is held for five polls."""
    characters = []
    keypad = Keypad(INPUTS, OUTPUTS, CHARACTERS, poll=True, **options)
    keypad.add_listener(lambda character, *_: characters.append(character))
    keypad.poll_sleeper = Pause(keypad)
    pins.held = held
    keypad.__poll_target_func__()
    return characters


seen = {
    "key 8 at 5 polls": told((5, 19)),
    "key 5 at 5 polls": told((6, 19)),
    "key 8 at 5 polls without stop_immediate": told((5, 19), stop_immediate=False),
}
for name, characters in seen.items():
    print(f"{name}:", *(characters or ["none"]))
if list(seen.values()) != [[*"8TUV8"], [*"55555"], []]:
    sys.exit("changed: five characters, five fives and none were expected")
PY
