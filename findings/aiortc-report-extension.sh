#!/usr/bin/env bash
# aiortc drops a whole RTCP packet whose report has a profile-specific extension
#
# Software: aiortc 1.16.0
# Guess:    A sender or receiver report may end with a profile-specific extension, which who doesn't know it ignores
#           (RFC 3550, section 6.4.3); its length tells how long it is. The report counts, and what follows it in the
#           compound packet.
# Seen:     RtcpPacket.parse() raises ValueError for the whole compound packet, and the transport drops it with a line
#           at the level debug: no round-trip time, no BYE, no NACK of such a peer is ever seen.
# Output:   plain sender report and BYE: ['RtcpSrPacket', 'RtcpByePacket']
#           plain receiver report and BYE: ['RtcpRrPacket', 'RtcpByePacket']
#           extended sender report and BYE: ValueError: RTCP sender report length is invalid
#           extended receiver report and BYE: ValueError: RTCP receiver report length is invalid
# Callbox:  loses such a packet, as aiortc does (docs/client.md, Limits of aiortc).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check aiortc==1.16.0 aioice==0.13.0 av==18.1.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import struct
import sys

from aiortc.rtp import RtcpPacket

BYE = struct.pack("!BBHI", 0x81, 203, 1, 1)
seen = {}
for name, extension in (("plain", b""), ("extended", b"\0\0\0\1")):
    for kind, code, info in (("sender", 200, bytes(20)), ("receiver", 201, b"")):
        body = struct.pack("!I", 1) + info + extension
        octets = struct.pack("!BBH", 0x80, code, len(body) // 4) + body + BYE
        try:
            seen[name, kind] = [type(packet).__name__ for packet in RtcpPacket.parse(octets)]
        except ValueError as error:
            seen[name, kind] = f"ValueError: {error}"
        print(f"{name} {kind} report and BYE: {seen[name, kind]}")
if not all(isinstance(what, str) == (name == "extended") for (name, _), what in seen.items()):
    sys.exit("changed: ValueError was expected for both extended reports")
PY
