#!/usr/bin/env bash
# crontab, the Python package, rings in each minute for 55-5, and refuses an example of its own documentation
#
# Software: crontab 1.0.5 (PyPI)
# Guess:    "turning 55-5,1 -> 0,1,2,3,4,5,55,56,57,58,59", says its docstring of loop=True. So 22-6 is a night of nine
#           hours, and fri-mon four days. "24 7 * * Lwed-fri" is "7:24 AM on the last wednesday, thursday, and friday"
#           (README).
# Seen:     The range is taken from its end to the field's end and from there to its beginning: all values, so an alarm
#           of the night rings all day. Lwed-fri raises ValueError: after an L there may be digits alone.
# Output:   minutes of 55-5,1: 60
#           hours of 22-6: 24
#           weekdays of fri-mon: 7
#           24 7 * * Lwed-fri: last <day> specifier must include a day number or range 0..7 in the 'weekday' field, you
#           entered 'lwed-fri'
# Callbox:  has no cron lines: an alarm names its weekdays (docs/alarms.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check crontab==1.0.5
"$tmp/venv/bin/python" - <<'PY'
import sys

from crontab import CronTab

seen = []
for unit, field, line in (
    ("minute", "55-5,1", "55-5,1 * * * *"),
    ("hour", "22-6", "0 22-6 * * *"),
    ("weekday", "fri-mon", "0 7 * * fri-mon"),
):
    seen.append(len(getattr(CronTab(line, loop=True).matchers, unit).allowed))
    print(f"{unit}s of {field}: {seen[-1]}")
try:
    CronTab("24 7 * * Lwed-fri")
    seen.append("taken")
except ValueError as error:
    seen.append("ValueError")
    print(f"24 7 * * Lwed-fri: {error}")
if seen != [60, 24, 7, "ValueError"]:
    sys.exit("changed: all values of each field, and ValueError for Lwed-fri, were expected")
PY
