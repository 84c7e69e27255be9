#!/usr/bin/env bash
# aiortc can't parse a STUN or TURN URL with an IPv6 address
#
# Software: aiortc 1.16.0
# Guess:    stun:[2001:db8::1]:3478 names a server by its IPv6 address: RFC 7064 and 7065 take "host" from RFC 3986,
#           where an IPv6 address stands in brackets; W3C's RTCIceServer.urls refers to both.
# Seen:     RTCPeerConnection() raises "malformed uri" for each URL with an address in brackets; no other way to write
#           an IPv6 address is offered.
# Output:   stun:192.0.2.1:3478: accepted
#           stun:[2001:db8::1]:3478: ValueError('malformed uri')
#           stun:[2001:db8::1]: ValueError('malformed uri')
#           turn:[2001:db8::1]:3478?transport=tcp: ValueError('malformed uri')
# Callbox:  gives such a TURN server to aioice, which takes it (rtvi/protocol/ice_servers.py); skips a STUN server of
#           this kind with a warning, since aioice looks STUN servers up over IPv4 only.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check aiortc==1.16.0 aioice==0.13.0 av==18.1.0
"$tmp/venv/bin/python" - <<'PY'
import asyncio
import sys

from aiortc import RTCConfiguration, RTCIceServer, RTCPeerConnection

URLS = {
    "stun:192.0.2.1:3478": "accepted",
    "stun:[2001:db8::1]:3478": "ValueError('malformed uri')",
    "stun:[2001:db8::1]": "ValueError('malformed uri')",
    "turn:[2001:db8::1]:3478?transport=tcp": "ValueError('malformed uri')",
}


async def result(url):
    try:
        server = RTCIceServer(url, username="box", credential="password")
        pc = RTCPeerConnection(RTCConfiguration(iceServers=[server]))
        pc.createDataChannel("chat")
        await pc.close()
        return "accepted"
    except ValueError as error:
        return repr(error)


async def main():
    seen = {url: await result(url) for url in URLS}
    for url, text in seen.items():
        print(f"{url}: {text}")
    if seen != URLS:
        sys.exit("changed: only the IPv4 address was expected to be accepted")


asyncio.run(main())
PY
