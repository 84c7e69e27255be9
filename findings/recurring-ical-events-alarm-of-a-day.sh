#!/usr/bin/env bash
# recurring-ical-events raises TypeError at the alarm of an event that lasts all day
#
# Software: recurring-ical-events 3.8.2, icalendar 7.3.2
# Guess:    With components=["VALARM"] it yields the alarms of a span of time, as its documentation shows: of a
#           birthday, an event with a date only, the one on the evening before.
# Seen:     TypeError. One birthday with an alarm, which calendars add by themselves, and there are no alarms at all.
# Output:   event at 7:30: alarm of 2026-03-01 07:15
#           event of the day: TypeError: Use datetime or timedelta, not date.
# Callbox:  has no calendar files: its alarms are once or on weekdays (docs/alarms.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check recurring-ical-events==3.8.2 icalendar==7.3.2
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

import icalendar
import recurring_ical_events

CALENDAR = """BEGIN:VCALENDAR
PRODID:finding
VERSION:2.0
BEGIN:VEVENT
UID:1
DTSTAMP:20260101T000000Z
DTSTART{}
SUMMARY:x
BEGIN:VALARM
ACTION:AUDIO
TRIGGER:-PT15M
END:VALARM
END:VEVENT
END:VCALENDAR
"""
seen = []
for name, start in (("event at 7:30", ":20260301T073000"), ("event of the day", ";VALUE=DATE:20260301")):
    query = recurring_ical_events.of(icalendar.Calendar.from_ical(CALENDAR.format(start)), components=["VALARM"])
    try:
        [event] = query.between((2026, 2, 1), (2026, 4, 1))
        [alarm] = event.alarms.times
        seen.append(f"alarm of {alarm.trigger:%Y-%m-%d %H:%M}")
    except TypeError as error:
        seen.append(f"TypeError: {error}")
    print(f"{name}: {seen[-1]}")
if seen[0] != "alarm of 2026-03-01 07:15" or not seen[1].startswith("TypeError"):
    sys.exit("changed: TypeError was expected of the event of the day")
PY
