"""Anchor: the same appliance as one would write it with the same libraries, and nothing of Callbox.

``python -m benchmarks.cost.aiortc_appliance CONFIG.yaml``. aiortc as its documentation shows it, gpiozero for button
and lamps, pyalsaaudio in two threads, paho, PyYAML. The button is pressed by itself after 3 s.
"""

import asyncio
import fractions
import json
import queue
import sys
import threading
from pathlib import Path
from typing import Any

import alsaaudio
import av
import gpiozero
import httpx
import paho.mqtt.client as paho
import yaml
from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from gpiozero.pins.mock import MockFactory, MockPWMPin
from paho.mqtt.enums import CallbackAPIVersion

RATE_HZ, FRAMES = 48_000, 960
PRESSED_AFTER_S = 3.0


def pcm(kind: int, device: str) -> Any:
    return alsaaudio.PCM(
        kind, device=device, rate=RATE_HZ, channels=1, format=alsaaudio.PCM_FORMAT_S16_LE, periodsize=FRAMES, periods=4
    )


class MicrophoneTrack(MediaStreamTrack):
    kind = "audio"

    def __init__(self, device: str) -> None:
        super().__init__()
        self._asyncio_loop, self._periods = asyncio.get_running_loop(), asyncio.Queue[bytes]()
        self._pts = 0
        threading.Thread(target=self._capture, args=[pcm(alsaaudio.PCM_CAPTURE, device)], daemon=True).start()

    def _capture(self, microphone: Any) -> None:
        while True:
            _, sound = microphone.read()
            self._asyncio_loop.call_soon_threadsafe(self._periods.put_nowait, sound)

    async def recv(self) -> av.AudioFrame:
        sound = await self._periods.get()
        frame = av.AudioFrame(format="s16", layout="mono", samples=len(sound) // 2)
        frame.planes[0].update(sound)
        frame.sample_rate, frame.pts, frame.time_base = RATE_HZ, self._pts, fractions.Fraction(1, RATE_HZ)
        self._pts += frame.samples
        return frame


class Loudspeaker:
    def __init__(self, device: str) -> None:
        self._sound: queue.Queue[bytes] = queue.Queue()
        threading.Thread(target=self._play, args=[pcm(alsaaudio.PCM_PLAYBACK, device)], daemon=True).start()

    def _play(self, speaker: Any) -> None:
        while True:
            speaker.write(self._sound.get())

    async def listen(self, track: MediaStreamTrack) -> None:
        to_mono = av.AudioResampler(format="s16", layout="mono", rate=RATE_HZ)
        while True:
            frame = await track.recv()
            assert isinstance(frame, av.AudioFrame)
            for mono in to_mono.resample(frame):
                self._sound.put(bytes(mono.planes[0])[: mono.samples * 2])


async def call(settings: dict[str, Any], lamp: gpiozero.PWMLED, tell: Any) -> RTCPeerConnection:
    tell("connecting")
    lamp.blink()
    pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    pc.addTrack(MicrophoneTrack(settings["microphone"]["device"]))
    loudspeaker, opened = Loudspeaker(settings["speaker"]["device"]), asyncio.Event()
    pc.on("track", lambda track: listening.append(asyncio.create_task(loudspeaker.listen(track))))
    channel = pc.createDataChannel("chat")
    ready = {"label": "rtvi-ai", "type": "client-ready", "id": "1", "data": {"version": "2.0.0"}}

    def on_open() -> None:
        channel.send(json.dumps(ready))
        opened.set()

    channel.on("open", on_open)
    await pc.setLocalDescription(await pc.createOffer())
    async with httpx.AsyncClient() as http:
        offer = {"sdp": pc.localDescription.sdp, "type": pc.localDescription.type}
        answer = (await http.post(settings["bot"]["start_url"], json=offer, timeout=20)).json()
    await pc.setRemoteDescription(RTCSessionDescription(answer["sdp"], answer["type"]))
    await opened.wait()
    lamp.on()
    tell("ready")
    return pc


listening: list[asyncio.Task[None]] = []


async def main(settings: dict[str, Any]) -> None:
    factory = gpiozero.Device.pin_factory = MockFactory(pin_class=MockPWMPin)  # this machine has no pins
    lamps, board = settings["board"]["lamps"], settings["board"]
    lamp = gpiozero.PWMLED(lamps["status"]["pin"])
    gpiozero.LED(lamps["microphone"]["pin"]).off()
    button, pressed, loop = gpiozero.Button(board["button"]["pin"]), asyncio.Event(), asyncio.get_running_loop()
    button.when_pressed = lambda: loop.call_soon_threadsafe(pressed.set)
    client = paho.Client(CallbackAPIVersion.VERSION2)
    client.will_set("stock/status", "offline", retain=True)
    client.connect(settings["mqtt"]["host"], settings["mqtt"]["port"])
    client.loop_start()
    print("idle", flush=True)
    await asyncio.sleep(PRESSED_AFTER_S)
    factory.pin(f"GPIO{board['button']['pin']}").drive_low()
    await pressed.wait()
    pc = await call(settings, lamp, lambda state: client.publish("stock/state", state, qos=1, retain=True))
    print("called", flush=True)
    await asyncio.sleep(600)
    await pc.close()


if __name__ == "__main__":
    asyncio.run(main(yaml.safe_load(Path(sys.argv[1]).read_text())))
