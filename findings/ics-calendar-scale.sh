#!/usr/bin/env bash
# ics writes a calendar without a scale back with the scale GEORGIAN
#
# Software: ics 0.7.3
# Guess:    CALSCALE is GREGORIAN, the only value that RFC 5545 has (section 3.7.1), whether the file names it or not.
# Seen:     The scale that the file names is kept. Where it names none, which is right too, ics writes
#           CALSCALE:GEORGIAN, a scale that doesn't exist; in a calendar that it makes itself there is no scale.
# Output:   its own: None
#           read without a scale: CALSCALE:GEORGIAN
#           read with GREGORIAN: CALSCALE:GREGORIAN
# Callbox:  has no calendar files: its alarms are its own, in wall time of their zone (docs/alarms.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check ics==0.7.3
"$tmp/venv/bin/python" -W ignore - <<'PY'
import re
import sys

from ics import Calendar, Event

own = Calendar(events={Event(name="Alarm", begin="2026-03-27 07:00:00")}).serialize()
text = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:alarms\r\n{}END:VCALENDAR\r\n"
seen = {}
for name, written in (
    ("its own", own),
    ("read without a scale", Calendar(text.format("")).serialize()),
    ("read with GREGORIAN", Calendar(text.format("CALSCALE:GREGORIAN\r\n")).serialize()),
):
    found = re.search(r"CALSCALE.*", written)
    seen[name] = found and found[0].strip()
    print(f"{name}: {seen[name]}")
if seen["read without a scale"] != "CALSCALE:GEORGIAN":
    sys.exit("changed: GEORGIAN was expected")
PY
