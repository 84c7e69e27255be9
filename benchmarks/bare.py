"""The anchor: aiortc and httpx alone, doing the same start request and offer, without RTVI and without a box.

``python -m benchmarks.bare START_URL [CALLS]``
"""

import asyncio
import fractions
import sys
import time
from typing import Any

import av
import httpx
from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError

from benchmarks.bot import TONE
from benchmarks.measure import IDLE_S, Result, Stopwatch, run
from callbox_device import pcm


class ToneTrack(MediaStreamTrack):
    """The same tone, a frame each 20 ms."""

    kind = "audio"

    def __init__(self) -> None:
        super().__init__()
        self._began_s = time.monotonic()
        self._pts = 0

    async def recv(self) -> av.AudioFrame:
        await asyncio.sleep(self._began_s + self._pts / pcm.RATE_HZ - time.monotonic())
        frame = av.AudioFrame(format="s16", layout="mono", samples=pcm.PERIOD_FRAMES)
        frame.planes[0].update(TONE)
        frame.sample_rate, frame.pts, frame.time_base = pcm.RATE_HZ, self._pts, fractions.Fraction(1, pcm.RATE_HZ)
        self._pts += pcm.PERIOD_FRAMES
        return frame


async def listen(track: MediaStreamTrack, watch: Stopwatch) -> None:
    """Take every frame; mark the first that is not silent."""
    while True:
        try:
            frame = await track.recv()
        except MediaStreamError:
            return
        if "sound" not in watch.ms and isinstance(frame, av.AudioFrame) and pcm.peak_dbfs(bytes(frame.planes[0])) > -40:
            watch.lap("sound")


async def one_call(call_s: float) -> Stopwatch:
    """Start request, offer, answer, data channel; then so many seconds of tone both ways."""
    watch, opened = Stopwatch(), asyncio.Event()
    pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    listening: list[asyncio.Task[None]] = []
    pc.addTrack(ToneTrack())
    channel = pc.createDataChannel("chat")
    channel.on("open", opened.set)

    def on_track(track: Any) -> None:
        listening.append(asyncio.create_task(listen(track, watch)))

    pc.on("track", on_track)
    async with httpx.AsyncClient(verify=False) as http:
        session = (await http.post(sys.argv[1], json={"transport": "webrtc"})).json()["sessionId"]
        await pc.setLocalDescription(await pc.createOffer())
        offer = {"sdp": pc.localDescription.sdp, "type": pc.localDescription.type}
        place = sys.argv[1].replace("/start", f"/sessions/{session}/api/offer")
        answer = (await http.post(place, json=offer)).json()
    await pc.setRemoteDescription(RTCSessionDescription(answer["sdp"], answer["type"]))
    await opened.wait()
    watch.lap("ready")
    give_up_s = time.monotonic() + 2
    while "sound" not in watch.ms and time.monotonic() < give_up_s:
        await asyncio.sleep(0.005)
    await asyncio.sleep(call_s)
    await pc.close()
    return watch


async def main() -> None:
    await asyncio.sleep(IDLE_S)
    await run(Result(), one_call)


if __name__ == "__main__":
    asyncio.run(main())
