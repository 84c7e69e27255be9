#!/usr/bin/env bash
# amshan writes a meter's code 1-0:1.8.0 as 1-1.8, and says the medium twice if there is a channel
#
# Software: amshan 2.1.1 (PyPI), which reads electricity meters
# Guess:    An OBIS code that is read, then written as text, is the same code when it is read again. A 0 is a value of
#           a group; "OBIS Reduced ID is supported: <A-><B:>[C.][D]<.E><*F>" (Obis).
# Seen:     A group is written if it is true, so a 0 is left out as if it was missing. Before B, what was written so far
#           is added once more: obis_code += obis_code + "B:".
# Output:   1-0:1.8.0*255: 1-1.8*255, another code
#           1-0:32.7.0: 1-32.7, another code
#           0-1:24.2.1: 1:24.2.1, another code
#           1-1:1.8.1: 1-1-1:1.8.1, not a valid code
#           1.8.0: 1.8, another code
# Callbox:  reads no meters.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps amshan==2.1.1
"$tmp/venv/bin/python" - <<'PY'
import sys

from han.obis import Obis

SEEN = {
    "1-0:1.8.0*255": "1-1.8*255, another code",
    "1-0:32.7.0": "1-32.7, another code",
    "0-1:24.2.1": "1:24.2.1, another code",
    "1-1:1.8.1": "1-1-1:1.8.1, not a valid code",
    "1.8.0": "1.8, another code",
}


def written(code):
    """The text of the code, and what that is when it is read again."""
    obis = Obis.from_string(code)
    text = str(obis)
    try:
        again = Obis.from_string(text)
    except ValueError:
        return f"{text}, not a valid code"
    return text if again == obis else f"{text}, another code"


seen = {code: written(code) for code in SEEN}
for code, text in seen.items():
    print(f"{code}: {text}")
if seen != SEEN:
    sys.exit(f"changed: {seen}")
PY
