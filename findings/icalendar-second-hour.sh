#!/usr/bin/env bash
# icalendar writes the second 2:30 of the night of the hour back as the first one
#
# Software: icalendar 7.3.2
# Guess:    A datetime with fold=1 is the second 2:30 of the night in which the clock goes back. A local time in
#           iCalendar is the first one (RFC 5545, section 3.3.5), so it is written in UTC, or an error is raised.
# Seen:     It is written as the local time: what is read back is an hour earlier.
# Output:   fold=0: DTSTART;TZID=Europe/Berlin:20261025T023000, read back +0 h
#           fold=1: DTSTART;TZID=Europe/Berlin:20261025T023000, read back -1 h
# Callbox:  has no calendar files: its alarms are its own, in wall time of their zone (docs/alarms.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check icalendar==7.3.2 tzdata==2026.6
"$tmp/venv/bin/python" -W ignore - <<'PY'
import datetime
import sys
import zoneinfo

import icalendar

BERLIN, seen = zoneinfo.ZoneInfo("Europe/Berlin"), []
for fold in (0, 1):
    event = icalendar.Event()
    event.add("dtstart", datetime.datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN, fold=fold))
    text = event.to_ical()
    back = icalendar.Event.from_ical(text)["DTSTART"].dt
    apart = back.astimezone(datetime.UTC) - event["DTSTART"].dt.astimezone(datetime.UTC)
    seen.append(apart.total_seconds() / 3600)
    print(f"fold={fold}: {text.decode().splitlines()[1]}, read back {seen[-1]:+.0f} h")
if seen != [0, -1]:
    sys.exit("changed: an hour was expected to be lost with fold=1")
PY
