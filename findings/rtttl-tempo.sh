#!/usr/bin/env bash
# rtttl raises AttributeError on a ringtone of 120 beats per minute, and needs all three defaults
#
# Software: rtttl 0.2
# Guess:    Any tempo is played, as by other players of RTTTL; a default that is left out is d=4, o=6 or b=63.
# Seen:     There are 32 tempi, from 25 to 900; 112 and 125 are among them. What the library would say of another one
#           ends in AttributeError, as Python 3's exceptions have no message. Defaults are all three, in order, or none.
# Output:   chime:d=4,o=5,b=125:c,g => 523 Hz for 480 ms, 784 Hz for 480 ms
#           chime:d=4,o=5,b=120:c,g => AttributeError
#           chime:b=125:c5,g5 => InvalidDefaults
#           chime::c5,g5 => 523 Hz for 952 ms, 784 Hz for 952 ms
# Callbox:  plays its chimes from its own sounds.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check rtttl==0.2
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from rtttl import parse_rtttl
from rtttl.exceptions import InvalidDefaults

seen = []
for text in ("chime:d=4,o=5,b=125:c,g", "chime:d=4,o=5,b=120:c,g", "chime:b=125:c5,g5", "chime::c5,g5"):
    try:
        notes = parse_rtttl(text)["notes"]
        seen.append(", ".join(f"{note['frequency']:.0f} Hz for {note['duration']:.0f} ms" for note in notes))
    except (AttributeError, InvalidDefaults) as error:
        seen.append(type(error).__name__)
    print(f"{text} => {seen[-1]}")
if seen[1:3] != ["AttributeError", "InvalidDefaults"]:
    sys.exit("changed: AttributeError and InvalidDefaults were expected")
PY
