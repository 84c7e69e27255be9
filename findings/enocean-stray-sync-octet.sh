#!/usr/bin/env bash
# enocean loses a thousand presses of a light switch behind one stray octet 0x55
#
# Software: enocean 0.60.1
# Guess:    A telegram of EnOcean's serial protocol begins with 0x55 and four octets, which have a checksum of their own
#           (ESP3, CRC8H): where that one is wrong, 0x55 was no beginning, and the next 0x55 is looked for. A program
#           that opens the port in the middle of a telegram may well see such an octet first.
# Seen:     The checksum is looked at only when the whole telegram is there. 0x55 before a telegram makes a length of
#           0x5500 of it, so nothing is told until 21774 octets have come.
# Output:   presses only: 1200 of 1200 told
#           behind 01 02: 1200 of 1200 told
#           behind 55: 163 of 1200 told
# Callbox:  has its button on a GPIO (docs/gestures.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check enocean==0.60.1
"$tmp/venv/bin/python" -W ignore - <<'PY'
import logging
import sys

from enocean.communicators.communicator import Communicator
from enocean.protocol import crc8

logging.disable()
DATA = [0xF6, 0x50, 0xFE, 0xF9, 0x1F, 0xD4, 0x30]
OPTIONAL = [3, 255, 255, 255, 255, 45, 0]
HEADER = [0, len(DATA), len(OPTIONAL), 1]
PRESS = [0x55, *HEADER, crc8.calc(HEADER), *DATA, *OPTIONAL, crc8.calc(DATA + OPTIONAL)]
PRESSES = 1200


def told(before):
    """How many presses are told of those that come behind these octets."""
    communicator = Communicator(teach_in=False)
    communicator._buffer.extend(before)  # as its serial and TCP communicators do with what they read
    for _ in range(PRESSES):
        communicator._buffer.extend(PRESS)
        communicator.parse()
    return communicator.receive.qsize()


seen = [told([]), told([1, 2]), told([0x55])]
for name, number in zip(("presses only", "behind 01 02", "behind 55"), seen):
    print(f"{name}: {number} of {PRESSES} told")
if seen[:2] != [PRESSES, PRESSES] or not 100 < seen[2] < 200:
    sys.exit("changed: behind 55 about 163 were expected")
PY
