#!/usr/bin/env bash
# Three Python parsers of RTP take the padding for sound
#
# Software: dpkt 1.9.8, scapy 2.8.0, rtp 0.0.4
# Guess:    A parser that shows the P bit takes the padding off, whose last octet tells how long it is (RFC 3550,
#           section 5.1).
# Seen:     All three leave it in the payload: with Opus the decoder gets a packet that is longer than the one encoded,
#           with PCMU three samples more that nobody said.
# Output:   dpkt: b'VOICE\x00\x00\x03'
#           scapy: b'VOICE\x00\x00\x03'
#           rtp: b'VOICE\x00\x00\x03'
# Callbox:  parses no captures; aiortc parses its packets, and takes both off.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check dpkt==1.9.8 scapy==2.8.0 rtp==0.0.4
"$tmp/venv/bin/python" -W ignore - <<'PY'
import struct
import sys

import dpkt
from rtp import RTP
from scapy.layers.rtp import RTP as ScapyRTP

PACKET = struct.pack("!BBHII", 0x80 | 0x20, 0, 7, 960, 0x1234) + b"VOICE" + b"\0\0\3"  # three octets of padding
seen = {
    "dpkt": dpkt.rtp.RTP(PACKET).data,
    "scapy": bytes(ScapyRTP(PACKET).payload),
    "rtp": bytes(RTP().fromBytes(bytearray(PACKET)).payload),
}
for name, payload in seen.items():
    print(f"{name}: {payload}")
if any(payload != b"VOICE\0\0\3" for payload in seen.values()):
    sys.exit("changed: the padding was expected in the payload")
PY
