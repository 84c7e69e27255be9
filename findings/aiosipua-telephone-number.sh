#!/usr/bin/env bash
# aiosipua takes a caller's telephone number for a port, and a name with < for an address
#
# Software: aiosipua 0.7.1
# Guess:    parse_address() reads what may stand in From: a tel: address, as a gateway sends it (RFC 3261, section
#           20.20; RFC 3966), a name in quotation marks with any character in it (section 25.1), and a user part with a
#           semicolon, which is an example of section 19.1.3.
# Seen:     A number is a SIP address without a user, with the host "tel" and the number as its port. The name is cut at
#           its <, and what stands behind that is the host. Of the user alice;day=tuesday the host is alice, and her own
#           host is a parameter.
# Output:   <tel:+49301234567>: name None, sip, user None, host tel, port 49301234567
#           "Box <kitchen>" <sip:box@192.0.2.7>: name "Box, sip, user None, host kitchen, port None
#           sip:alice;day=tuesday@example.com: name None, sip, user None, host alice, port None
#           "Box" <sip:box@192.0.2.7:5060>: name Box, sip, user box, host 192.0.2.7, port 5060
# Callbox:  speaks no SIP.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check aiosipua==0.7.1
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from aiosipua.headers import parse_address

seen = []
for text in (
    "<tel:+49301234567>",
    '"Box <kitchen>" <sip:box@192.0.2.7>',
    "sip:alice;day=tuesday@example.com",
    '"Box" <sip:box@192.0.2.7:5060>',
):
    one = parse_address(text)
    user, host, port = one.uri.user, one.uri.host, one.uri.port
    seen.append((user, host, port))
    print(f"{text}: name {one.display_name}, {one.uri.scheme}, user {user}, host {host}, port {port}")
if seen != [(None, "tel", 49301234567), (None, "kitchen", None), (None, "alice", None), ("box", "192.0.2.7", 5060)]:
    sys.exit("changed: the hosts tel, kitchen and alice were expected")
PY
