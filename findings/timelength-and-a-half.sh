#!/usr/bin/env bash
# timelength takes "two and a half hours" for half an hour, and "an hour and a half" for an hour
#
# Software: timelength 3.0.4
# Guess:    A half behind "and" belongs to the number in front of it: its documentation takes numerals in words, and
#           "half of a day" and "1 1/2 hours" as fractions. What can't be read isn't a success.
# Seen:     The number in front of "and a half" is dropped, and result.success is true. So a timer of two and a half
#           hours rings after 30 minutes. A minus is dropped too.
# Output:   half an hour: 1800 s, success: True
#           two and a half hours: 1800 s, success: True
#           an hour and a half: 3600 s, success: True
#           a minute and a half: 60 s, success: True
#           -5 minutes: 300 s, success: True
# Callbox:  reads no times in words: the bot's model sends a number or a time of day (docs/tools.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check timelength==3.0.4
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from timelength import TimeLength

seen = {}
for text in ("half an hour", "two and a half hours", "an hour and a half", "a minute and a half", "-5 minutes"):
    result = TimeLength(text).result
    seen[text] = result.seconds
    print(f"{text}: {result.seconds:.0f} s, success: {result.success}")
if list(seen.values()) != [1800, 1800, 3600, 60, 300]:
    sys.exit("changed: half an hour was expected of two and a half hours")
PY
