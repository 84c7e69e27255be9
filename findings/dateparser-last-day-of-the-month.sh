#!/usr/bin/env bash
# dateparser sets an alarm at 7 am to the first of the past month on the month's last day
#
# Software: dateparser 1.5.0
# Guess:    With PREFER_DATES_FROM "future" a time without a date is the next one: at noon "7 am" is tomorrow's.
# Seen:     On each day but the last one of a month it is. On 30 November it is 1 November, 29 days ago; on 31 December
#           1 December of the next year.
# Output:   29 November 12:00, 7 am: 2026-11-30 07:00
#           30 November 12:00, 7 am: 2026-11-01 07:00
#           30 November 12:00, midnight: 2026-11-01 00:00
#           31 December 12:00, 7 am: 2027-12-01 07:00
# Callbox:  has no sentences; its alarms are once or on weekdays (docs/alarms.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check dateparser==1.5.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys
from datetime import datetime

import dateparser

seen = []
for now, text in (
    (datetime(2026, 11, 29, 12), "7 am"),
    (datetime(2026, 11, 30, 12), "7 am"),
    (datetime(2026, 11, 30, 12), "midnight"),
    (datetime(2026, 12, 31, 12), "7 am"),
):
    settings = {"RELATIVE_BASE": now, "PREFER_DATES_FROM": "future"}
    seen.append(f"{dateparser.parse(text, languages=['en'], settings=settings):%Y-%m-%d %H:%M}")
    print(f"{now:%-d %B %H:%M}, {text}: {seen[-1]}")
if seen != ["2026-11-30 07:00", "2026-11-01 07:00", "2026-11-01 00:00", "2027-12-01 07:00"]:
    sys.exit("changed: the first of the month was expected on its last day")
PY
