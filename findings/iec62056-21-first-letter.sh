#!/usr/bin/env bash
# iec62056-21 drops the first letter of what a meter calls itself
#
# Software: iec62056-21 0.0.2 (PyPI)
# Guess:    A meter answers with "/", three letters of its maker, its baud rate and its identification. A backslash and
#           a letter stand between the two of a meter that speaks mode E only (IEC 62056-21, 6.3.2): the identification
#           of "/LGZ4ZMF100AC.M29" is ZMF100AC.M29.
# Seen:     Whatever stands behind the baud rate is passed over, and the library writes a backslash without the letter
#           of a mode, so it reads what it has written itself.
# Output:   /LGZ4ZMF100AC.M29: MF100AC.M29
#           /ISK5\2MT382-1000: 2MT382-1000
#           written: /LGZ4\ZMF100AC.M29
# Callbox:  reads no meters.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps iec62056-21==0.0.2
"$tmp/venv/bin/python" - <<'PY'
import sys

from iec62056_21.messages import IdentificationMessage

ANSWERS = ("/LGZ4ZMF100AC.M29", r"/ISK5\2MT382-1000")

seen = [IdentificationMessage.from_representation(f"{answer}\r\n").identification for answer in ANSWERS]
for answer, identification in zip(ANSWERS, seen, strict=True):
    print(f"{answer}: {identification}")
seen.append(IdentificationMessage("ZMF100AC.M29", "LGZ", "4").to_representation().rstrip())
print(f"written: {seen[2]}")
if seen != ["MF100AC.M29", "2MT382-1000", r"/LGZ4\ZMF100AC.M29"]:
    sys.exit("changed: no Z was expected, then a backslash")
PY
