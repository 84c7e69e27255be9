#!/usr/bin/env bash
# isochron takes the end of a day, 24:00, for its beginning, and refuses half an hour
#
# Software: isochron 0.1.0
# Guess:    2026-01-02T24:00 is the end of 2 January, and so the same instant as 2026-01-03T00:00 (ISO 8601:2004,
#           section 4.2.3). The smallest part of a duration may have a decimal fraction (section 4.4.3.2): PT0.5H.
# Seen:     24:00 is 0:00 of the same day, a day early: quiet hours that end with the day end before they have begun. A
#           fraction is read of seconds only.
# Output:   2026-01-02T24:00:00: 2026-01-02 00:00:00
#           PT0.5S: 0:00:00.500000
#           PT0.5M: ParseError
#           PT0.5H: ParseError
# Callbox:  its quiet hours are times of day from 00:00 to 23:59 (docs/settings.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check isochron==0.1.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from isochron import ParseError, parse_datetime, parse_duration

end = parse_datetime("2026-01-02T24:00:00")
print(f"2026-01-02T24:00:00: {end}")
seen = []
for text in ("PT0.5S", "PT0.5M", "PT0.5H"):
    try:
        seen.append(str(parse_duration(text)))
    except ParseError as error:
        seen.append(type(error).__name__)
    print(f"{text}: {seen[-1]}")
if end.day != 2 or seen[1:] != ["ParseError", "ParseError"]:
    sys.exit("changed: 2 January was expected, and ParseError")
PY
