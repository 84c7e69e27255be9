"""The anchor: aiortc and httpx as their documentations show them, with RTVI's handshake and no box.

``python -m benchmarks.latency.aiortc_client URL CALLS``
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
from benchmarks.latency.phases import WAIT_S, tell, watch_aiortc
from benchmarks.measure import Stopwatch
from callbox.rtvi.protocol.messages import Message, encode
from callbox_device.model import pcm


class ToneTrack(MediaStreamTrack):
    """A tone, a frame each 20 ms."""

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


async def one_call(url: str, watch: Stopwatch) -> None:
    watch.start()
    pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    listening: list[asyncio.Task[None]] = []
    pc.addTrack(ToneTrack())
    channel = pc.createDataChannel("chat")
    channel.on("open", lambda: channel.send(encode(Message("client-ready", {"version": "2.0.0"}, "1"))))

    def on_message(text: Any) -> None:
        if "bot-ready" in str(text):
            watch.lap("ready")

    def on_track(track: Any) -> None:
        listening.append(asyncio.create_task(listen(track, watch)))

    channel.on("message", on_message)
    pc.on("track", on_track)
    await pc.setLocalDescription(await pc.createOffer())
    async with httpx.AsyncClient(verify=False) as http:
        place = url
        if url.endswith("/start"):
            session = (await http.post(url, json={"transport": "webrtc"})).json()["sessionId"]
            place = url.replace("/start", f"/sessions/{session}/api/offer")
        offer = {"sdp": pc.localDescription.sdp, "type": pc.localDescription.type}
        answer = (await http.post(place, json=offer)).json()
    await pc.setRemoteDescription(RTCSessionDescription(answer["sdp"], answer["type"]))
    give_up_s = time.monotonic() + WAIT_S
    while not {"ready", "sound"} <= watch.ms.keys() and time.monotonic() < give_up_s:
        await asyncio.sleep(0.005)
    await pc.close()


async def main() -> None:
    url, calls = sys.argv[1], int(sys.argv[2])
    watch, measured = Stopwatch(), []
    watch_aiortc(watch, with_cookie=False)
    for _ in range(calls + 1):
        await one_call(url, watch)
        measured.append(watch.ms)
        await asyncio.sleep(0.5)
    tell(measured[1:])


if __name__ == "__main__":
    asyncio.run(main())
