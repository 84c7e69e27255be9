#!/usr/bin/env bash
# aiortc needs a direction attribute in each media section
#
# Software: aiortc 1.16.0
# Guess:    A media section without a=sendrecv, a=sendonly, a=recvonly or a=inactive is taken as sendrecv: "sendrecv" is
#           the default of RFC 8866, section 6.7, and many SIP devices leave it out.
# Seen:     The same offer is answered with a=sendrecv, and ends in "None is not in list" without it; a direction for
#           the whole session, above the m= lines, which section 6.7 allows too, ends in the same way.
# Output:   a=sendrecv in the section: answered
#           no direction: ValueError('None is not in list')
#           a=sendrecv for the session: ValueError('None is not in list')
# Callbox:  writes the direction into each section of an answer (transports/small_webrtc/sdp.py).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check aiortc==1.16.0 aioice==0.13.0 av==18.1.0
"$tmp/venv/bin/python" - <<'PY'
import asyncio
import sys

from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription


async def answer(offer):
    pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    try:
        await pc.setRemoteDescription(RTCSessionDescription(offer, "offer"))
        await pc.setLocalDescription(await pc.createAnswer())
        return "answered"
    except Exception as error:
        return repr(error)
    finally:
        await pc.close()


async def main():
    pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    pc.addTransceiver("audio")
    await pc.setLocalDescription(await pc.createOffer())
    offer = pc.localDescription.sdp
    bare = offer.replace("a=sendrecv\r\n", "")
    results = {
        "a=sendrecv in the section": await answer(offer),
        "no direction": await answer(bare),
        "a=sendrecv for the session": await answer(bare.replace("t=0 0\r\n", "t=0 0\r\na=sendrecv\r\n")),
    }
    await pc.close()
    for name, result in results.items():
        print(f"{name}: {result}")
    refused = "ValueError('None is not in list')"
    if list(results.values()) != ["answered", refused, refused]:
        sys.exit("changed: only the offer with a direction in its section was expected to be answered")


asyncio.run(main())
PY
