#!/usr/bin/env bash
# oncalendar's next time is forty minutes ago in the night of the hour back
#
# Software: oncalendar 1.1 (PyPI), Python 3.11
# Guess:    The first result is greater than the start, and in the autumn each time of the hour that comes twice is
#           given twice, first with the old offset and then with the new one (docstrings of BaseIterator). So "*:0/30"
#           in Berlin after 2:10 of the second hour from 2 to 3 on 25 October 2026 is 2:30 of that hour, 01:30 in UTC.
# Seen:     No time of the second hour is ever given. After 01:10 UTC the first result is 00:30 UTC, and the next one
#           02:00. A program that waits until the first result doesn't wait at all, and the second hour is left out.
# Output:   after 00:10 UTC: 00:30 02:00 02:30
#           after 01:10 UTC: 00:30 02:00 02:30
# Callbox:  counts its alarms itself: the next one is never past, and 2:30 is the first one (docs/alarms.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check oncalendar==1.1
"$tmp/venv/bin/python" - <<'PY'
import itertools
import sys
from datetime import UTC, datetime

from oncalendar import OnCalendar

seen = []
for hour in (0, 1):
    start = datetime(2026, 10, 25, hour, 10, tzinfo=UTC)
    times = itertools.islice(OnCalendar("*:0/30 Europe/Berlin", start), 3)
    seen.append(" ".join(f"{time:%H:%M}" for time in times))
    print(f"after {start:%H:%M} UTC: {seen[-1]}")
if seen != ["00:30 02:00 02:30"] * 2:
    sys.exit("changed: a time before the start was expected")
PY
