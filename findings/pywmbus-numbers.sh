#!/usr/bin/env bash
# pywmbus reads 41 Wh of a meter as 687865856, and loses what stands behind an octet of padding
#
# Software: pywmbus 0.0.7, crcmod 1.7 (PyPI)
# Guess:    A number of 32 bits has its lowest octet first, as each number of M-Bus, and the octet 2F is padding that
#           the next record follows (EN 13757-3).
# Seen:     A number is read with its highest octet first, while a number in BCD, a date and a time aren't. Of 2F it
#           makes a record, with the first octet of the next one as its unit, so that what follows is another number.
# Output:   41 as integer, 1203768 in BCD: 687865856, 1203768
#           with padding between: 687865856, 0, 3612673
# Callbox:  reads no meters.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps pywmbus==0.0.7 crcmod==1.7 pyserial==3.5
"$tmp/venv/bin/python" -W ignore - <<'PY'
import logging
import sys

import crcmod.predefined
import pywmbus

ENERGY_WH = bytes.fromhex("04 03") + (41).to_bytes(4, "little")
VOLUME_L = bytes.fromhex("0C 13 68 37 20 01")
PADDING = b"\x2f"
logging.disable()
checksum = crcmod.predefined.mkCrcFun("crc-16-en-13757")


def records(*data):
    """The records that are read from a frame with a short header."""
    body = bytes.fromhex("7A 90 00 00 00") + b"".join(data)
    head = bytes.fromhex("44 6532 12125707 38 04")
    blocks = [bytes([len(head + body)]) + head, *(body[at : at + 16] for at in range(0, len(body), 16))]
    frame = b"".join(block + checksum(block).to_bytes(2, "big") for block in blocks)
    return [str(record) for record in pywmbus.parse(bytearray(frame)).records]


plain, padded = records(ENERGY_WH, VOLUME_L), records(ENERGY_WH, PADDING, VOLUME_L)
print(f"41 as integer, 1203768 in BCD: {', '.join(plain)}")
print(f"with padding between: {', '.join(padded)}")
if plain != [str(41 << 24), "1203768"] or "1203768" in padded:
    sys.exit("changed: 41 << 24 was expected, and no volume behind the padding")
PY
