#!/usr/bin/env bash
# ical writes an alarm at the beginning of an event as P, and one 8 days before it as -P1W1D
#
# Software: ical 14.3.1 (Home Assistant's local calendar)
# Guess:    A duration has at least one number, and weeks stand alone (RFC 5545, section 3.3.6): an alarm at the
#           beginning is PT0S, and one 8 days before it -P8D.
# Seen:     TRIGGER:P and TRIGGER:-P1W1D.
# Output:   0 s: P
#           -15 min: -PT15M
#           -8 days: -P1W1D
# Callbox:  has no calendar files: its alarms are once or on weekdays (docs/alarms.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check ical==14.3.1
"$tmp/venv/bin/python" -W ignore - <<'PY'
import datetime
import re
import sys

from ical.alarm import Alarm
from ical.calendar import Calendar
from ical.calendar_stream import IcsCalendarStream
from ical.event import Event


def trigger(before):
    alarm = Alarm(action="DISPLAY", description="x", trigger=before)
    start = datetime.datetime(2026, 11, 30, 7, 30)
    event = Event(summary="x", dtstart=start, duration=datetime.timedelta(hours=1), alarm=[alarm])
    return re.search(r"TRIGGER:(\S+)", IcsCalendarStream.calendar_to_ics(Calendar(events=[event])))[1]


seen = {}
for name, options in (("0 s", {}), ("-15 min", {"minutes": -15}), ("-8 days", {"days": -8})):
    seen[name] = trigger(datetime.timedelta(**options))
    print(f"{name}: {seen[name]}")
if list(seen.values()) != ["P", "-PT15M", "-P1W1D"]:
    sys.exit("changed: P and -P1W1D were expected")
PY
