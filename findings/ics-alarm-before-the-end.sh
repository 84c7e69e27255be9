#!/usr/bin/env bash
# ics moves an alarm from before the end of an event to before its beginning
#
# Software: ics 0.7.3
# Guess:    TRIGGER;RELATED=END:-PT5M is five minutes before the end (RFC 5545, section 3.8.6.3): a calendar that is
#           read and written again keeps it, as it keeps parameters that it doesn't know elsewhere.
# Seen:     RELATED=END is dropped, so the alarm is five minutes before the beginning.
# Output:   read:    TRIGGER;RELATED=END:-PT5M
#           written: TRIGGER:-PT5M
# Callbox:  has no calendar files: its alarms are its own, in wall time of their zone (docs/alarms.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check ics==0.7.3
"$tmp/venv/bin/python" -W ignore - <<'PY'
import re
import sys

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

before = LINES % ("20260327T070000", "FREQ=DAILY;COUNT=3")
seen = [re.search(r"TRIGGER.*", text)[0].strip() for text in (before, Calendar(before).serialize())]
print("read:   ", seen[0])
print("written:", seen[1])
if seen[1] != "TRIGGER:-PT5M":
    sys.exit("changed: a trigger without RELATED was expected")
PY
