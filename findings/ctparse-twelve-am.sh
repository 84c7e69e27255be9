#!/usr/bin/env bash
# ctparse takes 12:30 am for half past noon
#
# Software: ctparse 0.3.6 (PyPI)
# Guess:    It reads times of the day in English and German: "1:30 am" is 01:30, "1:30 pm" 13:30, German "halb eins" the next
#           00:30. 12:30 am is 00:30.
# Seen:     From 12:00 to 12:59 "am" is as good as "pm". In German "in einer Stunde" (in an hour) is one o'clock in the morning,
#           where "in zwei Stunden" is a duration of 2 hours.
# Output:   1:30 am: 2026-12-02 01:30
#           12:30 am: 2026-12-01 12:30
#           12:30 pm: 2026-12-01 12:30
#           12 am: 2026-12-01 12:00
#           in zwei Stunden: 2 hours
#           in einer Stunde: 2026-12-02 01:00
# Callbox:  its timers take seconds, a time of the day or a day; the bot makes them of what is said (docs/alarms.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install --quiet --disable-pip-version-check ctparse==0.3.6
cat > "$tmp/times.py" <<'PY'
import logging
import sys
from datetime import datetime

from ctparse import ctparse

EXPECTED = {
    "1:30 am": "2026-12-02 01:30",
    "12:30 am": "2026-12-01 12:30",
    "12:30 pm": "2026-12-01 12:30",
    "12 am": "2026-12-01 12:00",
    "in zwei Stunden": "2 hours",
    "in einer Stunde": "2026-12-02 01:00",
}
logging.disable(logging.CRITICAL)
changed = False
for said, expected in EXPECTED.items():
    found = str(ctparse(said, ts=datetime(2026, 12, 1, 10, 0), timeout=0).resolution).partition(" (")[0]
    print(f"{said}: {found}")
    changed |= found != expected
sys.exit("changed: the lines of the header were expected" if changed else 0)
PY
"$tmp/venv/bin/python" "$tmp/times.py"
