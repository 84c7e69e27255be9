#!/usr/bin/env bash
# parse-opening-hours opens at noon for 12:30 am, ends a week with Saturday, and loses Wednesday of Sunday to Wednesday
#
# Software: parse-opening-hours 0.4.2, pyparsing 3.3.3 (PyPI)
# Guess:    12 am is midnight, 12 pm noon, and 9 am stays in the morning. "Su - W" are four days and "Fri - Mon" too: an
#           entry for each day, as in the example of its README for "Mon- Fri".
# Seen:     12:30am is 12:30, and as 9 am is then before it, 9 am becomes 21:00. A range of days that goes over the end
#           of the week is cut off: Fri - Mon is Friday, Su - W ends with Tuesday. Sunday CLOSED, which its grammar has,
#           raises TypeError.
# Output:   Mon - Tue 9am - 5pm: mon 9:00-17:00, tue 9:00-17:00
#           Mon 12:30am - 9am: mon 12:30-21:00
#           Mon 12am - 12pm: mon 12:00-12:00
#           Fri - Mon 9am - 5pm: fri 9:00-17:00
#           Su - W 9am - 5pm: sun 9:00-17:00, mon 9:00-17:00, tue 9:00-17:00
#           Sunday CLOSED: TypeError
# Callbox:  its quiet hours are times of day from 00:00 to 23:59 (docs/settings.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check parse-opening-hours==0.4.2 pyparsing==3.3.3
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from opening_hours import OpeningHours

seen = []
for text in (
    "Mon - Tue 9am - 5pm",
    "Mon 12:30am - 9am",
    "Mon 12am - 12pm",
    "Fri - Mon 9am - 5pm",
    "Su - W 9am - 5pm",
    "Sunday CLOSED",
):
    try:
        entries = OpeningHours.parse(text).json()
        seen.append(", ".join(f"{entry['day'][:3]} {entry['opens']}-{entry['closes']}" for entry in entries))
    except TypeError:
        seen.append("TypeError")
    print(f"{text}: {seen[-1]}")
if seen[1:4] != ["mon 12:30-21:00", "mon 12:00-12:00", "fri 9:00-17:00"] or "wed" in seen[4] or seen[5] != "TypeError":
    sys.exit("changed: 12:30-21:00, 12:00-12:00, Friday alone, no Wednesday, and a TypeError were expected")
PY
