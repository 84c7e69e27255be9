#!/usr/bin/env bash
# An hourly rule of dateutil leaves out an hour in the night of the hour back
#
# Software: python-dateutil 2.9.0.post0, recurring-ical-events 3.8.2 (icalendar 7.3.2)
# Guess:    FREQ=HOURLY is each hour: hours, minutes and seconds are counted as exact time, days and more as wall time
#           (RFC 5545, section 3.3.10). A reminder of each hour comes in the hour that is there twice, too.
# Seen:     It counts wall time: between 2:30 and 3:30 two hours pass. recurring-ical-events takes it over, so a
#           calendar in Python has a gap of two hours there.
# Output:   dateutil, UTC: 22:30 23:30 00:30 02:30 03:30
#           recurring-ical-events, UTC: 22:30 23:30 00:30 02:30 03:30
# Callbox:  has no calendar files: its alarms are its own, in wall time of their zone (docs/alarms.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check python-dateutil==2.9.0.post0 recurring-ical-events==3.8.2 \
  icalendar==7.3.2 tzdata==2026.6
"$tmp/venv/bin/python" -W ignore - <<'PY'
import datetime
import sys
import zoneinfo

import icalendar
import recurring_ical_events
from dateutil import rrule

LINES = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:alarms
BEGIN:VTIMEZONE
TZID:Europe/Berlin
BEGIN:STANDARD
DTSTART:19701025T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19700329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
END:VTIMEZONE
BEGIN:VEVENT
UID:alarm
DTSTAMP:20260101T000000Z
DTSTART;TZID=Europe/Berlin:%s
DURATION:PT30M
RRULE:%s
SUMMARY:Alarm
BEGIN:VALARM
ACTION:DISPLAY
DESCRIPTION:Alarm
TRIGGER;RELATED=END:-PT5M
END:VALARM
END:VEVENT
END:VCALENDAR
""".replace("\n", "\r\n")

start = datetime.datetime(2026, 10, 25, 0, 30, tzinfo=zoneinfo.ZoneInfo("Europe/Berlin"))
calendar = icalendar.Calendar.from_ical(LINES % ("20261025T003000", "FREQ=HOURLY;COUNT=5"))
events = recurring_ical_events.of(calendar).between((2026, 10, 24), (2026, 10, 27))
seen = {
    "dateutil": list(rrule.rrulestr("FREQ=HOURLY;COUNT=5", dtstart=start)),
    "recurring-ical-events": [event["DTSTART"].dt for event in events],
}
for name, times in seen.items():
    seen[name] = [f"{time.astimezone(datetime.UTC):%H:%M}" for time in times]
    print(f"{name}, UTC:", *seen[name])
if any(times != ["22:30", "23:30", "00:30", "02:30", "03:30"] for times in seen.values()):
    sys.exit("changed: 01:30 was expected to be left out")
PY
