#!/usr/bin/env bash
# ESPHome rings on Sunday to Thursday for 1-5 of a crontab line, and on Monday to Friday for MON-FRI
#
# Software: esphome 2026.6.5
# Guess:    cron: takes "a whole cron expression", as its documentation of on_time says: 1-5 is MON-FRI there
#           (POSIX, crontab: 0 is Sunday; crontab(5): and 7).
# Seen:     Names and numbers differ by a day: 1 is Sunday, as in ESPHome's own days_of_week, so an alarm for school
#           rings on Sunday and not on Friday. 7 is Saturday. 0 is refused.
# Output:   0 30 7 * * MON-FRI: MON TUE WED THU FRI
#           0 30 7 * * 1-5: SUN MON TUE WED THU
#           0 30 7 * * 7: SAT
# Callbox:  has no cron lines: an alarm names its weekdays (docs/alarms.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check esphome==2026.6.5
cat > box.yaml <<'YAML'
esphome: {name: box}
host:
logger:
time:
  - platform: host
    timezone: Europe/Berlin
    on_time:
      - {cron: "0 30 7 * * MON-FRI", then: []}
      - {cron: "0 30 7 * * 1-5", then: []}
      - {cron: "0 30 7 * * 7", then: []}
YAML
venv/bin/esphome config box.yaml > read.yaml 2> log || { cat log; exit 1; }
venv/bin/python - <<'PY'
import sys
from pathlib import Path

# By lines: ESPHome's YAML has tags of its own.
alarms, in_days = [], False
for line in Path("read.yaml").read_text().splitlines():
    name, _, _ = line.strip().lstrip("- ").partition(":")
    if in_days and line.strip().startswith("- ") and name.isdigit():
        alarms[-1].append(int(name))
    elif in_days := line.strip() == "days_of_week:":
        alarms.append([])
NAMES = "- SUN MON TUE WED THU FRI SAT".split()  # of ESPHome's days_of_week
for cron, days in zip(("MON-FRI", "1-5", "7"), alarms, strict=True):
    print(f"0 30 7 * * {cron}: {' '.join(NAMES[day] for day in days)}")
if alarms != [[2, 3, 4, 5, 6], [1, 2, 3, 4, 5], [7]]:
    sys.exit("changed: Sunday to Thursday were expected of 1-5")
PY
