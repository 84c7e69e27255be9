#!/usr/bin/env bash
# httpx and requests drop a TURN server's credential with a = in it, and what is behind it in the link
#
# Software: httpx 0.28.1, requests 2.32.5 (PyPI)
# Guess:    RFC 9725, section 4.6: a WHIP server tells ICE servers in Link headers, a TURN server's with username and credential,
#           which in TURN's REST API are base64. response.links, parse_header_links() have them; a quoted parameter may hold
#           any character (RFC 8288, section 3).
# Seen:     A parameter with a second "=" ends the link without an error: credential and credential-type are missing, and the
#           TURN server refuses the client later. So it is with each credential of 16, 19 or 20 octets: base64 pads those.
# Output:   a credential without =: rel, username, credential, credential-type
#           a credential with =: rel, username
# Callbox:  gets ICE servers from the bot's start endpoint as JSON; it speaks no WHIP.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install --quiet --disable-pip-version-check httpx==0.28.1 requests==2.32.5
cat > "$tmp/links.py" <<'PY'
import sys

import httpx
from requests.utils import parse_header_links

SERVER = '<turn:turn.example.net>; rel="ice-server"; username="kitchen"; credential="{}"; credential-type="password"'
EXPECTED = {
    "without =": (SERVER.format("bXlQYXNzd29yZHMu"), ["rel", "username", "credential", "credential-type"]),
    "with =": (SERVER.format("bXlQYXNzd29yZHM="), ["rel", "username"]),
}
changed = False
for name, (header, expected) in EXPECTED.items():
    [of_requests] = parse_header_links(header)
    of_httpx = httpx.Response(201, headers={"Link": header}).links["ice-server"]
    seen = [[one for one in link if one != "url"] for link in (of_requests, of_httpx)]
    print(f"a credential {name}: {', '.join(seen[0])}")
    changed |= seen != [expected, expected]
sys.exit("changed: the lines of the header were expected of both" if changed else 0)
PY
"$tmp/venv/bin/python" "$tmp/links.py"
