#!/usr/bin/env bash
# ics writes a recurring event in UTC, so it is an hour late all summer
#
# Software: ics 0.7.3
# Guess:    A calendar that is read and written again is the same: the event at 7:00 of Europe/Berlin, each day, stays
#           at 7:00.
# Seen:     The rule is kept as it was, yet its beginning is written in UTC, and the time zone dropped: from the end of
#           March on, the alarm rings at 8:00.
# Output:   DTSTART:20260327T060000Z RRULE:FREQ=DAILY;COUNT=3
#           Europe/Berlin: 27 Mar 07:00, 28 Mar 07:00, 29 Mar 08:00
# Callbox:  has no calendar files: its alarms are its own, in wall time of their zone (docs/alarms.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check ics==0.7.3 python-dateutil==2.9.0.post0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import re
import sys
import zoneinfo

from dateutil import rrule
from ics import Calendar

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

text = Calendar(LINES % ("20260327T070000", "FREQ=DAILY;COUNT=3")).serialize()
start, rule = re.search(r"DTSTART.*", text)[0].strip(), re.search(r"RRULE:FREQ=DAILY.*", text)[0].strip()
times = [time.astimezone(zoneinfo.ZoneInfo("Europe/Berlin")) for time in rrule.rrulestr(f"{start}\n{rule}")]
seen = [f"{time:%d %b %H:%M}" for time in times]
print(start, rule)
print("Europe/Berlin:", ", ".join(seen))
if seen != ["27 Mar 07:00", "28 Mar 07:00", "29 Mar 08:00"]:
    sys.exit("changed: 8:00 was expected on 29 March")
PY
