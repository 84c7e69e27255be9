#!/usr/bin/env bash
# sipmessage refuses headers that are examples in SIP's own RFC
#
# Software: sipmessage 0.7.1
# Guess:    Messages of RFC 3261 are read: a header that goes on in the next line, and one with a blank before its colon
#           (section 7.3.1), Contact: *, which removes all registrations (10.2.2), a Via with blanks (20.42), a SIP
#           address with a subject, and the scheme in capitals (19.1.1).
# Seen:     ValueError, of the blank before the colon KeyError: the header isn't found.
# Output:   Subject of two lines: ValueError
#           Call-ID with a blank before its colon: KeyError
#           Contact: *: ValueError
#           SIP / 2.0 / UDP first.example.com: 4000: ValueError
#           sip:alice@atlanta.com?subject=project: ValueError
#           SIP:alice@atlanta.com: ValueError
#           Call-ID: x: x
# Callbox:  speaks WebRTC; it has no SIP.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check sipmessage==0.7.1
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from sipmessage import URI, Message, Via


def message(*lines):
    text = "\r\n".join(["REGISTER sip:atlanta.com SIP/2.0", *lines, "", ""])
    return Message.parse(text.encode())


CASES = {
    "Subject of two lines": lambda: message("Subject: I know you're there,", " pick up the phone").subject,
    "Call-ID with a blank before its colon": lambda: message("Call-ID : x").call_id,
    "Contact: *": lambda: message("Contact: *").contact,
    "SIP / 2.0 / UDP first.example.com: 4000": lambda: Via.parse("SIP / 2.0 / UDP first.example.com: 4000"),
    "sip:alice@atlanta.com?subject=project": lambda: URI.parse("sip:alice@atlanta.com?subject=project"),
    "SIP:alice@atlanta.com": lambda: URI.parse("SIP:alice@atlanta.com"),
    "Call-ID: x": lambda: message("Call-ID: x").call_id,
}
seen = []
for name, read in CASES.items():
    try:
        seen.append(str(read()))
    except (ValueError, KeyError) as error:
        seen.append(type(error).__name__)
    print(f"{name}: {seen[-1]}")
if seen != ["ValueError", "KeyError", "ValueError", "ValueError", "ValueError", "ValueError", "x"]:
    sys.exit("changed: errors were expected of all but the last one")
PY
