#!/usr/bin/env bash
# dlms-cosem makes the code of now of that of a stored month, and loses the time zone of London
#
# Software: dlms-cosem 25.1.0 (PyPI)
# Guess:    The sixth number of an OBIS code is the billing period: 255 is now, others are those that were stored (IEC
#           62056-6-1, value group F). A time has its deviation from UTC in minutes, of which 0x8000, not 0, means "not
#           specified"; FF is a clock status that isn't specified (DLMS UA Blue Book, 4.1.6.1).
# Seen:     Obis.from_string() leaves the sixth number of six out, so each is 255, also of what to_string() has written.
#           A deviation of 0 gives a time without a zone, which is written again as 0x8000. FF is all flags at once.
# Output:   1-0:1.8.0.1: 1-0:1.8.0.255
#           an hour east of UTC: 2026-01-15T07:30:00+01:00, written again the same
#           in UTC: 2026-01-15T07:30:00, written again with a deviation of 0x8000
#           status FF: invalid and doubtful, in summer time
# Callbox:  reads no meters.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check dlms-cosem==25.1.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from dlms_cosem.cosem import Obis
from dlms_cosem.time import datetime_from_bytes, datetime_to_bytes

LAST_MONTH = Obis(1, 0, 1, 8, 0, 1).to_string()
TIME = bytes.fromhex("07EA 01 0F FF 07 1E 00 00")  # 15 January 2026, 7:30
BERLIN = bytes.fromhex("FFC4 00")  # an hour east, no status
UTC, STATUS = bytes.fromhex("0000 00"), bytes.fromhex("0000 FF")

seen = [Obis.from_string(LAST_MONTH).to_string()]
print(f"{LAST_MONTH}: {seen[0]}")
for words, zone in (("an hour east of UTC", BERLIN), ("in UTC", UTC)):
    told, _ = datetime_from_bytes(TIME + zone)
    written = datetime_to_bytes(told)
    seen += [told.isoformat(), written[9:11].hex()]
    result = "the same" if written == TIME + zone else f"with a deviation of 0x{seen[-1]}"
    print(f"{words}: {seen[-2]}, written again {result}")
_, status = datetime_from_bytes(TIME + STATUS)
flags = status.invalid, status.doubtful, status.daylight_saving_active
if all(flags):
    print("status FF: invalid and doubtful, in summer time")
if (seen, flags) != (
    ["1-0:1.8.0.255", "2026-01-15T07:30:00+01:00", "ffc4", "2026-01-15T07:30:00", "8000"], (True, True, True)
):
    sys.exit(f"changed: {seen}, {flags}")
PY
