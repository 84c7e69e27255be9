#!/usr/bin/env bash
# dateutil's text of a recurrence rule has lost its time zone
#
# Software: python-dateutil 2.9.0.post0
# Guess:    rrulestr(str(rule)) is the rule again: with a beginning of Europe/Berlin the text has its TZID, which
#           rrulestr() can read, and UNTIL in UTC (RFC 5545, section 3.3.10).
# Seen:     The beginning is a floating time, and UNTIL is written as local time without a zone. The times that are
#           read back can't be compared with the rule's own ones (TypeError), and on a machine in UTC they are an hour
#           late.
# Output:   DTSTART:20260131T070000 RRULE:FREQ=DAILY;UNTIL=20260201T070000
#           the rule's first time: 2026-01-31T07:00:00+01:00
#           that of its text:      2026-01-31T07:00:00
# Callbox:  has no calendar files: its alarms are its own, in wall time of their zone (docs/alarms.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check python-dateutil==2.9.0.post0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import datetime
import sys
import zoneinfo

from dateutil import rrule

berlin = zoneinfo.ZoneInfo("Europe/Berlin")
start = datetime.datetime(2026, 1, 31, 7, tzinfo=berlin)
rule = rrule.rrule(rrule.DAILY, dtstart=start, until=start + datetime.timedelta(days=1))
text = str(rule)
back = rrule.rrulestr(text)[0]
print(*text.splitlines())
print("the rule's first time:", rule[0].isoformat())
print("that of its text:     ", back.isoformat())
if back.tzinfo is not None or "TZID" in text:
    sys.exit("changed: times without a zone were expected")
PY
