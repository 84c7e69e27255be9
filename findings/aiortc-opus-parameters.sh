#!/usr/bin/env bash
# aiortc sends Opus at 96 kb/s in stereo whatever the peer asks for
#
# Software: aiortc 1.16.0, PyAV 18.1.0 with its libopus
# Guess:    An answer with a=fmtp:96 maxaveragebitrate=16000;stereo=0 gets mono packets of 16 kb/s on average: RFC 7587,
#           section 6.1, calls it the maximum average bit rate that the receiver takes, and stereo=0 its preference for
#           mono.
# Seen:     Both answers, with and without these parameters, get the same: stereo by each packet's first byte, and four
#           times as many bits. A line with less room can't ask for less.
# Output:   without parameters: more than 48 kb/s: True, channels: {2}
#           16 kb/s, mono: more than 48 kb/s: True, channels: {2}
# Callbox:  encodes by itself, at `sound.opus` of the settings; it doesn't read the bot's parameters either.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check aiortc==1.16.0 aioice==0.13.0 av==18.1.0
"$tmp/venv/bin/python" - <<'PY'
import asyncio
import fractions
import random
import sys

import av
from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.contrib.media import MediaBlackhole
from aiortc.rtcrtpreceiver import RTCRtpReceiver

OPUS = "a=rtpmap:96 opus/48000/2\r\n"


class Noise(MediaStreamTrack):
    kind = "audio"
    count = 0

    async def recv(self):
        await asyncio.sleep(0.02)
        frame = av.AudioFrame(format="s16", layout="mono", samples=960)
        frame.planes[0].update(random.Random(self.count).randbytes(1920))
        frame.sample_rate, frame.pts, frame.time_base = 48000, self.count * 960, fractions.Fraction(1, 48000)
        self.count += 1
        return frame


async def measured(parameters):
    """Bits per second of Opus, and the packets' channels, for an answer with `parameters`."""
    packets = []
    receive = RTCRtpReceiver._handle_rtp_packet

    async def listen(self, packet, arrival_time_ms):
        packets.append(packet.payload)
        await receive(self, packet, arrival_time_ms)

    RTCRtpReceiver._handle_rtp_packet = listen
    here, there = (RTCPeerConnection(RTCConfiguration(iceServers=[])) for _ in range(2))
    here.addTrack(Noise())
    await here.setLocalDescription(await here.createOffer())
    await there.setRemoteDescription(here.localDescription)
    await there.setLocalDescription(await there.createAnswer())
    answer = there.localDescription.sdp
    assert OPUS in answer
    await here.setRemoteDescription(RTCSessionDescription(answer.replace(OPUS, OPUS + parameters), "answer"))
    async with asyncio.timeout(20):
        while len(packets) < 100:
            await asyncio.sleep(0.1)
    await here.close()
    await there.close()
    RTCRtpReceiver._handle_rtp_packet = receive
    return sum(map(len, packets)) * 8 * 50 / len(packets), {2 if packet[0] & 4 else 1 for packet in packets}


async def main():
    plain = await measured("")
    asked = await measured("a=fmtp:96 maxaveragebitrate=16000;stereo=0\r\n")
    for name, (rate, channels) in (("without parameters", plain), ("16 kb/s, mono", asked)):
        print(f"{name}: more than 48 kb/s: {rate > 48_000}, channels: {channels}")
    if asked[0] < 48_000 or asked[1] != {2} or abs(asked[0] - plain[0]) > 5_000:
        sys.exit(f"changed: the same of both was expected, in stereo: {plain}, {asked}")


asyncio.run(main())
PY
