#!/usr/bin/env bash
# pyVoIP raises ValueError for a status that its list hasn't
#
# Software: pyVoIP 1.6.8
# Guess:    A final answer with an unknown status counts as the x00 of its class (RFC 3261, section 8.1.3.2): 499 is a
#           failure like 400. Extensions and providers add such ones.
# Seen:     The parser makes a member of an enumeration of it, and raises ValueError: of the answer nothing is read,
#           not even which call it belongs to.
# Output:   486: BUSY_HERE
#           499: ValueError: 499 is not a valid SIPStatus
# Callbox:  is no SIP telephone.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check pyVoIP==1.6.8
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

import pyVoIP.VoIP  # noqa: F401  its SIP can't be imported first
from pyVoIP.SIP import SIPMessage

HEADERS = (
    "Via: SIP/2.0/UDP 192.0.2.7:5060;branch=z9hG4bK1",
    "From: <sip:kitchen@example.com>;tag=1",
    "To: <sip:hall@example.com>;tag=2",
    "Call-ID: 1",
    "CSeq: 1 INVITE",
    "Content-Length: 0",
)


def status(line):
    try:
        return SIPMessage("\r\n".join([f"SIP/2.0 {line}", *HEADERS, "", ""]).encode()).status.name
    except ValueError as error:
        return f"ValueError: {error}"


seen = [status("486 Busy Here"), status("499 Kitchen Closed")]
print(f"486: {seen[0]}\n499: {seen[1]}")
if seen[0] != "BUSY_HERE" or not seen[1].startswith("ValueError"):
    sys.exit("changed: a ValueError was expected of 499")
PY
