#!/usr/bin/env bash
# croniter gives a daily time twice in the night of the hour back, cronsim once
#
# Software: croniter 7.0.0, cronsim 2.8
# Guess:    A job at a fixed time runs once a day: Debian's cron(8) says that a job isn't run twice when the clock goes
#           back by less than three hours, and so do both libraries.
# Seen:     croniter has both 2:30 of that night: an alarm that is stopped rings again an hour later. In the night of
#           the hour forward both have 3:00.
# Output:   croniter hour forward -> 29 Mar 03:00 +0200, 30 Mar 02:30 +0200
#           cronsim hour forward -> 29 Mar 03:00 +0200, 30 Mar 02:30 +0200
#           croniter hour back -> 25 Oct 02:30 +0200, 25 Oct 02:30 +0100
#           cronsim hour back -> 25 Oct 02:30 +0200, 26 Oct 02:30 +0100
# Callbox:  has no calendar files: its alarms are its own, in wall time of their zone (docs/alarms.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check croniter==7.0.0 cronsim==2.8 tzdata==2026.6
"$tmp/venv/bin/python" -W ignore - <<'PY'
import datetime
import sys
import zoneinfo

from croniter import croniter
from cronsim import CronSim

BERLIN, seen = zoneinfo.ZoneInfo("Europe/Berlin"), {}
for name, day in (("hour forward", (2026, 3, 28)), ("hour back", (2026, 10, 24))):
    noon = datetime.datetime(*day, 12, tzinfo=BERLIN)
    one, other = croniter("30 2 * * *", noon), CronSim("30 2 * * *", noon)
    seen["croniter", name] = [one.get_next(datetime.datetime) for _ in range(2)]
    seen["cronsim", name] = [next(other) for _ in range(2)]
for key, times in seen.items():
    seen[key] = [f"{time:%d %b %H:%M %z}" for time in times]
    print(*key, "->", ", ".join(seen[key]))
if seen["croniter", "hour back"] != ["25 Oct 02:30 +0200", "25 Oct 02:30 +0100"]:
    sys.exit("changed: croniter was expected to have 2:30 twice")
if seen["cronsim", "hour back"] != ["25 Oct 02:30 +0200", "26 Oct 02:30 +0100"]:
    sys.exit("changed: cronsim was expected to have 2:30 once")
PY
