#!/usr/bin/env bash
# scapy tells 16777215 lost packets where one came twice
#
# Software: scapy 2.8.0 (scapy.contrib.rtcp)
# Guess:    The cumulative number of packets lost is signed, and negative when packets arrive twice (RFC 3550, section
#           6.4.1): -1 after one duplicate.
# Seen:     It is read as an unsigned number of 24 bits. The mean loss of a call over a network that doubles packets is
#           far above the number of packets that there were; and -1 can't be sent.
# Output:   scapy: 16777215
#           aiortc: -1
#           scapy, a report of -1: error
# Callbox:  judges no captures with scapy; aiortc reads it as a signed number.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check scapy==2.8.0 aiortc==1.16.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import struct
import sys

from aiortc.rtp import RtcpPacket
from scapy.contrib.rtcp import RTCP, ReceptionReport

REPORT = struct.pack("!BBHI", 0x81, 201, 7, 1) + struct.pack("!IIIIII", 2, 0x00FFFFFF, 1000, 4, 5, 6)
lost = RTCP(REPORT).report_blocks[0].cumulative_lost
print("scapy:", lost)
print("aiortc:", RtcpPacket.parse(REPORT)[0].reports[0].packets_lost)
try:
    bytes(ReceptionReport(cumulative_lost=-1))
    built = "built"
except Exception as error:
    built = type(error).__name__
print("scapy, a report of -1:", built)
if lost != 16777215:
    sys.exit("changed: 16777215 was expected")
PY
