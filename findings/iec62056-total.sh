#!/usr/bin/env bash
# iec62056 raises NameError on the total of a meter, and tells times of summer and winter with one offset
#
# Software: iec62056 0.5.1, lark 1.0.0 (PyPI)
# Guess:    1-0:1.8.0 is the energy of all tariffs (IEC 62056-61), which meters in Luxembourg and Sweden tell in a
#           telegram of the same form. A time ends with S in summer, and W in winter (DSMR 5.0.2, 6.4).
# Seen:     A code that isn't in its list ends the whole telegram; the error that was meant has a spelling mistake in
#           its message. Each time has the offset that the computer has now.
# Output:   1-0:1.8.1: 306.946 kWh
#           1-0:1.8.0: NameError
#           17 January and 17 July in Amsterdam: 0 hours between their offsets
# Callbox:  reads no meters.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check iec62056==0.5.1 lark==1.0.0
TZ=Europe/Amsterdam "$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from iec62056.parser import Parser
from lark.exceptions import VisitError

TELEGRAM = "/KFM5KAIFA-METER\r\n\r\n0-0:1.0.0({time})\r\n{code}(000306.946*kWh)\r\n!29ED\r\n"


def parsed(time="170117213128W", code="1-0:1.8.1"):
    """The time and the energy of a telegram."""
    return Parser().parse(TELEGRAM.format(time=time, code=code)).objects


energy = parsed()[1]
print(f"1-0:1.8.1: {energy.value} {energy.unit}")
try:
    seen = parsed(code="1-0:1.8.0")[1].value
except VisitError as error:
    seen = type(error.orig_exc).__name__
print(f"1-0:1.8.0: {seen}")
winter, summer = (parsed(time)[0].value.utcoffset() for time in ("170117213128W", "170717213128S"))
hours = (summer - winter).total_seconds() / 3600
print(f"17 January and 17 July in Amsterdam: {hours:.0f} hours between their offsets")
if (seen, hours) != ("NameError", 0):
    sys.exit("changed: NameError and 0 hours were expected")
PY
