#!/usr/bin/env bash
# aiortc answers an ICE restart with its old credentials
#
# Software: aiortc 1.16.0
# Guess:    An offer in a running session with another ice-ufrag and ice-pwd restarts ICE: the answer has new
#           credentials too (RFC 8839, section 4.4.1.1.1; RFC 8445, section 9), so a peer whose network has changed gets
#           a path again.
# Seen:     The offer is accepted, and the answer repeats the credentials of the first answer. Nothing says that ICE
#           wasn't restarted.
# Output:   offers' ice-ufrag: qXAh then wxyz
#           answers' ice-ufrag: TL5F then TL5F
# Callbox:  never restarts ICE; it makes a new connection and asks the server to take it over (docs/decisions/0010).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check aiortc==1.16.0 aioice==0.13.0 av==18.1.0
"$tmp/venv/bin/python" - <<'PY'
import asyncio
import re
import sys

from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription


def credentials(sdp):
    return re.search(r"a=ice-ufrag:(.*)\r", sdp)[1], re.search(r"a=ice-pwd:(.*)\r", sdp)[1]


async def main():
    here, there = (RTCPeerConnection(RTCConfiguration(iceServers=[])) for _ in range(2))
    here.createDataChannel("chat")
    await here.setLocalDescription(await here.createOffer())
    await there.setRemoteDescription(here.localDescription)
    await there.setLocalDescription(await there.createAnswer())
    await here.setRemoteDescription(there.localDescription)
    first = credentials(there.localDescription.sdp)

    await here.setLocalDescription(await here.createOffer())
    ufrag, password = credentials(here.localDescription.sdp)
    restart = here.localDescription.sdp.replace(ufrag, "wxyz").replace(password, "abcdefghijklmnopqrstuv")
    await there.setRemoteDescription(RTCSessionDescription(restart, "offer"))
    second = credentials((await there.createAnswer()).sdp)
    await here.close()
    await there.close()
    print("offers' ice-ufrag:", ufrag, "then wxyz")
    print("answers' ice-ufrag:", first[0], "then", second[0])
    if first != second:
        sys.exit("changed: the second answer has new credentials")


asyncio.run(main())
PY
