#!/usr/bin/env bash
# plivo, the Python package, raises ValueError for the default of its own documentation
#
# Software: plivo 4.63.0 (PyPI)
# Guess:    GetInputElement(digit_end_timeout="auto") writes digitEndTimeout="auto": of this attribute and of
#           speechEndTimeout Plivo's documentation says "2 to 10, or auto", and that auto is the default (Voice XML, GetInput).
# Seen:     Both are made a whole number of: "auto" raises ValueError, so a caller's pause can be given in seconds, or be
#           left out, but not be set back to the default in words.
# Output:   digit_end_timeout 3: <GetInput action="https://bot.example" digitEndTimeout="3"/>
#           digit_end_timeout 'auto': ValueError: invalid literal for int() with base 10: 'auto'
#           speech_end_timeout 'auto': ValueError: invalid literal for int() with base 10: 'auto'
# Callbox:  makes no call by Plivo; a bot's service may.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check plivo==4.63.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import re
import sys

from plivo import plivoxml

seen = []
for name, value in (("digit_end_timeout", 3), ("digit_end_timeout", "auto"), ("speech_end_timeout", "auto")):
    try:
        element = plivoxml.GetInputElement(action="https://bot.example", **{name: value})
        text = plivoxml.ResponseElement().add(element).to_string(False)
        seen.append(re.search("<GetInput[^>]*>", text)[0])
    except ValueError as error:
        seen.append(f"{type(error).__name__}: {error}")
    print(f"{name} {value!r}: {seen[-1]}")
if 'digitEndTimeout="3"' not in seen[0] or not all(one.startswith("ValueError") for one in seen[1:]):
    sys.exit('changed: 3 was expected to be written, and ValueError for "auto"')
PY
