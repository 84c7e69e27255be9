#!/usr/bin/env bash
# pycron never has a Sunday that is written 7
#
# Software: pycron 3.3.0
# Guess:    The fields are those of crontab(5), where Sunday is 0 or 7.
# Seen:     The line with 7 is taken without an error and is never true: an alarm for Sundays never rings.
# Output:   '40 7 * * 0' on Sunday, 07:40: True
#           '40 7 * * SUN' on Sunday, 07:40: True
#           '40 7 * * 7' on Sunday, 07:40: False
# Callbox:  has no calendar files: its alarms are its own, in wall time of their zone (docs/alarms.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check pycron==3.3.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import datetime
import sys

import pycron

SUNDAY = datetime.datetime(2026, 11, 29, 7, 40)
seen = {}
for line in ("40 7 * * 0", "40 7 * * SUN", "40 7 * * 7"):
    try:
        seen[line] = pycron.is_now(line, SUNDAY)
    except ValueError as error:
        seen[line] = type(error).__name__
    print(f"{line!r} on {SUNDAY:%A, %H:%M}: {seen[line]}")
if (seen["40 7 * * 0"], seen["40 7 * * SUN"], seen["40 7 * * 7"]) != (True, True, False):
    sys.exit("changed: Sunday was expected as 0, not as 7")
PY
