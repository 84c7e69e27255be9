#!/usr/bin/env bash
# bleparser tells 0 % of a battery that isn't low, and 100 % of one that can't be measured
#
# Software: bleparser 3.7.3, pycryptodomex 3.24.2 (PyPI)
# Guess:    BTHome's object 01 is a battery in percent, 15 whether it is low: 0 is normal, 1 is low. So are 2F, moisture
#           in percent, and 20, whether it is wet (BTHome v2, sensor data and binary sensor data). Of a RuuviTag, the
#           highest number of a field means "not available" (data format 5, with a test vector of them).
# Seen:     Objects 01 and 15 are one value "battery", and the last one stays; so are 20 and 2F. Of Ruuvi's test vector,
#           temperature, humidity, pressure and acceleration aren't told, but 3.647 V, +22 dBm and 100 %.
# Output:   battery of 97 %: 97; it isn't low: 0; both: 0
#           moisture of 40 %: 40; it is wet: 1; both: 40
#           RuuviTag without values: voltage 3.647, tx power 22, battery 100
# Callbox:  reads no beacons.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps bleparser==3.7.3 pycryptodomex==3.24.2
"$tmp/venv/bin/python" - <<'PY'
import sys

from bleparser import BleParser

ADDRESS = bytes.fromhex("a4c1388d18b2")
BTHOME = b"\x16\xd2\xfc\x40"  # service data, version 2, not encrypted
RUUVI = b"\xff\x99\x04"  # the maker's data
NOT_AVAILABLE = bytes.fromhex("05 8000 FFFF FFFF 8000 8000 8000 FFFF FF FFFF FFFFFFFFFFFF")


def told(data):
    """What is told of an advertisement with this structure, as a Bluetooth controller reports it."""
    structures = b"\x02\x01\x06" + bytes([len(data)]) + data
    report = b"\x02\x01\x00\x00" + ADDRESS[::-1] + bytes([len(structures)]) + structures + b"\xc0"
    sensor, _ = BleParser().parse_raw_data(b"\x04\x3e" + bytes([len(report)]) + report)
    return sensor


seen = []
for name, amount, percent, state, words in (
    ("battery", "97 %", "01 61", "15 00", "isn't low"), ("moisture", "40 %", "2F 28", "20 01", "is wet"),
):
    objects = [percent, state, "".join(sorted((percent, state)))]  # in the order of their numbers
    values = [told(BTHOME + bytes.fromhex(octets))[name] for octets in objects]
    print(f"{name} of {amount}: {values[0]}; it {words}: {values[1]}; both: {values[2]}")
    seen.append(values)
tag = told(RUUVI + NOT_AVAILABLE)
seen.append([tag.get(key) for key in ("temperature", "voltage", "tx power", "battery")])
print("RuuviTag without values: voltage {}, tx power {}, battery {}".format(*seen[2][1:]))
if seen != [[97, 0, 0], [40, 1, 40], [None, 3.647, 22, 100]]:
    sys.exit(f"changed: {seen}")
PY
