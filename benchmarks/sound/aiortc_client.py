"""The anchor: aiortc as its documentation shows it, MediaPlayer for a microphone, MediaRecorder for a loudspeaker.

``python -m benchmarks.sound.aiortc_client OFFER_URL MICROPHONE.wav FOLDER [plain]``; ends when its standard input does.
`plain`: without the clocks around both tracks, to measure its processor time.
"""

import asyncio
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import httpx
from aiortc import MediaStreamTrack, RTCBundlePolicy, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.contrib.media import MediaPlayer, MediaRecorder

from benchmarks.sound.playout_recorder import PlayoutRecorder, tell
from callbox.rtvi.protocol.messages import Message, encode
from callbox.transports.tracks import mono_bytes
from callbox_device.model import pcm


class Watched(MediaStreamTrack):
    """Another track, each frame given to `seen` first."""

    kind = "audio"

    def __init__(self, track: MediaStreamTrack, seen: Callable[[av.AudioFrame], None]) -> None:
        super().__init__()
        self._track, self._seen = track, seen

    async def recv(self) -> Any:
        frame = await self._track.recv()
        assert isinstance(frame, av.AudioFrame)
        self._seen(frame)
        return frame


class Stopwatch:
    """When it was first pressed."""

    def __init__(self) -> None:
        self.pressed_s = 0.0

    def press(self, _: object) -> None:
        self.pressed_s = self.pressed_s or time.monotonic()


async def main() -> None:
    url, microphone, folder = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    plain = "plain" in sys.argv
    pc = RTCPeerConnection(RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))
    spoke, receiver = Stopwatch(), PlayoutRecorder()
    to_mono = av.AudioResampler(format="s16", layout="mono", rate=pcm.RATE_HZ)

    def receive(frame: av.AudioFrame) -> None:
        for mono in to_mono.resample(frame):
            receiver.receive(mono_bytes(mono))

    player, recorder = MediaPlayer(microphone), MediaRecorder(str(folder / "stock.wav"))
    assert player.audio
    pc.addTrack(player.audio if plain else Watched(player.audio, spoke.press))
    channel = pc.createDataChannel("chat")
    channel.on("open", lambda: channel.send(encode(Message("client-ready", {"version": "2.0.0"}, "1"))))

    def on_track(track: MediaStreamTrack) -> None:
        recorder.addTrack(track if plain else Watched(track, receive))

    pc.on("track", on_track)
    await pc.setLocalDescription(await pc.createOffer())
    async with httpx.AsyncClient() as http:
        offer = {"sdp": pc.localDescription.sdp, "type": pc.localDescription.type}
        answer = (await http.post(url, json=offer, timeout=20)).json()
    await pc.setRemoteDescription(RTCSessionDescription(answer["sdp"], answer["type"]))
    await recorder.start()
    await asyncio.to_thread(sys.stdin.read)
    player.audio.stop()
    await recorder.stop()
    await pc.close()
    received = folder / "stock-received.wav"
    tell(spoke_s=spoke.pressed_s, received=received, received_s=receiver.write(received))


if __name__ == "__main__":
    asyncio.run(main())
