#!/usr/bin/env bash
# zeroconf finds a key without a name in a service without properties, and sends its own one as a TXT record that isn't allowed
#
# Software: zeroconf 0.154.0 (PyPI)
# Guess:    A service without properties has a TXT record of one zero octet: one of no octets must not be sent, and both are
#           the same for who reads them (RFC 6763, section 6.1). A text that begins with = has no key, and is to be ignored
#           (section 6.4).
# Seen:     ServiceInfo without properties sends the record without octets. Read, the zero octet is a property whose key is
#           "" and whose value is None, beside which a program that loops over the keys has to step, and =x is one as well.
# Output:   sent without properties: 0 octets of TXT
#           read of no octets: {}
#           read of a zero octet: {'': None}
#           read of "=x" and "path=/offer": {'': 'x', 'path': '/offer'}
# Callbox:  finds no services by mDNS.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check zeroconf==0.154.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from zeroconf import DNSIncoming, DNSOutgoing, ServiceInfo, const

KIND = "_http._tcp.local."
NAME = f"Kitchen.{KIND}"


def through_the_network(text):
    """The TXT record as another program gets it."""
    message = DNSOutgoing(const._FLAGS_QR_RESPONSE | const._FLAGS_AA)
    message.add_answer_at_time(ServiceInfo(KIND, NAME, port=80, properties=text).dns_text(), 0)
    (answer,) = DNSIncoming(message.packets()[0]).answers()
    return answer.text


sent = through_the_network({})
print(f"sent without properties: {len(sent)} octets of TXT")
seen = []
for name, text in (
    ("no octets", b""),
    ("a zero octet", b"\x00"),
    ('"=x" and "path=/offer"', b"\x02=x\x0bpath=/offer"),
):
    seen.append(ServiceInfo(KIND, NAME, port=80, properties=through_the_network(text)).decoded_properties)
    print(f"read of {name}: {seen[-1]}")
if sent or seen != [{}, {"": None}, {"": "x", "path": "/offer"}]:
    sys.exit("changed: no octets, and keys without a name were expected")
PY
