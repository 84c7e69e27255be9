#!/usr/bin/env bash
# ical leaves out the event itself when it comes again on another date, and the length of that
#
# Software: ical 14.3.1 (Home Assistant's local calendar)
# Guess:    An event that has an RDATE comes at its DTSTART and at that date (RFC 5545, section 3.8.5.2); a date that is
#           a PERIOD has the length of the period.
# Seen:     Without an RRULE only the other date is there, and it is as long as the event is.
# Output:   no RDATE: 2026-01-01 07:30 to 08:00
#           RDATE 2 January: 2026-01-02 07:30 to 08:00
#           RDATE 2 January, for 2 hours: 2026-01-02 07:30 to 08:00
# Callbox:  has no calendar files: its alarms are once or on weekdays (docs/alarms.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check ical==14.3.1
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys
import zoneinfo

from ical.calendar_stream import IcsCalendarStream

EVENT = """BEGIN:VCALENDAR
PRODID:finding
VERSION:2.0
BEGIN:VEVENT
UID:1
DTSTAMP:20260101T000000Z
SUMMARY:x
DTSTART:20260101T073000Z
DURATION:PT30M
{}END:VEVENT
END:VCALENDAR
"""
seen = []
for name, line in (
    ("no RDATE", ""),
    ("RDATE 2 January", "RDATE:20260102T073000Z\n"),
    ("RDATE 2 January, for 2 hours", "RDATE;VALUE=PERIOD:20260102T073000Z/PT2H\n"),
):
    calendar = IcsCalendarStream.calendar_from_ics(EVENT.format(line))
    events = calendar.timeline_tz(zoneinfo.ZoneInfo("UTC"))
    seen.append([f"{event.dtstart:%Y-%m-%d %H:%M} to {event.end:%H:%M}" for event in events])
    print(f"{name}: {', '.join(seen[-1])}")
if seen[0] != ["2026-01-01 07:30 to 08:00"] or seen[1] != ["2026-01-02 07:30 to 08:00"] or seen[2] != seen[1]:
    sys.exit("changed: the date of RDATE alone was expected")
PY
