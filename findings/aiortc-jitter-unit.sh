#!/usr/bin/env bash
# aiortc's getStats() tells jitter in units of the RTP clock
#
# Software: aiortc 1.16.0
# Guess:    RTCInboundRtpStreamStats.jitter is in seconds: W3C's webrtc-stats says so, and aiortc names its classes and
#           their fields after it (roundTripTime beside it is in seconds).
# Seen:     It is RFC 3550's number, an int in units of the codec's clock: hundreds for some milliseconds at Opus' 48
#           kHz. Taken as seconds it is minutes.
# Output:   packets received: 161, jitter: 717
#           in units of 1/48000 s: 14.9 ms
# Callbox:  measures jitter by itself and tells it in milliseconds, `jitter_ms` in docs/mqtt.md.
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
from aiortc.contrib.media import MediaBlackhole


class Uneven(MediaStreamTrack):
    """20 ms of silence, now after 5 ms and now after 35 ms."""

    kind = "audio"
    count = 0

    async def recv(self):
        await asyncio.sleep(0.035 if self.count % 2 else 0.005)
        frame = av.AudioFrame(format="s16", layout="mono", samples=960)
        frame.planes[0].update(bytes(1920))
        frame.sample_rate, frame.pts, frame.time_base = 48000, self.count * 960, fractions.Fraction(1, 48000)
        self.count += 1
        return frame


async def main():
    here, there = (RTCPeerConnection(RTCConfiguration(iceServers=[])) for _ in range(2))
    here.addTrack(Uneven())
    sink = MediaBlackhole()
    there.on("track", sink.addTrack)
    await here.setLocalDescription(await here.createOffer())
    await there.setRemoteDescription(here.localDescription)
    await there.setLocalDescription(await there.createAnswer())
    await here.setRemoteDescription(there.localDescription)
    await sink.start()
    async with asyncio.timeout(40):
        while True:
            await asyncio.sleep(0.5)
            stats = [s for s in (await there.getStats()).values() if s.type == "inbound-rtp"]
            if stats and stats[0].packetsReceived >= 150:
                break
    await here.close()
    await there.close()
    jitter = stats[0].jitter
    print(f"packets received: {stats[0].packetsReceived}, jitter: {jitter!r}")
    print(f"in units of 1/48000 s: {jitter / 48:.1f} ms")
    if not isinstance(jitter, int) or jitter < 48:
        sys.exit("changed: an int in units of the RTP clock was expected, more than a millisecond")


asyncio.run(main())
PY
