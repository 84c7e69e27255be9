#!/usr/bin/env bash
# sibilant refuses lines that are examples in SDP's own RFC
#
# Software: sibilant 0.4.2 (PyPI)
# Guess:    SDPSession.parse() reads the lines that RFC 8866 gives as examples: c= with a TTL and a number of addresses
#           (section 5.7), r= (section 5.10), and two c= lines in one media section (section 5.7).
# Seen:     They raise SDPParseError: 7d and 1h are times, 0 and 604800 aren't, because a time without a letter is none; an
#           address with a number of addresses is "invalid", in IPv6 with any number. One c= line with a TTL is read.
# Output:   c=IN IP4 233.252.0.1/127: read
#           c=IN IP4 233.252.0.1/127/3: SDPParseError: Invalid connection address 233.252.0.1/127/3
#           c=IN IP6 ff00::db8:0:101/3: SDPParseError: Invalid connection address ff00::db8:0:101/3
#           r=7d 1h 0 25h: SDPParseError: Invalid time string "0" in repeat field: 7d 1h 0 25h
#           r=604800 3600 0 90000: SDPParseError: Invalid time string "604800" in repeat field: 604800 3600 0 90000
#           two c= lines of a media section: SDPParseError: Duplicate field connection
# Callbox:  has no sessions of multicast or at set times; aiortc reads its SDP.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check sibilant==0.4.2
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from sibilant.sdp import SDPSession

C, T, M = "c=IN IP4 198.51.100.1", "t=3724394400 3724398000", "m=audio 49170 RTP/AVP 0"
SESSIONS = {
    "c=IN IP4 233.252.0.1/127": ["c=IN IP4 233.252.0.1/127", T, M],
    "c=IN IP4 233.252.0.1/127/3": ["c=IN IP4 233.252.0.1/127/3", T, M],
    "c=IN IP6 ff00::db8:0:101/3": ["c=IN IP6 ff00::db8:0:101/3", T, M],
    "r=7d 1h 0 25h": [C, T, "r=7d 1h 0 25h", M],
    "r=604800 3600 0 90000": [C, T, "r=604800 3600 0 90000", M],
    "two c= lines of a media section": [T, M, "c=IN IP4 233.252.0.1/127", "c=IN IP4 233.252.0.2/127"],
}
refused = []
for name, lines in SESSIONS.items():
    session = "\r\n".join(["v=0", "o=jdoe 3724394400 3724394405 IN IP4 198.51.100.1", "s=Call", *lines, ""])
    try:
        SDPSession.parse(session.encode())
        print(f"{name}: read")
    except Exception as error:
        refused.append(name)
        print(f"{name}: {type(error).__name__}: {error}")
if refused != [*SESSIONS][1:]:
    sys.exit("changed: all but the first one were expected to be refused")
PY
