#!/usr/bin/env bash
# broadlink shortens each pulse of an infrared code when it decodes and encodes it, and makes irgen's codes 8 % longer
#
# Software: broadlink 0.19.0, irgen 0.2.0 (PyPI)
# Guess:    pulses_to_data() makes the packet again that data_to_pulses() has decoded. irgen writes the same packets
#           ("-o broadlink"), so a mark of 9000 us of irgen's is 9000 us, within a tick, when broadlink reads it.
# Seen:     Both cut to whole microseconds and whole ticks of 32.84 us, so each pulse loses a tick each time, a
#           twentieth of a short one. irgen's tick is 30.45 us (8192 / 269), the other one's 32.84, and 9000 us are
#           9720.
# Output:   a short mark, encoded 1 to 6 times: 558 525 492 459 426 394
#           a mark of 9000 us by irgen: 9720
# Callbox:  sends no infrared.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps irgen==0.2.0
"$tmp/venv/bin/pip" install -q --disable-pip-version-check broadlink==0.19.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

import irgen
from broadlink.remote import data_to_pulses, pulses_to_data

pulses = [9000, 4500, 562, 562]  # the leader of NEC, and a 0
short = []
for _ in range(6):
    pulses = data_to_pulses(pulses_to_data(pulses))
    short.append(pulses[2])
leader = data_to_pulses(bytes(irgen.gen_broadlink_from_raw([9000, -4500, 562, -562])))[0]
print("a short mark, encoded 1 to 6 times:", *short)
print("a mark of 9000 us by irgen:", leader)
if short[0] - short[5] < 150 or leader != 9720:
    sys.exit("changed: a tick less each time, and 9720 us were expected")
PY
