#!/usr/bin/env bash
# Python's sdp-transform writes a TCP candidate without its type
#
# Software: sdp-transform 1.1.0 (PyPI)
# Guess:    "a=candidate:1 1 tcp 1 192.0.2.1 9 typ host tcptype active" is the same after parse() and write(): tcptype
#           is there in each TCP candidate (RFC 6544, section 4.5).
# Seen:     Of a host candidate it is dropped without an error. A peer that gets the candidate can't know who of the two
#           connects, and leaves it out: a call that needs TCP to get out of its network fails.
# Output:   read: a=candidate:1 1 udp 2 192.0.2.1 9 typ host generation 0
#           written: a=candidate:1 1 udp 2 192.0.2.1 9 typ host generation 0
#           read: a=candidate:1 1 tcp 1 192.0.2.1 9 typ host tcptype active
#           written: a=candidate:1 1 tcp 1 192.0.2.1 9 typ host
# Callbox:  adds parameters to its own offer as text; aioice gathers no TCP candidates.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check sdp-transform==1.1.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

import sdp_transform

SESSION = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\nm=audio 9 RTP/AVP 0\r\n"
UDP = "a=candidate:1 1 udp 2 192.0.2.1 9 typ host generation 0"
TCP = "a=candidate:1 1 tcp 1 192.0.2.1 9 typ host tcptype active"
seen = {}
for line in (UDP, TCP):
    seen[line] = sdp_transform.write(sdp_transform.parse(f"{SESSION}{line}\r\n")).split("\r\n")[-2]
    print("read:", line)
    print("written:", seen[line])
if seen[UDP] != UDP or "tcptype" in seen[TCP]:
    sys.exit("changed: the TCP candidate was expected without its type")
PY
