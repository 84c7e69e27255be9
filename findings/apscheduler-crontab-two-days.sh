#!/usr/bin/env bash
# APScheduler makes Friday the 13th of a crontab line for each Friday and each 13th
#
# Software: APScheduler 3.11.3
# Guess:    CronTrigger.from_crontab() takes "a standard crontab expression", and warns of weekdays by number only:
#           where both a day of the month and one of the week are given, either is enough (POSIX, crontab; crontab(5)).
# Seen:     Both must fit. What rings on each Friday and each 13th with cron rings once or twice a year.
# Output:   30 7 * * fri: 2027-02-05 2027-02-12 2027-02-19
#           30 7 13 * *: 2027-02-13 2027-03-13 2027-04-13
#           30 7 13 * fri: 2027-08-13 2028-10-13 2029-04-13
# Callbox:  has no cron lines: an alarm names its weekdays (docs/alarms.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check apscheduler==3.11.3
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys
from datetime import UTC, datetime, timedelta

from apscheduler.triggers.cron import CronTrigger


def days(line):
    """The first three days of this line from 1 February 2027 on."""
    trigger, result, now = CronTrigger.from_crontab(line, timezone=UTC), [], datetime(2027, 2, 1, tzinfo=UTC)
    for _ in range(3):
        result.append(trigger.get_next_fire_time(None, now))
        now = result[-1] + timedelta(seconds=1)
    return [time.date().isoformat() for time in result]


seen = {line: days(line) for line in ("30 7 * * fri", "30 7 13 * *", "30 7 13 * fri")}
for line, found in seen.items():
    print(f"{line}:", *found)
if seen["30 7 13 * fri"][0] != "2027-08-13":
    sys.exit("changed: 13 August, a Friday, was expected as the first day")
PY
