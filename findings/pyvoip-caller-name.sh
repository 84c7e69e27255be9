#!/usr/bin/env bash
# pyVoIP names a caller with half of the quotation marks, and can't read the address of a sips: or tel: caller
#
# Software: pyVoIP 1.6.8
# Guess:    The name of From: "Kitchen" <sip:kitchen@example.com> is Kitchen (RFC 3261, section 20.10), and the address
#           in it may be any URI (section 25.1, addr-spec): sips: and tel: come from secure and public networks.
# Seen:     The name is Kitchen" with a blank behind, since the first character is cut off and the rest kept; the number
#           is right. With sips: and tel: the parser of the whole message raises IndexError.
# Output:   "Kitchen" <sip:kitchen@example.com>: 'Kitchen" ', number kitchen
#           <sips:kitchen@example.com>: IndexError
#           <tel:+15550100>: IndexError
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


def caller(address):
    lines = ("SIP/2.0 180 Ringing", "Via: SIP/2.0/UDP 192.0.2.7:5060;branch=z9hG4bK1", f"From: {address};tag=1")
    lines += ("To: <sip:hall@example.com>;tag=2", "Call-ID: 1", "CSeq: 1 INVITE", "Content-Length: 0", "", "")
    try:
        found = SIPMessage("\r\n".join(lines).encode()).headers["From"]
    except IndexError:
        return "IndexError"
    return f"{found['caller']!r}, number {found['number']}"


seen = []
for address in ('"Kitchen" <sip:kitchen@example.com>', "<sips:kitchen@example.com>", "<tel:+15550100>"):
    seen.append(caller(address))
    print(f"{address}: {seen[-1]}")
if seen != ["'Kitchen\" ', number kitchen", "IndexError", "IndexError"]:
    sys.exit("changed: a quotation mark behind the name, and two times IndexError, were expected")
PY
