#!/usr/bin/env bash
# aiortc's replaceTrack() after a track's end sends nothing
#
# Software: aiortc 1.16.0, PyAV 18.1.0
# Guess:    A sound that has ended is followed by the next one with RTCRtpSender.replaceTrack(): W3C's webrtc-pc lets it
#           replace an ended track, and aiortc's documentation names no limit.
# Seen:     The sender gave up with the first track's end. replaceTrack() raises nothing and sender.track is the new
#           track, but nobody asks it for a frame, and no packet is sent any more.
# Output:   first track: 30 frames of 20 ms, packets sent: 30
#           second track, 2 s later: readyState live, frames asked for: 0, packets sent: 30
# Callbox:  has one track for a call and never replaces it (callbox/transports/tracks.py).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check aiortc==1.16.0 aioice==0.13.0 av==18.1.0
"$tmp/venv/bin/python" - <<'PY'
import asyncio
import fractions
import sys

import av
from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection
from aiortc.mediastreams import MediaStreamError


class Tone(MediaStreamTrack):
    """20 ms of a constant each time, `count` times at most."""

    kind = "audio"

    def __init__(self, rate=48000, count=10**6):
        super().__init__()
        self.rate, self.left, self.pts = rate, count, 0

    async def recv(self):
        if not self.left:
            self.stop()
            raise MediaStreamError
        self.left -= 1
        await asyncio.sleep(0.02)
        samples = self.rate // 50
        frame = av.AudioFrame(format="s16", layout="mono", samples=samples)
        frame.planes[0].update(bytes(2 * samples))
        frame.sample_rate, frame.pts, frame.time_base = self.rate, self.pts, fractions.Fraction(1, self.rate)
        self.pts += samples
        return frame


async def packets_sent(sender):
    return next(each for each in (await sender.getStats()).values() if each.type == "outbound-rtp").packetsSent


async def main():
    here, there = (RTCPeerConnection(RTCConfiguration(iceServers=[])) for _ in range(2))
    sender = here.addTrack(Tone(count=30))
    await here.setLocalDescription(await here.createOffer())
    await there.setRemoteDescription(here.localDescription)
    await there.setLocalDescription(await there.createAnswer())
    await here.setRemoteDescription(there.localDescription)
    async with asyncio.timeout(20):
        while await packets_sent(sender) < 29:
            await asyncio.sleep(0.1)
    await asyncio.sleep(0.5)
    before = await packets_sent(sender)
    second = Tone()
    sender.replaceTrack(second)
    await asyncio.sleep(2)
    after = await packets_sent(sender)
    print("first track: 30 frames of 20 ms, packets sent:", before)
    print(f"second track, 2 s later: readyState {second.readyState}, frames asked for: {second.pts // 960},", end=" ")
    print("packets sent:", after)
    await here.close()
    await there.close()
    if after != before or second.pts:
        sys.exit("changed: no packet of the second track was expected")


asyncio.run(main())
PY
