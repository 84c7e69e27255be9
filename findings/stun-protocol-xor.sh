#!/usr/bin/env bash
# stun-protocol tells port 41287 of an answer that says 32853, and refuses one with an attribute that it may ignore
#
# Software: stun-protocol 0.0.8
# Guess:    The response of RFC 5769, section 2.2, says 192.0.2.1 and port 32853, which a library that has "all such
#           rules" of RFC 8489 tells of its XOR-MAPPED-ADDRESS. An attribute of the range that need not be understood is
#           ignored (RFC 8489, section 14).
# Seen:     The attribute's port and address are those on the wire, which are exclusive-ored with the magic cookie;
#           there is a helper to write them, for IPv4, and none to read them. With one unknown attribute, here 0xC057 by
#           which Chromium tells the cost of its network, the whole message raises ValueError.
# Output:   port: 41287, address: 225.18.166.67
#           with an optional attribute: Unknown STUN attribute type 49239
# Callbox:  asks STUN servers by aioice.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check stun-protocol==0.0.8
"$tmp/venv/bin/python" -W ignore - <<'PY'
import ipaddress
import sys

from stun_protocol.attribute import XorMappedAddressAttribute
from stun_protocol.message import Message

HEADER = bytes.fromhex("0101 003c 2112a442 b7e7a701bc34d686fa87dfae")
REST = bytes.fromhex(
    "8022 000b 7465737420766563746f7220 0020 0008 0001a147e112a643"
    "0008 0014 2b91f599fd9e90c38c7489f92af9ba53f06be7d7 8028 0004 c07d4c96"
)
attributes = Message.create(HEADER + REST).attributes
(mapped,) = (attribute for attribute in attributes if isinstance(attribute, XorMappedAddressAttribute))
print(f"port: {mapped.port}, address: {ipaddress.ip_address(mapped.address)}")
request = bytes.fromhex("0001 0008 2112a442 b7e7a701bc34d686fa87dfae c057 0004 00010032")
try:
    seen = f"{len(Message.create(request).attributes)} attributes"
except ValueError as error:
    seen = str(error)
print(f"with an optional attribute: {seen}")
if mapped.port != 41287 or "Unknown" not in seen:
    sys.exit("changed: port 41287 was expected, and an error")
PY
