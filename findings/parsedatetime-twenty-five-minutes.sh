#!/usr/bin/env bash
# parsedatetime is back in five minutes when told twenty five, and at six when told seven tomorrow morning
#
# Software: parsedatetime 2.6
# Guess:    It reads numbers as words, and parts of a day: "in five minutes" and "tomorrow morning" are right. So are
#           "in twenty five minutes", "tomorrow morning at 7", and "tonight at 8".
# Seen:     Of twenty five the last word counts. The hour that is said is left out: the morning begins at 6, and tonight
#           is at 21.
# Output:   12:00, in five minutes: 30 November 12:05
#           12:00, in twenty five minutes: 30 November 12:05
#           12:00, tomorrow morning at 7: 1 December 06:00
#           12:00, tonight at 8: 30 November 21:00
# Callbox:  has no sentences; its alarms are once or on weekdays (docs/alarms.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check parsedatetime==2.6
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys
from datetime import datetime

import parsedatetime

calendar, now, seen = parsedatetime.Calendar(), datetime(2026, 11, 30, 12), []
for text in ("in five minutes", "in twenty five minutes", "tomorrow morning at 7", "tonight at 8"):
    time, _ = calendar.parseDT(text, sourceTime=now)
    seen.append(f"{time:%-d %B %H:%M}")
    print(f"12:00, {text}: {seen[-1]}")
if seen != ["30 November 12:05", "30 November 12:05", "1 December 06:00", "30 November 21:00"]:
    sys.exit("changed: 12:05, 06:00 and 21:00 were expected")
PY
