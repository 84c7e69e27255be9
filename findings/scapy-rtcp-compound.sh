#!/usr/bin/env bash
# scapy dissects the first packet of a compound RTCP packet only, and no BYE
#
# Software: scapy 2.8.0 (scapy.contrib.rtcp)
# Guess:    RTCP comes in compound packets of a report, SDES and more (RFC 3550, section 6.1): each is dissected, as
#           scapy does it with the messages of MQTT in one segment. BYE is named in its table of types: its SSRC is
#           shown.
# Seen:     Whatever follows the report is raw octets, so a capture of a call has no CNAME and no BYE. Of a BYE that
#           stands alone the SSRC is raw as well.
# Output:   report, SDES, BYE: Sender report, layers ['RTCP', 'Raw'], 20 octets behind it
#           SDES: Source description, layers ['RTCP'], 0 octets behind it
#           BYE: BYE, layers ['RTCP', 'Raw'], 4 octets behind it
# Callbox:  judges no captures with scapy.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check scapy==2.8.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import struct
import sys

from scapy.contrib.rtcp import RTCP

REPORT = struct.pack("!BBHI", 0x80, 200, 6, 1) + bytes(20)
NAME = struct.pack("!BBHI", 0x81, 202, 2, 1) + b"\1\1a\0"
BYE = struct.pack("!BBHI", 0x81, 203, 1, 1)
seen = []
for name, octets in (("report, SDES, BYE", REPORT + NAME + BYE), ("SDES", NAME), ("BYE", BYE)):
    packet = RTCP(octets)
    layers = [layer.__name__ for layer in packet.layers()]
    seen.append((len(bytes(packet.payload)), layers))
    print(f"{name}: {packet.sprintf('%RTCP.packet_type%')}, layers {layers}, {seen[-1][0]} octets behind it")
if seen[0] != (len(NAME + BYE), ["RTCP", "Raw"]) or seen[2] != (4, ["RTCP", "Raw"]):
    sys.exit("changed: SDES and BYE were expected as raw octets")
PY
