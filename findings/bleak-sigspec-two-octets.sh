#!/usr/bin/env bash
# bleak-sigspec can't read a scale, nor a heart rate that has two octets
#
# Software: bleak-sigspec 0.0.4, bleak 3.1.0 (PyPI)
# Guess:    A value is a row of fields without gaps, the low octet first: flags, then a heart rate of one octet or, with
#           flag 0, of two; 07 48 00 is 72, as 06 48 is (Bluetooth, GATT Specification Supplement, Heart Rate
#           Measurement). A weight has flags and two octets. "Compatibility with +200 GATT characteristics" (README).
# Seen:     The fields are unpacked by struct's "BH" without a byte order, so that a number of two octets begins at an
#           even place: with a gap behind the flags. Floats have their own code, and are read.
# Output:   Heart Rate Measurement 06 48: 72 bpm
#           Heart Rate Measurement 07 48 00: unpack requires a buffer of 4 bytes
#           Weight Measurement 00 86 38: unpack requires a buffer of 4 bytes
#           Blood Pressure Measurement 00 79 00 50 00 5D 00: 121.0 mmHg, 80.0 mmHg, 93.0 mmHg
# Callbox:  reads no Bluetooth sensors.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check bleak-sigspec==0.0.4 bleak==3.1.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import struct
import sys

from bleak_sigspec.utils import get_char_value

VALUES = (
    ("Heart Rate Measurement", "06 48"), ("Heart Rate Measurement", "07 48 00"), ("Weight Measurement", "00 86 38"),
    ("Blood Pressure Measurement", "00 79 00 50 00 5D 00"),
)


def told(name, octets):
    try:
        fields = get_char_value(bytes.fromhex(octets), name)
    except struct.error as error:
        return str(error)
    return ", ".join(f"{field['Value']} {field['Symbol']}" for field in fields.values())


seen = [told(*value) for value in VALUES]
for (name, octets), text in zip(VALUES, seen, strict=True):
    print(f"{name} {octets}: {text}")
if seen[0] != "72 bpm" or not all("unpack requires" in text for text in seen[1:3]):
    sys.exit("changed: 72 bpm and two errors were expected")
PY
