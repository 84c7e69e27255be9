#!/usr/bin/env bash
# quantulum3 takes the minutes of a timer for minutes of arc, and "2 a.m." for two years
#
# Software: quantulum3 0.10.0, without the packages of its classifier
# Guess:    It extracts quantities with their units from text: "two minutes" is a time, as "5 hours" is, and 2 a.m. is a
#           time of day, which it leaves out as it does 7 am.
# Seen:     Minutes and seconds are angles, hours are time. a is the unit of a year.
# Output:   in two minutes: 2.0 minute of arc
#           in 30 seconds: 30.0 second of arc
#           in 5 hours: 5.0 hour
#           wake me at 7 am: nothing
#           wake me at 2 a.m.: 2.0 year
# Callbox:  has no sentences; the bot understands them.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check quantulum3==0.10.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from quantulum3 import parser

seen = []
for text in ("in two minutes", "in 30 seconds", "in 5 hours", "wake me at 7 am", "wake me at 2 a.m."):
    seen.append(", ".join(f"{quantity.value} {quantity.unit.name}" for quantity in parser.parse(text)) or "nothing")
    print(f"{text}: {seen[-1]}")
if seen != ["2.0 minute of arc", "30.0 second of arc", "5.0 hour", "nothing", "2.0 year"]:
    sys.exit("changed: minutes of arc and years were expected")
PY
