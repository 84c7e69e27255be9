#!/usr/bin/env bash
# ursine finds the host "[" in the example of its documentation, and changes the address that it calls immutable
#
# Software: ursine 0.3.1 (PyPI), Python 3.11
# Guess:    URI('sips:[::1]:5080').host is '[::1]', and URI and Header objects are immutable: a with_... method returns
#           a modified one (its README). It reads what the RFC gives as examples: ;lr has no value (RFC 3261,
#           16.12.1.1), and a blank may stand before ;tag (20.10).
# Seen:     The host ends at the first colon, also within brackets. with_transport() changes the address that it is
#           called on, so that both are equal. ;lr, without which no loose router can be named, and a blank before ;tag
#           raise ValueError.
# Output:   host of sips:[::1]:5080: [
#           port of sips:[::1]:5080: 5080
#           sip:box@example.com after with_transport('tcp'): sip:box@example.com;transport=tcp
#           sip:p2.domain.com;lr: ValueError
#           "A. G. Bell" <sip:agb@bell-telephone.com> ;tag=a48s: ValueError
# Callbox:  is no SIP telephone; a dialled digit goes to the bot as DTMF by RTVI (docs/gestures.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check ursine==0.3.1
"$tmp/venv/bin/python" - <<'PY'
import sys

from ursine import URI, Header

address = URI("sips:[::1]:5080")
seen = [address.host]
print("host of sips:[::1]:5080:", address.host)
print("port of sips:[::1]:5080:", address.port)
box = URI("sip:box@example.com")
box.with_transport("tcp")
seen.append(str(box))
print("sip:box@example.com after with_transport('tcp'):", box)
for kind, text in ((URI, "sip:p2.domain.com;lr"), (Header, '"A. G. Bell" <sip:agb@bell-telephone.com> ;tag=a48s')):
    try:
        kind(text)
        seen.append("read")
    except ValueError as error:
        seen.append(type(error).__name__)
    print(f"{text}: {seen[-1]}")
if seen != ["[", "sip:box@example.com;transport=tcp", "ValueError", "ValueError"]:
    sys.exit("changed: half a host, a changed address and two errors were expected")
PY
