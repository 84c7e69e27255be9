#!/usr/bin/env bash
# aiortc goes on offering a stopped transceiver as sendrecv
#
# Software: aiortc 1.16.0
# Guess:    After RTCRtpTransceiver.stop() the next offer rejects that section by port 0 (RFC 9429, section 5.2.2), so
#           the peer sees that its track has ended.
# Seen:     The section is offered as before, with its port, a=sendrecv and its place in the BUNDLE group, and the peer
#           answers as if it were in use.
# Output:   a=group:BUNDLE 0 1
#           m=audio 39699 UDP/TLS/RTP/SAVPF 96 9 0 8
#           a=sendrecv
#           m=audio 39699 UDP/TLS/RTP/SAVPF 96 9 0 8
#           a=sendrecv
# Callbox:  nothing yet; one audio transceiver lives as long as its connection.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check aiortc==1.16.0 aioice==0.13.0 av==18.1.0
"$tmp/venv/bin/python" - <<'PY'
import asyncio
import sys

from aiortc import RTCConfiguration, RTCPeerConnection

SHOWN = ("m=", "a=sendrecv", "a=sendonly", "a=recvonly", "a=inactive", "a=group")


def shown(sdp):
    return [line for line in sdp.splitlines() if line.startswith(SHOWN)]


async def exchange(here, there):
    await here.setLocalDescription(await here.createOffer())
    await there.setRemoteDescription(here.localDescription)
    await there.setLocalDescription(await there.createAnswer())
    await here.setRemoteDescription(there.localDescription)


async def main():
    here, there = (RTCPeerConnection(RTCConfiguration(iceServers=[])) for _ in range(2))
    here.addTransceiver("audio")
    second = here.addTransceiver("audio")
    await exchange(here, there)
    await second.stop()
    offer = (await here.createOffer()).sdp
    await here.close()
    await there.close()
    for line in shown(offer):
        print(line)
    sections = [line.split()[1] for line in offer.splitlines() if line.startswith("m=")]
    if sections[1] == "0" or "a=group:BUNDLE 0 1" not in offer or offer.count("a=sendrecv") != 2:
        sys.exit("changed: the stopped section was expected to be offered like the other")


asyncio.run(main())
PY
