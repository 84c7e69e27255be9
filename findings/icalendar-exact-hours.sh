#!/usr/bin/env bash
# Three calendar libraries take 24 hours for a day, so an alarm 8 hours before is 7 hours before
#
# Software: icalendar 7.3.2, recurring-ical-events 3.8.2, ical 14.3.1
# Guess:    A duration in hours is exact, one in days isn't (RFC 5545, section 3.3.6): in the night of the hour back an
#           event of PT24H from 12:00 in Berlin ends at 11:00, one of P1D at 12:00. An alarm of -PT8H before 7:30 in the
#           morning after the hour forward is at 22:30.
# Seen:     Both end at 12:00, which is 25 hours. The alarm is at 23:30, 7 hours before.
# Output:   PT24H: icalendar 12:00, recurring-ical-events 12:00, ical 12:00
#           P1D: icalendar 12:00, recurring-ical-events 12:00, ical 12:00
#           -PT8H: icalendar 23:30
# Callbox:  has no calendar files; its own times are exact across both nights (docs/alarms.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check icalendar==7.3.2 recurring-ical-events==3.8.2 ical==14.3.1
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys
import zoneinfo

import icalendar
import recurring_ical_events
from ical.calendar_stream import IcsCalendarStream

CALENDAR = """BEGIN:VCALENDAR
PRODID:finding
VERSION:2.0
BEGIN:VEVENT
UID:1
DTSTAMP:20260101T000000Z
DTSTART;TZID=Europe/Berlin:{}
DURATION:{}
SUMMARY:x
BEGIN:VALARM
ACTION:AUDIO
TRIGGER:-PT8H
END:VALARM
END:VEVENT
END:VCALENDAR
"""


def ends(duration):
    text = CALENDAR.format("20261024T120000", duration)
    calendar = icalendar.Calendar.from_ical(text)
    [occurrence] = recurring_ical_events.of(calendar).between((2026, 10, 1), (2026, 11, 1))
    [event] = IcsCalendarStream.calendar_from_ics(text).timeline_tz(zoneinfo.ZoneInfo("Europe/Berlin"))
    return [f"{end:%H:%M}" for end in (calendar.events[0].end, occurrence.end, event.end)]


seen = {}
for duration in ("PT24H", "P1D"):
    seen[duration] = ends(duration)
    names = ("icalendar", "recurring-ical-events", "ical")
    print(f"{duration}:", ", ".join(f"{name} {end}" for name, end in zip(names, seen[duration], strict=True)))
morning = icalendar.Calendar.from_ical(CALENDAR.format("20260329T073000", "PT30M"))
[alarm] = [f"{time.trigger:%H:%M}" for time in morning.events[0].alarms.times]
print("-PT8H: icalendar", alarm)
if seen != {"PT24H": ["12:00"] * 3, "P1D": ["12:00"] * 3} or alarm != "23:30":
    sys.exit("changed: 12:00 and 23:30 were expected")
PY
