#!/usr/bin/env bash
# A peer's new SSRC sets aiortc's pts a day ahead
#
# Software: aiortc 1.16.0
# Guess:    A peer that goes on with another SSRC begins at another, random RTP time stamp (RFC 3550, section 5.1). The
#           pts of the received frames goes on where it was, or begins at 0 again.
# Seen:     A time stamp below the last one is taken for a wrap around 2^32: with one that is 3 s lower, pts jumps by
#           2^32 samples less those 3 s, 24.9 hours at 48 kHz. A recording gets a gap of a day; a peer that begins again
#           some times adds some days.
# Output:   most steps of pts: 20 ms, the largest: 24.85 h
# Callbox:  counts the samples of each SSRC by itself (`write_rtp` of its media).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check aiortc==1.16.0 aioice==0.13.0 av==18.1.0
"$tmp/venv/bin/python" - <<'PY'
import asyncio
import fractions
import sys

import aiortc.rtcrtpsender
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


async def main():
    frames = []

    async def listen(track):
        try:
            while True:
                frames.append((await track.recv()).pts)
        except MediaStreamError:
            pass

    here, there = (RTCPeerConnection(RTCConfiguration(iceServers=[])) for _ in range(2))
    there.on("track", lambda track: asyncio.ensure_future(listen(track)))
    sender = here.addTrack(Tone())
    await here.setLocalDescription(await here.createOffer())
    await there.setRemoteDescription(here.localDescription)
    await there.setLocalDescription(await there.createAnswer())
    await here.setRemoteDescription(there.localDescription)
    async with asyncio.timeout(20):
        while len(frames) < 40:
            await asyncio.sleep(0.1)
        # Another source: its own SSRC, its own beginning of time stamps.
        sender._ssrc = (sender._ssrc + 1) % 2**32
        add = aiortc.rtcrtpsender.uint32_add
        aiortc.rtcrtpsender.uint32_add = lambda origin, pts: add(add(origin, pts), -3 * 48000)
        count = len(frames)
        while len(frames) < count + 60:
            await asyncio.sleep(0.1)
    await here.close()
    await there.close()
    steps = {later - earlier for earlier, later in zip(frames, frames[1:])}
    print(f"most steps of pts: {min(steps) / 48:.0f} ms, the largest: {max(steps) / 48000 / 3600:.2f} h")
    if max(steps) < 2**32 - 10 * 48000:
        sys.exit("changed: a step of almost 2^32 samples was expected")


asyncio.run(main())
PY
