#!/usr/bin/env bash
# Adafruit's GPS drops the twelfth satellite, calls a fix in two dimensions one in three, and puts London to the east
#
# Software: adafruit-circuitpython-gps 4.0.0, Adafruit-Blinka 10.0.0 (PyPI), without a receiver
# Guess:    sat_prns are the satellites of GSA, of which there are twelve at most. has_3d_fix is true "if there is a 3d
#           fix available", and 2 in fix_quality_3d is a 2D fix (its documentation). West of Greenwich,
#           longitude_degrees and longitude_minutes are below zero together, as longitude is. Since NMEA 4.10, GSV ends
#           with the signal as GSA ends with the system, which the driver reads.
# Seen:     Twelve satellites are taken as data[2:-4], which is right only if a system stands behind them. 2 is enough
#           for has_3d_fix. The sign is put to the degrees, which are 0 in London. GSV with a signal is refused.
# Output:   12 satellites without a system: 11; with one: 12
#           has_3d_fix with a fix in two dimensions: True
#           0 degrees 7.5 minutes west: longitude -0.125, degrees 0, minutes 7.5
#           GSV: read, with a signal: not read
# Callbox:  reads no positions.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check adafruit-circuitpython-gps==4.0.0 Adafruit-Blinka==10.0.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import functools
import io
import operator
import sys

import adafruit_gps

SATELLITES = "04,05,09,12,24,25,26,27,28,29,30,31"
VIEW = "GPGSV,1,1,01,05,58,322,36"


class Port(io.BytesIO):
    """A serial port on which these octets have come."""

    @property
    def in_waiting(self):
        return len(self.getvalue()) - self.tell()


def after(fields):
    """The GPS after one sentence, and whether that was read."""
    checksum = functools.reduce(operator.xor, fields.encode())
    gps = adafruit_gps.GPS(Port(f"${fields}*{checksum:02X}\r\n".encode()))
    return gps, gps.update()


counts = [len(after(f"GPGSA,A,3,{SATELLITES},2.5,1.3,2.1{system}")[0].sat_prns) for system in ("", ",1")]
flat = after("GPGSA,A,2,04,05,09,12,,,,,,,,,2.5,1.3,2.1")[0]
london = after("GPGLL,5128.668,N,00007.500,W,123519,A,A")[0]
place = london.longitude, london.longitude_degrees, london.longitude_minutes
view = [after(f"{VIEW}{signal}")[1] for signal in ("", ",1")]
print(f"12 satellites without a system: {counts[0]}; with one: {counts[1]}")
print(f"has_3d_fix with a fix in two dimensions: {flat.has_3d_fix}")
print(f"0 degrees 7.5 minutes west: longitude {place[0]}, degrees {place[1]}, minutes {place[2]}")
read, signal = ("read" if each else "not read" for each in view)
print(f"GSV: {read}, with a signal: {signal}")
if (counts, flat.has_3d_fix, place, view) != ([11, 12], True, (-0.125, 0, 7.5), [True, False]):
    sys.exit("changed: 11 satellites, True, 0 degrees and a sentence that isn't read were expected")
PY
