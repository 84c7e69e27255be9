#!/usr/bin/env bash
# HAP-python writes 510 octets as 1026 that no one reads, and joins two items of a list
#
# Software: HAP-python 5.2.0; compared with aiohomekit 4.0.1
# Guess:    In HomeKit's TLV8 a value of more than 255 octets is written in pieces, of which all but the last have 255;
#           items of the same type that follow each other are kept apart by one of type 0 without a value (HomeKit
#           Accessory Protocol, TLV Rules). So decode() returns what encode() was given, whatever its length.
# Seen:     A value whose length is a multiple of 255, from 510 on, is followed by a piece that says 0 and holds the
#           whole value again: HAP-python and aiohomekit both refuse it. decode() joins two items to one in spite of the
#           separator between them.
# Output:   255: HAP-python reads it, aiohomekit reads it
#           509: HAP-python reads it, aiohomekit reads it
#           510: HAP-python: ValueError, aiohomekit: TlvParseException
#           511: HAP-python reads it, aiohomekit reads it
#           510 by aiohomekit: HAP-python reads it, aiohomekit reads it
#           door and gate: HAP-python has doorgate, aiohomekit has door, gate
# Callbox:  is a device of Home Assistant by MQTT (docs/mqtt.md), not of HomeKit.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check hap-python==5.2.0 aiohomekit==4.0.1
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from aiohomekit.protocol.tlv import TLV
from pyhap import tlv


def by_hap_python(octets):
    return tlv.decode(octets)[b"\x01"]


def by_aiohomekit(octets):
    return bytes(TLV.decode_bytes(octets)[0][1])


def told(octets, value):
    """Who reads this value in these octets."""
    answers = []
    for name, read in (("HAP-python", by_hap_python), ("aiohomekit", by_aiohomekit)):
        try:
            answers.append(f"{name} reads it" if read(octets) == value else f"{name} reads something else")
        except Exception as error:
            answers.append(f"{name}: {type(error).__name__}")
    return ", ".join(answers)


seen = {}
for length in (255, 509, 510, 511):
    value = b"x" * length
    seen[str(length)] = told(tlv.encode(b"\x01", value), value)
value = b"x" * 510
seen["510 by aiohomekit"] = told(bytes(TLV.encode_list([(1, value)])), value)
octets = tlv.encode(b"\x01", b"door", b"\x00", b"", b"\x01", b"gate")
theirs = ", ".join(bytes(value).decode() for kind, value in TLV.decode_bytes(octets) if kind == 1)
seen["door and gate"] = f"HAP-python has {by_hap_python(octets).decode()}, aiohomekit has {theirs}"
for name, answer in seen.items():
    print(f"{name}: {answer}")
both = "HAP-python reads it, aiohomekit reads it"
neither = "HAP-python: ValueError, aiohomekit: TlvParseException"
if list(seen.values()) != [both, both, neither, both, both, "HAP-python has doorgate, aiohomekit has door, gate"]:
    sys.exit("changed: 510 was expected to be refused, and doorgate to be read")
PY
