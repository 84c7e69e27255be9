#!/usr/bin/env bash
# parsrt writes one caption in three a millisecond early, and can't read a recording's hundredth hour
#
# Software: parsrt 1.2
# Guess:    str() of a caption is the caption that was read, as its documentation says: parse functions and "vice
#           versa". Hours have two digits or more.
# Seen:     The milliseconds are the rest of a number of seconds as a float, cut off: of 00:00:01,005 it writes
#           00:00:01,004, of a third of all. A blank is added behind the times. An hour of three digits raises
#           ValueError.
# Output:   00:00:01,005 is written as 00:00:01,004
#           early: 324 of 1000
#           100:00:00,000: ValueError
# Callbox:  writes no files of captions: its client tells each transcript as it comes (docs/client.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check parsrt==1.2
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from parsrt import parse_str

early = 0
for millisecond in range(1000):
    start = f"00:00:01,{millisecond:03d}"
    (caption,) = parse_str(f"1\n{start} --> 00:00:05,000\nHello")
    written = str(caption).splitlines()[1].split(" ")[0]
    if millisecond == 5:
        print(f"{start} is written as {written}")
    early += written < start
print(f"early: {early} of 1000")
try:
    list(parse_str("1\n100:00:00,000 --> 100:00:01,000\nHello"))
    late = "read"
except ValueError:
    late = "ValueError"
print(f"100:00:00,000: {late}")
if not 200 < early < 600 or late != "ValueError":
    sys.exit("changed: some hundred early ones were expected, and ValueError")
PY
