"""Callbox's client over a simulated board.

``python -m benchmarks.sound.callbox_client START_URL MICROPHONE.wav FOLDER [probe]``.
Ends when its standard input does. `probe`: with clocks inside, for the budget of the latency.
"""

import asyncio
import dataclasses
import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

from benchmarks.sound.playout_recorder import CARD_MS, tell
from callbox.audio.media import BoardMedia
from callbox.rtvi import APIRequest, RTVIClient
from callbox.rtvi.media import OpusFrame
from callbox.transports.small_webrtc import SmallWebRTCTransport
from callbox_device.interfaces import BoardError
from callbox_device.simulated.sound import SimulatedMicrophone, SimulatedSpeaker
from callbox_device.wav import read_wav


class Microphone(SimulatedMicrophone):
    """Tells when its first sample was captured, and when its last period was handed over."""

    spoke_s = 0.0
    delivered_s = 0.0

    def start(self, deliver: Callable[[bytes, float], None], failed: Callable[[BoardError], None]) -> "Future[None]":
        def first(period: bytes, captured_s: float) -> None:
            self.spoke_s = self.spoke_s or captured_s
            self.delivered_s = time.monotonic()
            deliver(period, captured_s)

        return super().start(first, failed)


class Speaker(SimulatedSpeaker):
    """Tells when its first sample was received."""

    received_s = 0.0

    def start(self, fill: Callable[[float], bytes], failed: Callable[[BoardError], None]) -> "Future[None]":
        def first(received_s: float) -> bytes:
            self.received_s = self.received_s or received_s
            return fill(received_s)

        return super().start(first, failed)


class Probed(BoardMedia):
    """Notes what the way through it takes."""

    def __init__(self, microphone: Microphone, speaker: Speaker) -> None:
        super().__init__(microphone, speaker)
        self._source = microphone
        self.sending_ms: list[float] = []
        """From the microphone's handing over a period to the packet."""
        self.lag_ms: list[float] = []
        """From the arrival of a packet to the loudspeaker's asking for it."""

    async def read_opus(self) -> OpusFrame:
        frame = await super().read_opus()
        self._note()
        return frame

    def start_direct_send(self, send: Callable[[bytes, int], None]) -> Callable[[], None]:
        def noted(payload: bytes, timestamp: int) -> None:
            send(payload, timestamp)
            self._note()

        return super().start_direct_send(noted)

    def _note(self) -> None:
        self.sending_ms.append((time.monotonic() - self._source.delivered_s) * 1000)

    def write_rtp(self, ssrc: int, sequence_number: int, timestamp: int, payload: bytes, arrived_s: float) -> None:
        super().write_rtp(ssrc, sequence_number, timestamp, payload, arrived_s)
        self.lag_ms.append(self.player.rtp.lag_ms)


async def main() -> None:
    url, microphone_wav, folder = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    received = folder / "ours.wav"
    microphone, speaker = Microphone(read_wav(microphone_wav)), Speaker(received, buffer_ms=CARD_MS)
    media = (Probed if "probe" in sys.argv else BoardMedia)(microphone, speaker)
    client = RTVIClient(SmallWebRTCTransport, media)
    began_s = time.monotonic()
    await client.connect(APIRequest(url, request_data={"transport": "webrtc"}))
    ready_ms = (time.monotonic() - began_s) * 1000
    await asyncio.to_thread(sys.stdin.read)
    counters = media.player.rtp.counters
    facts, played_ms = dataclasses.asdict(counters), max(1.0, counters.played_ms)
    facts |= {"jitter_ms": media.player.rtp.jitter_ms, "target_ms": media.player.rtp.target_ms}
    await client.disconnect()
    if isinstance(media, Probed):
        facts |= {"sending_ms": statistics.median(media.sending_ms), "lag_ms": statistics.median(media.lag_ms)}
    tell(
        spoke_s=microphone.spoke_s,
        received=received,
        received_s=speaker.received_s,
        concealed_percent=100 * counters.concealed_ms / played_ms,
        ready_ms=ready_ms,
        counters=facts,
    )


if __name__ == "__main__":
    asyncio.run(main())
