#!/usr/bin/env bash
# isoduration is back in an hour when it is told half an hour, and loses the half second of the time that it is given
#
# Software: isoduration 20.11.0 (PyPI), Python 3.11
# Guess:    Durations can be added to Python's datetimes by the rules of XML Schema (its README and docstring), in which
#           seconds have fractions; ISO 8601 allows a fraction in the smallest unit that is written, as in PT0.5H. It
#           parses both, and keeps them as decimals.
# Seen:     Each field of the result is rounded to a whole number by itself: half an hour is an hour, a minute and a
#           half are two, a quarter of a second is nothing. Where that makes 60 seconds or 24 hours, it raises
#           ValueError. The fraction of the start is dropped.
# Output:   12:00:00 + PT0.5H: 13:00:00
#           12:00:00 + PT1.5M: 12:02:00
#           12:00:00 + PT0.25S: 12:00:00
#           12:00:59 + PT0.6S: ValueError
#           12:00:00.500 + PT1S: 12:00:01
# Callbox:  its settings have durations as a number in the unit that the key names (docs/settings.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check isoduration==20.11.0
"$tmp/venv/bin/python" - <<'PY'
import sys
from datetime import datetime

from isoduration import parse_duration

seen = []
for start, duration in (
    ("12:00:00", "PT0.5H"),
    ("12:00:00", "PT1.5M"),
    ("12:00:00", "PT0.25S"),
    ("12:00:59", "PT0.6S"),
    ("12:00:00.500", "PT1S"),
):
    try:
        end = datetime.fromisoformat(f"2026-11-30T{start}") + parse_duration(duration)
        seen.append(f"{end:%H:%M:%S}" if not end.microsecond else str(end.time()))
    except ValueError as error:
        seen.append(type(error).__name__)
    print(f"{start} + {duration}: {seen[-1]}")
if seen != ["13:00:00", "12:02:00", "12:00:00", "ValueError", "12:00:01"]:
    sys.exit("changed: whole hours, minutes and seconds were expected")
PY
