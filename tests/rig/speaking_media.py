"""Media without devices: speech on the clock, encoded by libopus; what comes is counted."""

import asyncio
import fractions
import time
from pathlib import Path

import av

from callbox.rtvi.media import NetworkReport, OpusFrame
from callbox_device.model import pcm
from callbox_device.wav import read_wav

SPEECH = Path(__file__).parents[2] / "firmware/callbox/assets/speech.wav"
QUIET_PERIODS = 10


class PcmSpeechMedia:
    """Fulfils `callbox.rtvi.Media`: says the demo's speech, waits a second, again."""

    def __init__(self, sound: bytes | None = None) -> None:
        self._sound = read_wav(SPEECH) + bytes(pcm.RATE_HZ * 2) if sound is None else sound
        self._begun_s: float | None = None
        self._periods = 0
        self.mic_enabled = True
        self.is_open = False
        self.received = bytearray()

    async def open(self):
        self.is_open, self._begun_s, self._periods = True, None, 0

    async def close(self):
        self.is_open = False

    async def read(self):
        """The next period, when its last sample would have been captured."""
        if self._begun_s is None:
            self._begun_s = time.monotonic()
        self._periods += 1
        await asyncio.sleep(max(0.0, self._begun_s + self._periods * 0.02 - time.monotonic()))
        start = (self._periods - 1) * pcm.PERIOD_BYTES % len(self._sound)
        return self._sound[start : start + pcm.PERIOD_BYTES].ljust(pcm.PERIOD_BYTES, b"\0")

    def write(self, pcm):
        self.received += pcm

    def flush(self):
        self.received.clear()

    def hold(self):
        pass

    def release(self):
        pass

    def level(self, kind):
        return 0.0

    async def devices(self):
        return []

    def selected(self, kind):
        return None

    async def select(self, kind, device_id):
        pass


class OpusSpeechMedia(PcmSpeechMedia):
    """Fulfils `callbox.rtvi.OpusMedia`."""

    def __init__(self, sound: bytes | None = None) -> None:
        super().__init__(sound)
        self._encoder = av.CodecContext.create("libopus", "w")
        self._encoder.bit_rate = 32_000
        self._encoder.format = "s16"
        self._encoder.layout = "mono"
        self._encoder.sample_rate = pcm.RATE_HZ
        self._encoder.options = {"application": "voip", "compression_level": "5"}
        self._encoder.time_base = fractions.Fraction(1, pcm.RATE_HZ)
        self._frames = 0
        self._quiet_periods = 0
        self.packets: list[tuple[int, int, int, bytes, float]] = []
        """As `write_rtp` was given them."""
        self.reports: list[NetworkReport] = []

    @property
    def is_quiet(self):
        return self._quiet_periods >= QUIET_PERIODS

    async def read_opus(self):
        period = await self.read()
        self._quiet_periods = self._quiet_periods + 1 if pcm.peak_dbfs(period) < -40 else 0
        frame = av.AudioFrame(format="s16", layout="mono", samples=pcm.PERIOD_FRAMES)
        frame.planes[0].update(period)
        frame.sample_rate, frame.pts = pcm.RATE_HZ, self._frames * pcm.PERIOD_FRAMES
        payload = b"".join(bytes(packet) for packet in self._encoder.encode(frame))
        self._frames += 1
        return OpusFrame(payload, (self._frames - 1) * pcm.PERIOD_FRAMES)

    def write_rtp(self, ssrc, sequence_number, timestamp, payload, arrived_s):
        self.packets.append((ssrc, sequence_number, timestamp, payload, arrived_s))

    def on_network(self, report):
        self.reports.append(report)
