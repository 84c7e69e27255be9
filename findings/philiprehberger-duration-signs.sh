#!/usr/bin/env bash
# philiprehberger-duration reads -90 s as two weeks, and an ISO 8601 month as a minute
#
# Software: philiprehberger-duration 0.4.0
# Guess:    parse() reads what format() has written. Of ISO 8601, which its documentation has as a format of both, P1M
#           is a month, PT1M a minute, a minus in front makes a duration negative, and a comma is a decimal sign.
# Seen:     A negative duration is written as a week less six days and so on, without a sign at the parts, which are
#           then added up. In ISO 8601 it can't be read at all. The minus is dropped, a month is a minute, half a second
#           with a comma five seconds.
# Output:   -90 s, short: -1w 6d 23h 58m 30s, read as 1209510.0
#           -90 s, colon: -1d 23:58:30, read as 86400.0
#           -90 s, iso: P-1DT23H58M30S, read as ValueError
#           P1M: 60.0 s
#           PT1M: 60.0 s
#           -PT5M: 300.0 s
#           PT0,5S: 5.0 s
# Callbox:  takes no durations as text from others: timers are seconds, alarms times of day (docs/alarms.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check philiprehberger-duration==0.4.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from philiprehberger_duration import format, parse

seen = []
for style in ("short", "colon", "iso"):
    written = format(-90, style=style)
    try:
        seen.append(parse(written))
    except ValueError as error:
        seen.append(type(error).__name__)
    print(f"-90 s, {style}: {written}, read as {seen[-1]}")
for text in ("P1M", "PT1M", "-PT5M", "PT0,5S"):
    seen.append(parse(text))
    print(f"{text}: {seen[-1]} s")
if seen != [1209510.0, 86400.0, "ValueError", 60.0, 60.0, 300.0, 5.0]:
    sys.exit("changed: two weeks, a day and a minute were expected")
PY
