#!/usr/bin/env bash
# aiortc without a configuration asks a STUN server of Google
#
# Software: aiortc 1.16.0
# Guess:    RTCPeerConnection() uses no STUN server: W3C's RTCConfiguration has an empty iceServers as its default, and
#           aiortc says that it follows that API. A call on one network then needs nothing but that network.
# Seen:     The connection is given stun.l.google.com:19302; only an explicit iceServers=[] is none. A box without a way
#           to the internet waits for that server each time it gathers candidates.
# Output:
#OUT
# Callbox:  always passes its own list, empty by default: `bot.ice_servers` in docs/settings.md.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check aiortc==1.16.0 aioice==0.13.0 av==18.1.0
"$tmp/venv/bin/python" - <<'PY'
import asyncio
import sys

import aioice
from aiortc import RTCConfiguration, RTCPeerConnection


async def stun_server(*configuration):
    """The STUN server that the connection hands to aioice; nothing is gathered, so nobody is asked."""
    asked = []
    original = aioice.Connection.__init__

    def init(self, *args, **kwargs):
        asked.append(kwargs.get("stun_server"))
        original(self, *args, **kwargs)

    aioice.Connection.__init__ = init
    try:
        pc = RTCPeerConnection(*configuration)
        pc.createDataChannel("chat")
        await pc.close()
    finally:
        aioice.Connection.__init__ = original
    return asked[0]


async def main():
    default, empty = await stun_server(), await stun_server(RTCConfiguration(iceServers=[]))
    print("RTCPeerConnection():", default)
    print("RTCPeerConnection(RTCConfiguration(iceServers=[])):", empty)
    if default != ("stun.l.google.com", 19302) or empty is not None:
        sys.exit("changed: Google's server was expected by default, and none with an empty list")


asyncio.run(main())
PY
