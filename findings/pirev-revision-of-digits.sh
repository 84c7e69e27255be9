#!/usr/bin/env bash
# pirev raises TypeError on a Raspberry Pi whose revision has no letter: most Zeros, and the Zero 2 W
#
# Software: pirev 1.2.1 (PyPI)
# Guess:    The revision in /proc/cpuinfo is a number in hexadecimal (Raspberry Pi's documentation, which the README
#           names). getInfo() tells the type of a board that it knows, as Zero and B+, "unknown" of another one, and
#           raises ReferenceError where there is no revision.
# Seen:     What consists of digits is read as a decimal number: 900092 as 0xdbc3c, which isn't a revision of the new
#           kind, nor one of the old kind. None is given on, and TypeError is raised. A letter makes it hexadecimal. The
#           import of the README is refused; getInfo() is in the module pirev.pirev.
# Output:   from pirev import getInfo: ImportError
#           900092 (Zero): TypeError: 'NoneType' object does not support item assignment
#           0010 (B+): TypeError: 'NoneType' object does not support item assignment
#           902120 (Zero 2 W): TypeError: 'NoneType' object does not support item assignment
#           9000c1 (Zero W): Zero W
#           a03111 (4B): unknown
# Callbox:  names its board by /proc/device-tree/model (firmware/callbox/system/host_info.py).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps pirev==1.2.1
CPUINFO="$tmp/cpuinfo" "$tmp/venv/bin/python" -W ignore - <<'PY'
import os
import sys
from pathlib import Path

try:
    from pirev import getInfo

    imported = "done"
except ImportError as error:
    from pirev.pirev import getInfo

    imported = type(error).__name__
print("from pirev import getInfo:", imported)
file = Path(os.environ["CPUINFO"])
seen = []
boards = {"900092": "Zero", "0010": "B+", "902120": "Zero 2 W", "9000c1": "Zero W", "a03111": "4B"}
for revision, board in boards.items():
    file.write_text(f"processor\t: 0\n\nHardware\t: BCM2835\nRevision\t: {revision}\nSerial\t\t: 00000000\n")
    try:
        seen.append(getInfo(file)["revision"]["type"])
    except TypeError as error:
        seen.append(f"TypeError: {error}")
    print(f"{revision} ({board}): {seen[-1]}")
if imported != "ImportError" or [name[:9] for name in seen] != ["TypeError"] * 3 + ["Zero W", "unknown"]:
    sys.exit("changed: an import that is refused, three errors, Zero W and unknown were expected")
PY
