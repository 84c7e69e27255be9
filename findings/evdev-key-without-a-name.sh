#!/usr/bin/env bash
# python-evdev raises KeyError for a key that its kernel headers didn't name
#
# Software: evdev 2.0.0, with the kernel's headers of Debian 12
# Guess:    categorize() makes a KeyEvent of any key event, as the kernel may send each code up to KEY_MAX: a code
#           without a name, of a maker's own key or of a newer kernel than the headers that evdev was built with, has
#           its number as keycode.
# Seen:     It raises KeyError with the number. KeyEvent() itself has an argument allow_unknown for that, which
#           categorize() doesn't pass. A program that reads keys by categorize() ends at the first press of such a key.
# Output:   code 164 of 767: categorize(): 'KEY_PLAYPAUSE'; KeyEvent(..., allow_unknown=True): 'KEY_PLAYPAUSE'
#           code 766 of 767: categorize(): KeyError(766); KeyEvent(..., allow_unknown=True): '0x2FE'
# Callbox:  reads the kernel's events by itself, codes as numbers (callbox_device/input_devices.py).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check evdev==2.0.0
"$tmp/venv/bin/python" - <<'PY'
import sys

from evdev import InputEvent, KeyEvent, categorize, ecodes

seen = {}
for code in (ecodes.KEY_PLAYPAUSE, ecodes.KEY_MAX - 1):
    press = InputEvent(0, 0, ecodes.EV_KEY, code, 1)
    try:
        seen[code] = categorize(press).keycode
    except KeyError as error:
        seen[code] = error
    print(f"code {code} of {ecodes.KEY_MAX}: categorize(): {seen[code]!r};", end=" ")
    print("KeyEvent(..., allow_unknown=True):", repr(KeyEvent(press, allow_unknown=True).keycode))
if seen[ecodes.KEY_PLAYPAUSE] != "KEY_PLAYPAUSE" or not isinstance(seen[ecodes.KEY_MAX - 1], KeyError):
    sys.exit("changed: KeyError was expected of the key without a name")
PY
