#!/usr/bin/env bash
# An mDNS candidate that nobody answers for holds aiortc's setRemoteDescription() for a second
#
# Software: aiortc 1.16.0, aioice 0.13.0
# Guess:    setRemoteDescription() takes an offer with a candidate "….local" at once, and looks the name up beside the
#           rest of the exchange, as a candidate may also come later (RFC 8838). Browsers hide their addresses behind
#           such names (draft-ietf-mmusic-mdns-ice-candidates), and from another network nobody answers for them.
# Seen:     The call comes back after one second, in which nothing else of the exchange can go on; without such a
#           candidate it takes some milliseconds.
# Output:   candidate with an address: 0.00 s, with a name that nobody answers for: 1.01 s
# Callbox:  looks such names up beside the other candidates.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check aiortc==1.16.0 aioice==0.13.0 av==18.1.0
"$tmp/venv/bin/python" - <<'PY'
import asyncio
import re
import sys
import time

from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription

CANDIDATE = "a=candidate:1 1 udp 2113937151 {} 50000 typ host\r\na=end-of-candidates"
HIDDEN = "6f1c1b0e-2f6b-4a57-9d0a-8c5c3f0f9b11.local"


async def seconds(offer, host):
    sdp = offer.replace("a=end-of-candidates", CANDIDATE.format(host))
    pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    began_s = time.monotonic()
    await pc.setRemoteDescription(RTCSessionDescription(sdp, "offer"))
    took_s = time.monotonic() - began_s
    await pc.close()
    return took_s


async def main():
    pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    pc.addTransceiver("audio")
    await pc.setLocalDescription(await pc.createOffer())
    offer = re.sub(r"a=candidate:.*\r\n", "", pc.localDescription.sdp)
    await pc.close()
    address_s, hidden_s = await seconds(offer, "192.0.2.1"), await seconds(offer, HIDDEN)
    print(f"candidate with an address: {address_s:.2f} s, with a name that nobody answers for: {hidden_s:.2f} s")
    if address_s > 0.5 or hidden_s < 0.9:
        sys.exit("changed: about one second was expected with the name, and none with the address")


asyncio.run(main())
PY
