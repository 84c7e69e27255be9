#!/usr/bin/env bash
# enocean says that button AI was released, whichever button of a switch was
#
# Software: enocean 0.60.1
# Guess:    A switch of two rockers names its button (AI, AO, BI, BO) in the telegram of a press, where the bit NU of
#           the status is set. Without NU the same bits are how many buttons are down: 0 for none when one is let go
#           (EnOcean Equipment Profiles, F6-02-01 and F6-02-02). So a release has no button.
# Seen:     The bits are read as a button all the same: each release is "Button AI", "released". Three or four buttons
#           that are pressed at once are "Button BO", "pressed".
# Output:   AI pressed: Button AI pressed, then Button AI released
#           BO pressed: Button BO pressed, then Button AI released
#           three buttons pressed: Button BO pressed, then Button AI released
# Callbox:  has its button on a GPIO (docs/gestures.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check enocean==0.60.1
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from enocean.protocol import crc8
from enocean.protocol.packet import Packet

T21, NU = 0x20, 0x10


def told(octet, status):
    """What the telegram of a rocker switch says."""
    data = [0xF6, octet, 0xFE, 0xF9, 0x1F, 0xD4, status]
    optional = [3, 255, 255, 255, 255, 45, 0]
    header = [0, len(data), len(optional), 1]
    octets = [0x55, *header, crc8.calc(header), *data, *optional, crc8.calc(data + optional)]
    packet = Packet.parse_msg(octets)[2]
    packet.parse_eep(0x02, 0x02)
    return f"{packet.parsed['R1']['value']} {packet.parsed['EB']['value']}"


seen = {
    "AI pressed": (told(0x10, T21 | NU), told(0x00, T21)),
    "BO pressed": (told(0x70, T21 | NU), told(0x00, T21)),
    "three buttons pressed": (told(0x70, T21), told(0x00, T21)),
}
for name, (press, release) in seen.items():
    print(f"{name}: {press}, then {release}")
if seen["BO pressed"][1] != "Button AI released" or seen["three buttons pressed"][0] != "Button BO pressed":
    sys.exit("changed: a release of AI, and a press of BO, were expected")
PY
