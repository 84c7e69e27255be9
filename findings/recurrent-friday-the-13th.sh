#!/usr/bin/env bash
# recurrent makes Fridays and Thursdays of every Friday the 13th, and a day of January of half past seven
#
# Software: recurrent 0.4.1
# Guess:    It makes a recurrence rule of what a person says, with a time of day where there is one; of what it doesn't
#           understand it makes None, as of "every morning at 7".
# Seen:     The th of 13th is Thursday. "at noon" and "at midnight" leave no time in the rule, so it comes at the time
#           of the question. Half past seven is the seventh day of each year.
# Output:   every friday the 13th: BYDAY=FR,TH;INTERVAL=1;FREQ=WEEKLY
#           every day at noon: INTERVAL=1;FREQ=DAILY
#           every day at half past seven: BYYEARDAY=7;INTERVAL=1;FREQ=YEARLY
#           every day at 7am: BYHOUR=7;BYMINUTE=0;INTERVAL=1;FREQ=DAILY
# Callbox:  has no sentences; its alarms are once or on weekdays (docs/alarms.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check recurrent==0.4.1
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys
from datetime import datetime

from recurrent import RecurringEvent

seen = []
for text in ("every friday the 13th", "every day at noon", "every day at half past seven", "every day at 7am"):
    seen.append(RecurringEvent(now_date=datetime(2026, 11, 30, 12)).parse(text).removeprefix("RRULE:"))
    print(f"{text}: {seen[-1]}")
if "BYDAY=FR,TH" not in seen[0] or "BYHOUR" in seen[1] or "BYYEARDAY=7" not in seen[2] or "BYHOUR=7" not in seen[3]:
    sys.exit("changed: Thursdays, no hour, and a day of the year were expected")
PY
