#!/usr/bin/env bash
# knxip refuses each telegram of a KNX line, writes none that a line takes, and says that no working day is known as one
#
# Software: knxip 0.5 (PyPI)
# Guess:    KNXMessage "represents a message on the KNX bus". On a twisted pair line the last octet of a telegram is the
#           inverted XOR of all others, the number of hops has three bits and begins with 6, and the length is that of
#           the data behind the octet that begins it (KNX standard, chapters 3/2/2 and 3/3/3): BC 11 01 0A 01 E1 00 81
#           38 turns a light on. In a date with time (DPT 19.001) bit 6 of the seventh octet is "working day", bit 5
#           "working day isn't valid", and bit 0 summer time, which in Europe ends at three in the night.
# Seen:     The last octet is taken for the sum, and the length for that of all data and one more: so 3 is written for
#           1. Of the hops two bits are read, so that 6 are 2. Bit 5 is always set, and summer time ends and begins at
#           midnight.
# Output:   BC 11 01 0A 01 E1 00 81 38: Checksum error
#           the same message from knxip: BC 11 01 0A 01 E3 00 81 3D
#           hops 6: 2
#           Tuesday 1 December: working day True, not valid True; 25 October 2026, 1:00 CEST: summer time False
# Callbox:  speaks no KNX.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps knxip==0.5
"$tmp/venv/bin/python" - <<'PY'
import functools
import operator
import sys
from datetime import datetime
from zoneinfo import ZoneInfo

from knxip.conversion import datetime_to_knx
from knxip.core import KNXException, KNXMessage

WORKING_DAY, NOT_VALID, SUMMER_TIME = 1 << 6, 1 << 5, 1 << 0

octets = bytes.fromhex("BC11010A01E10081")
telegram = octets + bytes([0xFF ^ functools.reduce(operator.xor, octets)])
try:
    seen = f"data {bytes(KNXMessage.from_frame(telegram).data).hex()}"
except KNXException as error:
    seen = str(error).partition(" in ")[0]
print(f"{telegram.hex(' ').upper()}: {seen}")
message = KNXMessage()
message.src_addr, message.dst_addr, message.routing, message.repeat = 0x1101, 0x0A01, 6, 1
message.data, message.length = [0x00, 0x81], 3  # it refuses to read what has another length
written = message.to_frame()
print(f"the same message from knxip: {written.hex(' ').upper()}")
hops = KNXMessage.from_frame(written).routing
print(f"hops {message.routing}: {hops}")
day = datetime_to_knx(datetime(2026, 12, 1, 12))[6]
night = datetime_to_knx(datetime(2026, 10, 25, 1, tzinfo=ZoneInfo("Europe/Berlin")))[6]
print(
    f"Tuesday 1 December: working day {bool(day & WORKING_DAY)}, not valid {bool(day & NOT_VALID)}; "
    f"25 October 2026, 1:00 CEST: summer time {bool(night & SUMMER_TIME)}"
)
if (seen, written[5], hops, day & NOT_VALID, night & SUMMER_TIME) != ("Checksum error", 0xE3, 2, NOT_VALID, 0):
    sys.exit("changed: a refusal, length 3, 2 hops, a day that isn't valid and no summer time were expected")
PY
