#!/usr/bin/env bash
# pynmea2 finds each position of a u-blox receiver invalid that tells the navigational status of NMEA 4.10
#
# Software: pynmea2 1.19.0 (PyPI)
# Guess:    RMC's status A and mode A say that the position is valid. Since NMEA 4.10 the navigational status follows,
#           which tells whether navigation is safe. Receivers that can't know send V, which u-blox's always do (u-blox
#           8 / M8 Receiver Description, RMC, whose example of a valid position ends with A,V).
# Seen:     is_valid is false unless that status is S, C or U. The same receiver's GLL is valid.
# Output:   RMC without the status: True
#           RMC with S: True, with V: False
#           GLL of the same second: True
# Callbox:  reads no positions.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check pynmea2==1.19.0
"$tmp/venv/bin/python" - <<'PY'
import functools
import operator
import sys

import pynmea2

RMC = "GNRMC,083559.00,A,4717.11437,N,00833.91522,E,0.004,77.52,091202,,,A"
GLL = "GNGLL,4717.11437,N,00833.91522,E,083559.00,A,A"


def is_valid(fields):
    return pynmea2.parse(f"${fields}*{functools.reduce(operator.xor, fields.encode()):02X}").is_valid


seen = [is_valid(fields) for fields in (RMC, f"{RMC},S", f"{RMC},V", GLL)]
print(f"RMC without the status: {seen[0]}")
print(f"RMC with S: {seen[1]}, with V: {seen[2]}")
print(f"GLL of the same second: {seen[3]}")
if seen != [True, True, False, True]:
    sys.exit("changed: only the position with V was expected to be invalid")
PY
