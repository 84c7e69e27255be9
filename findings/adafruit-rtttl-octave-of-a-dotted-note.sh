#!/usr/bin/env bash
# Adafruit's RTTTL player can't be imported on a Raspberry Pi, and plays a dotted note in another octave
#
# Software: adafruit-circuitpython-rtttl 2.4.29, Python 3.11, with modules that stand for Blinka's PWM and
#           CircuitPython's audioio, which Blinka doesn't have
# Guess:    Blinka is a requirement of the package, so it runs on a Raspberry Pi, by PWM. The dot of a dotted note
#           stands behind its octave: 4c6. is C6 (Nokia's Smart Messaging specification 3.0, "RTTTL").
# Seen:     The import raises NameError: an annotation names AudioOut of audioio. With audioio in place of it 4c6. is
#           C5, the octave of the defaults: the octave is looked for in the last character.
# Output:   without audioio: NameError
#           4c: 523 Hz for 1.0 s
#           4c6: 1046 Hz for 1.0 s
#           4c6.: 523 Hz for 1.5 s
# Callbox:  makes its own chimes (docs/chimes.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps adafruit-circuitpython-rtttl==2.4.29
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys
import types

played = []


class PWMOut:
    """The frequencies that are set."""

    def __init__(self, *_, **__):
        pass

    def __setattr__(self, name, value):
        if name == "frequency":
            played.append(value)

    def deinit(self):
        pass


class AudioOut:
    """A pin that has no DAC."""

    def __init__(self, *_):
        raise ValueError("no DAC")


def module(name, **contents):
    sys.modules[name] = types.ModuleType(name)
    vars(sys.modules[name]).update(contents)


module("pwmio", PWMOut=PWMOut)
try:
    import adafruit_rtttl  # noqa: F401

    without = "imported"
except NameError as error:
    without = type(error).__name__
print("without audioio:", without)
module("audioio", AudioOut=AudioOut)
module("adafruit_waveform", sine=types.SimpleNamespace(sine_wave=lambda *_: None))
import adafruit_rtttl  # noqa: E402, F811

adafruit_rtttl.time = types.SimpleNamespace(sleep=played.append)
seen = {}
for note in ("4c", "4c6", "4c6."):
    played.clear()
    adafruit_rtttl.play(None, f"tune:d=4,o=5,b=60:{note}")
    seen[note] = played[0], round(played[1], 3)
    print(f"{note}: {seen[note][0]} Hz for {seen[note][1]} s")
if without != "NameError" or list(seen.values()) != [(523, 1.0), (1046, 1.0), (523, 1.5)]:
    sys.exit("changed: NameError, and 523 Hz of 4c6., were expected")
PY
