#!/usr/bin/env bash
# icalendar writes a time zone that no calendar knows for a time with an offset
#
# Software: icalendar 7.3.2
# Guess:    A datetime with a fixed offset, as datetime.fromisoformat() makes it of 2026-10-25T07:30:00+01:00, is
#           written in UTC, as RFC 5545 has no offsets (section 3.3.5).
# Seen:     It gets the TZID UTC+01:00, which no reader knows; icalendar itself reads a time without a zone back.
# Output:   DTSTART;TZID="UTC+01:00":20261025T073000
#           VTIMEZONE: False
#           read back: 2026-10-25T07:30:00
# Callbox:  has no calendar files: its alarms are its own, in wall time of their zone (docs/alarms.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check icalendar==7.3.2 tzdata==2026.6
"$tmp/venv/bin/python" -W ignore - <<'PY'
import datetime
import sys

import icalendar

event = icalendar.Event()
event.add("dtstart", datetime.datetime.fromisoformat("2026-10-25T07:30:00+01:00"))
calendar = icalendar.Calendar()
calendar.add_component(event)
text = calendar.to_ical().decode()
line = next(line for line in text.splitlines() if line.startswith("DTSTART"))
back = icalendar.Calendar.from_ical(text).walk("VEVENT")[0]["DTSTART"].dt
print(line)
print("VTIMEZONE:", "VTIMEZONE" in text)
print("read back:", back.isoformat())
if "UTC+01:00" not in line or "VTIMEZONE" in text:
    sys.exit("changed: a TZID without a VTIMEZONE was expected")
PY
