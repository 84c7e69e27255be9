#!/usr/bin/env bash
# pymeterbus writes 49 decimals of a water meter that counts litres
#
# Software: pymeterbus 0.8.5, pyserial 3.5, simplejson 4.3.0, pycryptodome 4.4.0 (PyPI)
# Guess:    A value of M-Bus is an integer and a power of ten (EN 13757-3): 12345 with 0.001 m^3 is 12.345 m^3. The
#           library returns a decimal.Decimal, and writes it into its JSON as it is, so there are three decimals.
# Seen:     The integer is multiplied by a float, and the decimal is made of all that the product has: it is off by less
#           than anyone measures, but isn't equal to 12.345. 21.5 degrees are exact by chance, as their half is.
# Output:   21.5 C: 21.5
#           12.345 m^3: 12.3450000000000006394884621840901672840118408203125
#           123456.78 m^3: 123456.77999999999883584678173065185546875
# Callbox:  reads no meters.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check pymeterbus==0.8.5 pyserial==3.5 simplejson==4.3.0 \
  pycryptodome==4.4.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import re
import sys

import meterbus

INT_16, INT_32, BCD_8 = 0x02, 0x04, 0x0C
HEADER = bytes.fromhex("08 01 72 78563412 2440 01 07 55 00 0000")  # of a water meter


def telegram(*records):
    """A telegram with variable data: what kind of number, its unit, and its octets."""
    body = HEADER + b"".join(bytes([kind, unit]) + octets for kind, unit, octets in records)
    return bytes([0x68, len(body), len(body), 0x68]) + body + bytes([sum(body) & 0xFF, 0x16])


records = meterbus.load(telegram(
    (INT_16, 0x5A, (215).to_bytes(2, "little")),  # flow temperature in 0.1 degrees
    (INT_32, 0x13, (12345).to_bytes(4, "little")),  # volume in 0.001 m^3
    (BCD_8, 0x14, bytes.fromhex("78563412")),  # volume in 0.01 m^3
)).records
seen = []
for name, record in zip(("21.5 C", "12.345 m^3", "123456.78 m^3"), records, strict=True):
    seen.append(re.search(r'"value": (.*)', record.to_JSON())[1].rstrip(","))
    print(f"{name}: {seen[-1]}")
if seen[0] != "21.5" or not seen[1].startswith("12.3450000000000006") or not seen[2].startswith("123456.779999"):
    sys.exit("changed: a decimal of a float was expected")
PY
