#!/usr/bin/env bash
# knxpy sends -20.48 for -0.004 degrees, 21 for 21.5, and takes the zero from the end of a text
#
# Software: knxpy 0.2.7 (PyPI)
# Guess:    decode_dpt gives back the value that encode_dpt was given: in steps of 0.01 for type 9, as a float for 14,
#           with 14 octets of text for 16, filled up with NUL; of a date (11) the year 90 to 99 is one of the 1900s (KNX
#           03.07.02, Datapoint Types).
# Seen:     The sign of type 9 is set before the number is rounded to 0; 14 rounds to an integer. Type 16 takes "0", not
#           NUL, from the end. The decoders of 16.001, 17 and 20 use names that aren't defined, those of 2 and 3 want
#           the length of a number. A year always gets 2000 added.
# Output:   9, -0.01: -0.01
#           9, -0.004: -20.48
#           14, 21.5: 21.0
#           16, Hall: Hall and 10 NUL
#           16, Message no. 10: Message no. 1
#           16.001, Hall: NameError
#           17, 5: NameError
#           20, 1: NameError
#           2, (1, 1): TypeError
#           3, (1, 3): TypeError
#           11, 2026-11-30: 2026-11-30
#           11, year 99: 2099
# Callbox:  is on no KNX bus.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps knxpy==0.2.7
"$tmp/venv/bin/python" - <<'PY'
import datetime
import sys

from knxpy.util import decode_dpt, decode_telegram, encode_dpt

DAY = datetime.date(2026, 11, 30)
VALUES = (
    ("9", -0.01),
    ("9", -0.004),
    ("14", 21.5),
    ("16", "Hall"),
    ("16", "Message no. 10"),
    ("16.001", "Hall"),
    ("17", 5),
    ("20", 1),
    ("2", (1, 1)),
    ("3", (1, 3)),
    ("11", DAY),
)
SEEN = [
    "-0.01",
    "-20.48",
    "21.0",
    "Hall and 10 NUL",
    "Message no. 1",
    "NameError",
    "NameError",
    "NameError",
    "TypeError",
    "TypeError",
    "2026-11-30",
    "2099",
]
GROUP_WRITE = bytes([0x00, 0x27, 0x00, 0x00, 0x11, 0x01, 0x08, 0x01, 0x00])  # From 1.1.1 to 1/0/1


def read(octets, kind):
    """The value that is decoded of a telegram with these octets; the first has the command's bits too."""
    telegram = GROUP_WRITE + bytes([0x80 | octets[0], *octets[1:]])
    try:
        value = decode_dpt(decode_telegram(telegram).val, kind)
    except (NameError, TypeError) as error:
        return type(error).__name__
    text = str(value)
    return text.rstrip("\0") + (f" and {text.count(chr(0))} NUL" if "\0" in text else "")


seen = []
for kind, value in VALUES:
    seen.append(read(encode_dpt(value, kind), kind))
    print(f"{kind}, {value}: {seen[-1]}")
seen.append(read([0, 31, 12, 99], "11")[:4])
print(f"11, year 99: {seen[-1]}")
if seen != SEEN:
    sys.exit(f"changed: {seen}")
PY
