#!/usr/bin/env bash
# pystun3 finds a "Full Cone" NAT and no address with a STUN server that sends XOR-MAPPED-ADDRESS
#
# Software: pystun3 2.0.0
# Guess:    A server tells the client's address in XOR-MAPPED-ADDRESS (RFC 5389, section 7.3.1); MAPPED-ADDRESS is for
#           clients of RFC 3489. A client that knows the old one alone finds no address, and can't tell of a NAT.
# Seen:     It takes the address that it doesn't find for another than its own, and the answers to its next requests,
#           which ask the server to answer from elsewhere, for proof: "Full Cone". There is no NAT at all.
# Output:   MAPPED-ADDRESS: Open Internet, 127.0.0.1
#           XOR-MAPPED-ADDRESS: Full Cone, None
# Callbox:  asks with aioice, which reads XOR-MAPPED-ADDRESS.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check pystun3==2.0.0
timeout 60 "$tmp/venv/bin/python" -W ignore - <<'PY'
import socket
import struct
import sys
import threading

import stun

MASK = bytes.fromhex("2112a442")


def serve(server, exclusive_or):
    """Answers each request with the address that it came from."""
    while True:
        request, client = server.recvfrom(2000)
        address = struct.pack(">H", client[1]) + socket.inet_aton(client[0])
        if exclusive_or:
            address = bytes(octet ^ mask for octet, mask in zip(address, MASK[:2] + MASK))
        attribute = struct.pack(">HHBB", 0x20 if exclusive_or else 1, 8, 0, 1) + address
        server.sendto(struct.pack(">HH", 0x101, len(attribute)) + request[4:20] + attribute, client)


seen = []
for name in ("MAPPED-ADDRESS", "XOR-MAPPED-ADDRESS"):
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 0))
    threading.Thread(target=serve, args=(server, name.startswith("XOR")), daemon=True).start()
    kind, address, _ = stun.get_ip_info("127.0.0.1", 0, "127.0.0.1", server.getsockname()[1])
    print(f"{name}: {kind}, {address}")
    seen.append((kind, address))
if seen != [("Open Internet", "127.0.0.1"), ("Full Cone", None)]:
    sys.exit("changed: a full cone without an address was expected")
PY
