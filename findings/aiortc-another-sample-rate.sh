#!/usr/bin/env bash
# aiortc's sender ends when its track changes the sample rate
#
# Software: aiortc 1.16.0, PyAV 18.1.0
# Guess:    replaceTrack() with a track of 16 kHz instead of 48 kHz goes on, as with a browser: the encoder takes both,
#           and each frame says its own rate.
# Seen:     The resampler refuses the first frame of the other rate, the sender ends for good with one warning in the
#           log, and sets its track to None. replaceTrack() has returned long before, and the connection stays
#           connected.
# Output:   after the track of 16 kHz: 0 packets in a second, sender.track is None, connected
#           warning: ValueError: Frame does not match AudioResampler setup.
# Callbox:  hands out frames of 48 kHz only, whatever the card has (callbox_device/model/sample_format.py).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check aiortc==1.16.0 aioice==0.13.0 av==18.1.0
"$tmp/venv/bin/python" - <<'PY'
import asyncio
import fractions
import logging
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
    sender = here.addTrack(Tone())
    await here.setLocalDescription(await here.createOffer())
    await there.setRemoteDescription(here.localDescription)
    await there.setLocalDescription(await there.createAnswer())
    await here.setRemoteDescription(there.localDescription)
    async with asyncio.timeout(20):
        while await packets_sent(sender) < 25:
            await asyncio.sleep(0.1)
    sender.replaceTrack(Tone(rate=16000))
    await asyncio.sleep(0.5)
    first = await packets_sent(sender)
    await asyncio.sleep(1)
    more = await packets_sent(sender) - first
    state = here.connectionState
    print(f"after the track of 16 kHz: {more} packets in a second, sender.track is {sender.track}, {state}")
    print("warning:", warnings[0].strip().splitlines()[-1] if warnings else None)
    await here.close()
    await there.close()
    if more or sender.track is not None or state != "connected":
        sys.exit("changed: no packet and no track were expected, on a connection that stays")


warnings = []
handler = logging.Handler()
handler.emit = lambda record: warnings.append(record.getMessage())
logging.getLogger("aiortc").addHandler(handler)
asyncio.run(main())
PY
