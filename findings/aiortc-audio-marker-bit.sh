#!/usr/bin/env bash
# aiortc sets the marker bit in every audio packet
#
# Software: aiortc 1.16.0
# Guess:    The marker bit says where a talkspurt begins: RFC 3551, section 4.1, wants it in the first packet after
#           silence and in no other one; jitter buffers use it to move their play point.
# Seen:     Each packet of an audio stream without a pause has it. A receiver that starts anew at the marker does so 50
#           times a second.
# Output:   steps of the time stamp: [960]
#           packets with the marker bit: 50 of 50
# Callbox:  doesn't read the bit; its jitter buffer goes by time stamps and arrivals (docs/decisions/0014).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check aiortc==1.16.0 aioice==0.13.0 av==18.1.0
"$tmp/venv/bin/python" - <<'PY'
import asyncio
import sys

from aiortc import RTCConfiguration, RTCPeerConnection, RTCRtpReceiver
from aiortc.mediastreams import AudioStreamTrack

seen = []
handle = RTCRtpReceiver._handle_rtp_packet


async def look(self, packet, arrival_time_ms):
    seen.append(packet)
    await handle(self, packet, arrival_time_ms)


async def main():
    RTCRtpReceiver._handle_rtp_packet = look
    here, there = (RTCPeerConnection(RTCConfiguration(iceServers=[])) for _ in range(2))
    here.addTrack(AudioStreamTrack())
    await here.setLocalDescription(await here.createOffer())
    await there.setRemoteDescription(here.localDescription)
    await there.setLocalDescription(await there.createAnswer())
    await here.setRemoteDescription(there.localDescription)
    async with asyncio.timeout(30):
        while len(seen) < 50:
            await asyncio.sleep(0.1)
    await here.close()
    await there.close()
    packets = seen[:50]
    steps = {(b.timestamp - a.timestamp) % 2**32 for a, b in zip(packets, packets[1:])}
    marked = sum(packet.marker for packet in packets)
    print(f"steps of the time stamp: {sorted(steps)}")
    print(f"packets with the marker bit: {marked} of {len(packets)}")
    if steps != {960} or marked != len(packets):
        sys.exit("changed: each packet of an unbroken stream was expected to have the marker bit")


asyncio.run(main())
PY
