#!/usr/bin/env bash
# aiortc sends an audio frame of 40 ms as two packets with one time stamp
#
# Software: aiortc 1.16.0, PyAV 18.1.0
# Guess:    A track that hands out frames of 40 ms (av.AudioFrame of 1920 samples) is sent as one Opus packet of 40 ms,
#           or as two whose time stamps are 960 apart: the time stamp is the instant of a packet's first sample (RFC
#           3550, section 5.1).
# Seen:     The encoder makes two payloads of 20 ms and gives one time stamp, which the sender writes into both packets;
#           the next frame's is 1920 further. To a jitter buffer that goes by time stamps the second half is a copy or a
#           part of the first.
# Output:   sequence number, time stamp, both from the first packet on: [(0, 0), (1, 0), (2, 1920), (3, 1920), (4,
#             3840), (5, 3840), (6, 5760), (7, 5760)]
# Callbox:  encodes by itself, in packets of 20 ms, and hands aiortc packets (docs/decisions/0013).
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
from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCRtpReceiver

SAMPLES = 1920
seen = []
handle = RTCRtpReceiver._handle_rtp_packet


class Silence(MediaStreamTrack):
    kind = "audio"
    pts = 0

    async def recv(self):
        await asyncio.sleep(0.04)
        frame = av.AudioFrame(format="s16", layout="mono", samples=SAMPLES)
        frame.planes[0].update(bytes(2 * SAMPLES))
        frame.sample_rate, frame.pts, frame.time_base = 48000, self.pts, fractions.Fraction(1, 48000)
        self.pts += SAMPLES
        return frame


async def look(self, packet, arrival_time_ms):
    seen.append(packet)
    await handle(self, packet, arrival_time_ms)


async def main():
    RTCRtpReceiver._handle_rtp_packet = look
    here, there = (RTCPeerConnection(RTCConfiguration(iceServers=[])) for _ in range(2))
    here.addTrack(Silence())
    await here.setLocalDescription(await here.createOffer())
    await there.setRemoteDescription(here.localDescription)
    await there.setLocalDescription(await there.createAnswer())
    await here.setRemoteDescription(there.localDescription)
    async with asyncio.timeout(30):
        while len(seen) < 8:
            await asyncio.sleep(0.1)
    await here.close()
    await there.close()
    first = seen[0]
    rows = [
        ((packet.sequence_number - first.sequence_number) % 2**16, (packet.timestamp - first.timestamp) % 2**32)
        for packet in seen
    ]
    print("sequence number, time stamp, both from the first packet on:", rows[:8])
    if rows[:8] != [(number, number // 2 * SAMPLES) for number in range(8)]:
        sys.exit("changed: two packets with one time stamp were expected for each frame")


asyncio.run(main())
PY
