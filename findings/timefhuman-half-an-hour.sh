#!/usr/bin/env bash
# timefhuman makes a whole hour of "in half an hour" and of "in a quarter of an hour"
#
# Software: timefhuman 0.1.5 (PyPI)
# Guess:    It has durations, also with fractions: "in 1.5 hours" at 10:00 is 11:30. What it can't read isn't found: "in one and
#           a half hours" gives nothing.
# Seen:     Of "half an hour", "a quarter of an hour" and "an hour and a half" it reads "an hour", and says nothing of the rest.
#           A timer set by it ends half an hour late, or early.
# Output:   in 1.5 hours: 11:30
#           in half an hour: 11:00
#           in a quarter of an hour: 11:00
#           in an hour and a half: 11:00
# Callbox:  its timers take seconds, a time of the day or a day; the bot makes them of what is said (docs/alarms.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install --quiet --disable-pip-version-check timefhuman==0.1.5
cat > "$tmp/durations.py" <<'PY'
import sys
from datetime import datetime

from timefhuman import tfhConfig, timefhuman

EXPECTED = {
    "in 1.5 hours": "11:30",
    "in half an hour": "11:00",
    "in a quarter of an hour": "11:00",
    "in an hour and a half": "11:00",
}
config = tfhConfig(now=datetime(2026, 12, 1, 10, 0))
changed = False
for said, expected in EXPECTED.items():
    [found] = timefhuman(said, config)
    print(f"{said}: {found:%H:%M}")
    changed |= f"{found:%H:%M}" != expected
sys.exit("changed: the lines of the header were expected" if changed else 0)
PY
"$tmp/venv/bin/python" "$tmp/durations.py"
