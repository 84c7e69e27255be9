#!/usr/bin/env bash
# dpkt takes the header extension of RTP for sound
#
# Software: dpkt 1.9.8
# Guess:    With the X bit set a header extension stands before the payload (RFC 3550, section 5.3.1), as in each
#           packet of a browser (audio level, MID). dpkt, which shows the bit and the CSRCs, leaves it out of the data.
# Seen:     It is the beginning of the data. Whoever writes the data of a captured call to a file has eight or more
#           octets of extension before each packet, which no decoder takes.
# Output:   x=0: b'VOICE'
#           x=1: b'\xbe\xde\x00\x01\x10U\x00\x00VOICE'
# Callbox:  parses no captures; aiortc parses its packets, and takes both off.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check dpkt==1.9.8
"$tmp/venv/bin/python" -W ignore - <<'PY'
import struct
import sys

import dpkt

HEADER = struct.pack("!II", 960, 0x1234)
EXTENSION = struct.pack("!HH", 0xBEDE, 1) + b"\x10\x55\0\0"  # one octet of extension 1: the audio level
plain = dpkt.rtp.RTP(b"\x80\x6f\0\7" + HEADER + b"VOICE")
extended = dpkt.rtp.RTP(b"\x90\x6f\0\7" + HEADER + EXTENSION + b"VOICE")
print(f"x={plain.x}: {plain.data}")
print(f"x={extended.x}: {extended.data}")
if plain.data != b"VOICE" or extended.data != EXTENSION + b"VOICE":
    sys.exit("changed: the extension was expected in the data")
PY
