#!/usr/bin/env bash
# aiortc measures jitter by the wall clock
#
# Software: aiortc 1.16.0
# Guess:    Jitter is the mean deviation of the spacing of packets (RFC 3550, section 6.4.1). A wall clock that is set in
#           a call, as NTP does after a start without a real-time clock, spaces nothing.
# Seen:     An arrival is time.time(). One step of an hour makes a jitter of minutes in the receiver reports, to which the
#           sender of the sound may react as to a bad network.
# Output:   jitter before: below 0.1 s, after a step of an hour: above 10 s
# Callbox:  lets aiortc measure intervals by the monotonic clock (transports/aiortc_patches/monotonic_time.py).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check aiortc==1.16.0 aioice==0.13.0 av==18.1.0
"$tmp/venv/bin/python" - <<'PY'
import asyncio
import sys
import time

from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection
from aiortc.contrib.media import MediaBlackhole
from av import AudioFrame

RATE_HZ = 48_000


class Silence(MediaStreamTrack):
    """20 ms of silence each 20 ms, by the event loop's clock, which is monotonic."""

    kind = "audio"
    samples = 0

    async def recv(self):
        await asyncio.sleep(0.02)
        frame = AudioFrame(format="s16", layout="mono", samples=RATE_HZ // 50)
        frame.planes[0].update(bytes(frame.planes[0].buffer_size))
        frame.sample_rate, frame.pts = RATE_HZ, self.samples
        self.samples += frame.samples
        return frame


async def jitter_s(peer, after):
    """The next jitter that `peer` measures, in s."""
    await asyncio.sleep(after)
    stats = (await peer.getStats()).values()
    return next(each.jitter for each in stats if each.type == "inbound-rtp") / RATE_HZ


async def main():
    here, there = (RTCPeerConnection(RTCConfiguration(iceServers=[])) for _ in range(2))
    sink = MediaBlackhole()
    there.on("track", sink.addTrack)
    here.addTrack(Silence())
    await here.setLocalDescription(await here.createOffer())
    await there.setRemoteDescription(here.localDescription)
    await there.setLocalDescription(await there.createAnswer())
    await here.setRemoteDescription(there.localDescription)
    await sink.start()
    before_s = await jitter_s(there, 2)
    now_s = time.time
    time.time = lambda: now_s() + 3600
    after_s = await jitter_s(there, 0.1)
    below, above = "below" if before_s < 0.1 else "above", "above" if after_s > 10 else "below"
    print(f"jitter before: {below} 0.1 s, after a step of an hour: {above} 10 s")
    await here.close()
    await there.close()
    if (below, above) != ("below", "above"):
        sys.exit("changed: a jitter of minutes was expected after the step")


asyncio.run(main())
PY
