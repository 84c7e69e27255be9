"""Callbox's client over a simulated board: ``python -m benchmarks.sound.ours START_URL MICROPHONE.wav FOLDER``.

Ends when its standard input does.
"""

import asyncio
import dataclasses
import sys
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

from benchmarks.sound.ear import CARD_MS, tell
from callbox.rtvi import APIRequest, RTVIClient
from callbox.sound.media import BoardMedia
from callbox.transports.small_webrtc import SmallWebRTCTransport
from callbox_device.board import BoardError
from callbox_device.simulated_sound import SimulatedMicrophone, SimulatedSpeaker
from callbox_device.wav import read_wav


class Microphone(SimulatedMicrophone):
    """Tells when its first sample was captured."""

    spoke_s = 0.0

    def start(self, deliver: Callable[[bytes, float], None], failed: Callable[[BoardError], None]) -> "Future[None]":
        def first(period: bytes, captured_s: float) -> None:
            self.spoke_s = self.spoke_s or captured_s
            deliver(period, captured_s)

        return super().start(first, failed)


class Speaker(SimulatedSpeaker):
    """Tells when its first sample was heard."""

    heard_s = 0.0

    def start(self, fill: Callable[[float], bytes], failed: Callable[[BoardError], None]) -> "Future[None]":
        def first(heard_s: float) -> bytes:
            self.heard_s = self.heard_s or heard_s
            return fill(heard_s)

        return super().start(first, failed)


async def main() -> None:
    url, microphone_wav, folder = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    heard = folder / "ours.wav"
    microphone, speaker = Microphone(read_wav(microphone_wav)), Speaker(heard, buffer_ms=CARD_MS)
    media = BoardMedia(microphone, speaker)
    client = RTVIClient(SmallWebRTCTransport, media)
    began_s = time.monotonic()
    await client.connect(APIRequest(url, request_data={"transport": "webrtc"}))
    ready_ms = (time.monotonic() - began_s) * 1000
    await asyncio.to_thread(sys.stdin.read)
    counters = media.player.rtp.counters
    facts, played_ms = dataclasses.asdict(counters), max(1.0, counters.played_ms)
    facts |= {"jitter_ms": media.player.rtp.jitter_ms, "target_ms": media.player.rtp.target_ms}
    await client.disconnect()
    tell(
        spoke_s=microphone.spoke_s,
        heard=heard,
        heard_s=speaker.heard_s,
        concealed_percent=100 * counters.concealed_ms / played_ms,
        ready_ms=ready_ms,
        counters=facts,
    )


if __name__ == "__main__":
    asyncio.run(main())
