#!/usr/bin/env bash
# durationpy, by which the client of Kubernetes reads durations, writes 1.000001 s as 1s, and a million hours as 1e+06h
#
# Software: durationpy 0.11 (PyPI)
# Guess:    It converts "between datetime.timedelta and Go's Duration strings". Go's are exact to the nanosecond: its
#           Duration.String() writes 1.000001s, 59.999999s and 1000000h0m0s. What to_str() writes, from_str() reads.
# Seen:     Hours and seconds are written by Python's format "g", which keeps six digits: below a second nothing is
#           lost, but above, 59.999999 s is 60s, and from a million hours on there is an exponent, which from_str()
#           refuses.
# Output:   0.000001 s: 1us; 1.000001 s: 1s; 12.345678 s: 12.3457s; 59.999999 s: 60s
#           999999 h: 999999h; 1000000 h: 1e+06h, Unknown unit e in duration 1e+06h
# Callbox:  takes no durations as text from others: timers are seconds, alarms times of day (docs/alarms.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps durationpy==0.11
"$tmp/venv/bin/python" - <<'PY'
import sys
from datetime import timedelta

from durationpy import DurationError, from_str, to_str

SECONDS = "0.000001", "1.000001", "12.345678", "59.999999"
seconds = {number: to_str(timedelta(seconds=float(number))) for number in SECONDS}
print("; ".join(f"{number} s: {text}" for number, text in seconds.items()))
hours = {number: to_str(timedelta(hours=number)) for number in (999_999, 1_000_000)}
try:
    refusal = f"read as {from_str(hours[1_000_000])}"
except DurationError as error:
    refusal = str(error)
print("; ".join(f"{number} h: {text}" for number, text in hours.items()) + f", {refusal}")
if list(seconds.values())[1:] != ["1s", "12.3457s", "60s"] or hours[1_000_000] != "1e+06h" or "unit e" not in refusal:
    sys.exit("changed: 1s, 12.3457s, 60s and 1e+06h were expected, and a refusal of the last one")
PY
