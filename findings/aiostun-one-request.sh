#!/usr/bin/env bash
# aiostun asks a STUN server once, so one lost packet is no address
#
# Software: aiostun 0.6.1
# Guess:    Over UDP a client repeats its request after 500 ms, and then after twice as long each time, up to seven
#           requests (RFC 8489, section 6.2.1): a server that doesn't get the first one is asked again.
# Seen:     One request is sent, and get_mapped_address() is an empty dict at the end of its timeout, 15 s by default.
# Output:   first request answered: 192.0.2.7 after 1 request
#           first request lost: None after 1 request in 4 s
# Callbox:  asks its STUN and TURN servers itself (`callbox doctor --only stun`, docs/doctor.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check aiostun==0.6.1
"$tmp/venv/bin/python" -W ignore - <<'PY'
import asyncio
import socket
import struct
import sys
import threading

from aiostun import Client

COOKIE = 0x2112A442
ADDRESS = struct.pack(">HHBBHI", 0x0020, 8, 0, 1, 5000 ^ COOKIE >> 16, 0xC0000207 ^ COOKIE)


def answer(server, lost, requests):
    """Answer each request but the first `lost` ones, for 5 s."""
    server.settimeout(5)
    try:
        while True:
            request, client = server.recvfrom(2048)
            requests.append(request)
            if len(requests) > lost:
                server.sendto(struct.pack(">HHI", 0x0101, len(ADDRESS), COOKIE) + request[8:20] + ADDRESS, client)
    except TimeoutError:
        pass


async def mapped(port):
    async with Client(host="127.0.0.1", port=port, timeout=4) as client:
        return (await client.get_mapped_address() or {}).get("ip")


seen = []
for lost, name in ((0, "first request answered"), (1, "first request lost")):
    requests = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=answer, args=(server, lost, requests), daemon=True)
        thread.start()
        seen.append((asyncio.run(mapped(server.getsockname()[1])), len(requests)))
        thread.join(10)
    print(f"{name}: {seen[-1][0]} after {seen[-1][1]} request{' in 4 s' if lost else ''}")
if seen != [("192.0.2.7", 1), (None, 1)]:
    sys.exit("changed: one request, and no address when it is lost, were expected")
PY
