#!/usr/bin/env bash
# mbus-gem-decoder tells -4611686018427387689 of a meter at -215, and takes the value's octets for its time
#
# Software: mbus-gem-decoder 0.1.0 (PyPI)
# Guess:    A meter's value in the gateway MBUS-GEM is ten registers: a signed integer of 64 bits, the scaled value as a
#           float, a power of ten, the unit, and the time in the last two (its documentation). So -215 and -1 are -21.5
#           degrees, at that time.
# Seen:     An integer below zero is read as its sign and an amount of 62 bits, not as two's complement. The time is
#           read from registers 4 and 5, where the gateway and the meter have theirs; a value has its float there.
# Output:   21.5 degrees: integer 215, scale -1, 2004-11-30 05:07:12
#           -21.5 degrees: integer -4611686018427387689, scale -1, 2072-12-18 08:21:20
# Callbox:  reads no meters.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps mbus-gem-decoder==0.1.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import struct
import sys

from mbus_gem_decoder.mbusdecode import MBusDecode

DEGREES, BOTH = 0x13, 2
SEPTEMBER_2026 = 1_790_000_000


def decoded(tenths):
    """What is told of an entry with these tenths of a degree."""
    octets = struct.pack(">qfhHI", tenths, tenths / 10, -1, DEGREES, SEPTEMBER_2026)
    return MBusDecode(list(struct.unpack(">10H", octets)), 30, BOTH).to_object()


seen = {}
for tenths in (215, -215):
    entry = decoded(tenths)
    seen[tenths] = entry["integer"], entry["timestamp"][:4]
    print(f"{entry['float']} degrees: integer {entry['integer']}, scale {entry['scale']}, {entry['timestamp']}")
if seen != {215: (215, "2004"), -215: (-4611686018427387689, "2072")}:
    sys.exit("changed: the years 2004 and 2072 were expected, and another integer below zero")
PY
