#!/usr/bin/env bash
# aioice never asks a STUN server that has an IPv6 address
#
# Software: aioice 0.13.0
# Guess:    Connection(stun_server=("::1", 3478)) asks that server from each IPv6 socket, as it asks one with an IPv4
#           address from each IPv4 socket.
# Seen:     Not one request is sent, nothing is logged or raised, and gather_candidates() returns without a
#           server-reflexive candidate, as with no server at all. The same server with an IPv4 address is asked.
# Output:   127.0.0.1: asked, server-reflexive candidate: True
#           ::1: never asked, server-reflexive candidate: False
# Callbox:  skips such a URL with a warning (docs/client.md, Limits of aiortc).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check aioice==0.13.0
"$tmp/venv/bin/python" - <<'PY'
import asyncio
import sys

import aioice
from aioice import stun


class Server(asyncio.DatagramProtocol):
    """A STUN server: tells each client its address."""

    def __init__(self):
        self.asked = 0

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, address):
        self.asked += 1
        request = stun.parse_message(data)
        answer = stun.Message(stun.Method.BINDING, stun.Class.RESPONSE, request.transaction_id)
        answer.attributes["XOR-MAPPED-ADDRESS"] = address[:2]
        self.transport.sendto(bytes(answer), address)


async def asked(host):
    """How often a server on `host` is asked, and the types of the candidates."""
    loop = asyncio.get_running_loop()
    transport, server = await loop.create_datagram_endpoint(Server, local_addr=(host, 0))
    port = transport.get_extra_info("sockname")[1]
    connection = aioice.Connection(ice_controlling=True, stun_server=(host, port))
    await connection.gather_candidates()
    types = {candidate.type for candidate in connection.local_candidates}
    await connection.close()
    transport.close()
    return server.asked, "srflx" in types


async def main():
    results = {host: await asked(host) for host in ("127.0.0.1", "::1")}
    for host, (count, reflexive) in results.items():
        print(f"{host}: {'asked' if count else 'never asked'}, server-reflexive candidate: {reflexive}")
    if not results["127.0.0.1"][0] or results["::1"][0]:
        sys.exit("changed: the IPv4 server alone was expected to be asked")


asyncio.run(main())
PY
