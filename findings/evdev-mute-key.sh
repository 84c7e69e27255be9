#!/usr/bin/env bash
# python-evdev names the mute key by a tuple
#
# Software: evdev 2.0.0, with the kernel's headers of Debian 12
# Guess:    KeyEvent.keycode of a headset's or a speakerphone's mute key is "KEY_MUTE", as it is "KEY_VOLUMEUP" for the
#           key beside it.
# Seen:     It is ("KEY_MIN_INTERESTING", "KEY_MUTE"), because the kernel's header has a second name for code 113;
#           keycode == "KEY_MUTE" is never true.
# Output:   code 113: ('KEY_MIN_INTERESTING', 'KEY_MUTE')
#           code 115: 'KEY_VOLUMEUP'
# Callbox:  nothing yet; its button is a GPIO pin.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check evdev==2.0.0
"$tmp/venv/bin/python" - <<'PY'
import sys

from evdev import KeyEvent, ecodes
from evdev.events import InputEvent

seen = {}
for code in (ecodes.KEY_MUTE, ecodes.KEY_VOLUMEUP):
    seen[code] = KeyEvent(InputEvent(0, 0, ecodes.EV_KEY, code, 1)).keycode
    print(f"code {code}: {seen[code]!r}")
if seen != {113: ("KEY_MIN_INTERESTING", "KEY_MUTE"), 115: "KEY_VOLUMEUP"}:
    sys.exit("changed: a tuple was expected for the mute key, and a text for the other")
PY
