#!/usr/bin/env bash
# pyedid takes the analogue monitor of its own example for a digital one, and tells modes that it hasn't
#
# Software: pyedid 1.0.3 (PyPI)
# Guess:    It parses what a monitor tells of itself. In an EDID (VESA E-EDID, and the page that its documentation
#           names) bit 7 of octet 20 is set for a digital input; bits 7, 6 and 5 of octet 24 are standby, suspend and
#           off; each bit of octets 35 and 36 is a mode, such as 800 x 600 at 72 Hz and 1024 x 768 at 70; product and
#           serial number have their low octet first: the VS248 of its example is product 2498h.
# Seen:     The input is digital if any bit is set, the three states are there if any bit is, and the numbers are read
#           from the wrong end. Of the modes the four lowest bits alone are looked at, by "and" with the numbers from 1
#           to 15 in place of a bit each, so that one mode makes eight, which it isn't among, and the twelve common ones
#           none. In the table 70 and 72 Hz are exchanged.
# Output:   input 1eh, without bit 7: digital
#           product 2498h: 9824h
#           a monitor without the three states: True, True, True
#           640 x 480 at 60 Hz alone: []
#           1280 x 1024 at 75 Hz alone: [(720, 400, 70.0), (640, 480, 60.0), (640, 480, 72.0), (800, 600, 56.0),
#             (800, 600, 70.0), (832, 624, 75.0), (1024, 768, 60.0), (1024, 768, 75.0)]
# Callbox:  has no display.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check pyedid==1.0.3
"$tmp/venv/bin/python" - <<'PY'
import sys

import pyedid

EXAMPLE = bytes.fromhex(
    "00ffffffffffff0004699824010101011e1b01031e351e78ea9265a655559f280d5054bfef00714f818081409500a940"
    "b300d1c00101023a801871382d40582c4500132b2100001e000000fd00324c1e5311000a202020202020000000fc0056"
    "533234380a20202020202020000000ff0048374c4d51533132323136310a0000"
)  # the one of its documentation, an Asus VS248
INPUT, FEATURES, MODES, STANDARD_MODES = 20, 24, 35, 38


def monitor(place=0, octets=b""):
    """The example with other octets at a place, no standard modes, and the checksum of that."""
    edid = bytearray(EXAMPLE)
    edid[STANDARD_MODES:STANDARD_MODES + 16] = b"\x01" * 16
    edid[place:place + len(octets)] = octets
    edid[127] = -sum(edid[:127]) & 0xFF
    return pyedid.parse_edid(bytes(edid))


example = pyedid.parse_edid(EXAMPLE)
print(f"input {EXAMPLE[INPUT]:02x}h, without bit 7: {example.type}")
print(f"product 2498h: {example.product_id:04x}h")
plain = monitor(FEATURES, b"\x0a")
states = [plain.dpms_standby, plain.dpms_suspend, plain.dpms_activeoff]
print(f"a monitor without the three states: {', '.join(map(str, states))}")
vga = monitor(MODES, bytes([1 << 5, 0])).resolutions
print(f"640 x 480 at 60 Hz alone: {vga}")
sxga = monitor(MODES, bytes([0, 1 << 0])).resolutions
print(f"1280 x 1024 at 75 Hz alone: {sxga}")
seen = (example.type, example.product_id, states, vga, (1280, 1024, 75.0) in sxga, len(sxga))
if seen != ("digital", 0x9824, [True] * 3, [], False, 8):
    sys.exit("changed: digital, 9824h, three states, and none and eight modes were expected")
PY
