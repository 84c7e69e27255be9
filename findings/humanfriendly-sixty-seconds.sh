#!/usr/bin/env bash
# humanfriendly says "1 minute and 60 seconds" and "1000 KB", and has no minutes below zero
#
# Software: humanfriendly 10.0 (PyPI), Python 3.11
# Guess:    format_timespan() and format_size() choose the largest units that fit, as "1 year, 2 days and 3 hours" and
#           "1 KB" of their docstrings: 119.999 s is 2 minutes, 999999 octets are 1 MB, and -90 s is -1 minute and 30
#           seconds.
# Seen:     The number of seconds is rounded after the minutes were taken off, so there are 60 just below each minute,
#           and the size after its unit was chosen. Below zero all is seconds.
# Output:   90 s: 1 minute and 30 seconds
#           119.999 s: 1 minute and 60 seconds
#           86399.999 s: 23 hours, 59 minutes and 60 seconds
#           -90 s: -90 seconds
#           999999 octets: 1000 KB
# Callbox:  its settings have durations as a number in the unit that the key names (docs/settings.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check humanfriendly==10.0
"$tmp/venv/bin/python" - <<'PY'
import sys

from humanfriendly import format_size, format_timespan

seen = []
for seconds in (90, 119.999, 86399.999, -90):
    seen.append(format_timespan(seconds))
    print(f"{seconds} s: {seen[-1]}")
seen.append(format_size(999999))
print("999999 octets:", seen[-1])
expected = ["1 minute and 60 seconds", "23 hours, 59 minutes and 60 seconds", "-90 seconds", "1000 KB"]
if seen[1:] != expected:
    sys.exit("changed: 60 seconds, -90 seconds and 1000 KB were expected")
PY
