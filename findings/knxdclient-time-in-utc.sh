#!/usr/bin/env bash
# knxdclient puts half past midnight of 1 July on the bus as half past midnight of 30 June
#
# Software: knxdclient 1.2.0 (PyPI)
# Guess:    A datetime with a time zone becomes local date and time, as they are in KNX' DPT 19.001 (KNX standard,
#           3/7/2): 22:30 of 30 June in UTC is 0:30 of 1 July in Berlin. A time without a date, which encode_value()
#           takes for DATE_TIME too, can be read again.
# Seen:     The hour is converted and the date isn't: it is a day early. A time without a date is written with month 0
#           and a flag that says so, which decode_value() doesn't read: ValueError.
# Output:   30 June 22:30 UTC: 2026-06-30 00:30:00
#           in Berlin:         2026-07-01 00:30:00
#           7:30 without a date: ValueError
# Callbox:  speaks no KNX; its alarms are in wall time of their zone (docs/alarms.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps knxdclient==1.2.0
TZ=CET-1CEST,M3.5.0,M10.5.0/3 "$tmp/venv/bin/python" -W ignore - <<'PY'
import sys
from datetime import UTC, datetime, time

from knxdclient import KNXDPT, decode_value, encode_value


def on_the_bus(value):
    try:
        return decode_value(encode_value(value, KNXDPT.DATE_TIME), KNXDPT.DATE_TIME)
    except ValueError as error:
        return type(error).__name__


moment = datetime(2026, 6, 30, 22, 30, tzinfo=UTC)
local = moment.astimezone().replace(tzinfo=None)
seen, alone = on_the_bus(moment), on_the_bus(time(7, 30))
print(f"30 June 22:30 UTC: {seen}")
print(f"in Berlin:         {local}")
print(f"7:30 without a date: {alone}")
if (local - seen).days != 1 or alone != "ValueError":
    sys.exit("changed: a time that is a day early was expected, and ValueError")
PY
