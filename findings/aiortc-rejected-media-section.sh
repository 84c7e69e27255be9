#!/usr/bin/env bash
# aiortc answers a rejected media section with a port
#
# Software: aiortc 1.16.0
# Guess:    An offer whose second section has port 0, without a=bundle-only, is an offer with a stopped transceiver
#           there: the answer has port 0 at this place, too (RFC 3264, section 6; RFC 9429, section 5.3.1).
# Seen:     The answer accepts the section, in the BUNDLE group and with a port, and pc.getTransceivers() has a
#           transceiver for it.
# Output:   offer: m=video 0, a=group:BUNDLE 0
#           answer: m=video with a port, a=group:BUNDLE 0 1; transceivers: 2
# Callbox:  offers no such section. A bot with aiortc gets them from browsers that have stopped a camera.
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


async def main():
    here, there = (RTCPeerConnection(RTCConfiguration(iceServers=[])) for _ in range(2))
    for kind in ("audio", "video"):
        here.addTransceiver(kind)
    await here.setLocalDescription(await here.createOffer())
    offer = re.sub(r"m=video \d+", "m=video 0", here.localDescription.sdp)
    offer = offer.replace("a=group:BUNDLE 0 1", "a=group:BUNDLE 0")
    await there.setRemoteDescription(RTCSessionDescription(offer, "offer"))
    await there.setLocalDescription(await there.createAnswer())
    answer = there.localDescription.sdp
    port = int(re.search(r"m=video (\d+)", answer)[1])
    group = re.search(r"a=group:.*", answer)[0].strip()
    print("offer: m=video 0, a=group:BUNDLE 0")
    print(f"answer: m=video {'with a port' if port else 0}, {group}; transceivers: {len(there.getTransceivers())}")
    await here.close()
    await there.close()
    if not port:
        sys.exit("changed: a port was expected in the answer")


asyncio.run(main())
PY
