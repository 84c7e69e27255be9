#!/usr/bin/env bash
# aiortc's track ends with the first RTCP BYE, though the peer goes on with another SSRC
#
# Software: aiortc 1.16.0
# Guess:    BYE says that one source is gone (RFC 3550, section 6.6). A peer that changes its SSRC, after a collision or
#           because its encoder was made anew, sends BYE for the old one and goes on: the track goes on, too, as with a
#           browser.
# Seen:     The track ends for good. Packets of the new SSRC are counted by getStats(), and nobody decodes them; the
#           connection stays connected.
# Output:   a second, after BYE for the old SSRC: the track has ended: True, packets of the new SSRC: True,
#           frames: 0, connection: connected
# Callbox:  takes the packets of any SSRC by itself, before aiortc's decoder
#           (callbox/transports/aiortc_patches/rtp_hooks.py).
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
from aiortc.rtp import RtcpByePacket


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


async def main():
    frames = []

    async def listen(track):
        try:
            while True:
                frames.append(await track.recv())
        except MediaStreamError:
            frames.append(None)

    async def arrived():
        stats = (await there.getStats()).values()
        return {each.ssrc: each.packetsReceived for each in stats if each.type == "inbound-rtp"}

    here, there = (RTCPeerConnection(RTCConfiguration(iceServers=[])) for _ in range(2))
    there.on("track", lambda track: asyncio.ensure_future(listen(track)))
    sender = here.addTrack(Tone())
    await here.setLocalDescription(await here.createOffer())
    await there.setRemoteDescription(here.localDescription)
    await there.setLocalDescription(await there.createAnswer())
    await here.setRemoteDescription(there.localDescription)
    async with asyncio.timeout(20):
        while len(frames) < 25:
            await asyncio.sleep(0.1)
    old = sender._ssrc
    sender._ssrc = (old + 1) % 2**32  # the next packet's
    await sender.transport._send_rtp(bytes(RtcpByePacket(sources=[old])))
    await asyncio.sleep(1.5)
    decoded, ended = sum(frame is not None for frame in frames), None in frames
    before = (await arrived()).get(sender._ssrc, 0)
    await asyncio.sleep(1)
    more = (await arrived()).get(sender._ssrc, 0) - before
    print(f"a second, after BYE for the old SSRC: the track has ended: {ended}, packets of the new SSRC: {more > 25},")
    print(f"frames: {sum(frame is not None for frame in frames) - decoded}, connection: {there.connectionState}")
    state = there.connectionState
    await here.close()
    await there.close()
    if not ended or more < 25 or state != "connected":
        sys.exit("changed: the end of the track was expected, while packets go on")


asyncio.run(main())
PY
