"""The anchor: aiortc and httpx as their documentations show them, with RTVI's handshake and no box.

``python -m benchmarks.latency.stock URL CALLS``
"""

import asyncio
import sys
import time
from typing import Any

import httpx
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription

from benchmarks.bare import ToneTrack, listen
from benchmarks.latency.phases import WAIT_S, tell, watch_aiortc
from benchmarks.measure import Stopwatch
from callbox.rtvi.messages import Message, encode


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
    watch, told = Stopwatch(), []
    watch_aiortc(watch, with_cookie=False)
    for _ in range(calls + 1):
        await one_call(url, watch)
        told.append(watch.ms)
        await asyncio.sleep(0.5)
    tell(told[1:])


if __name__ == "__main__":
    asyncio.run(main())
