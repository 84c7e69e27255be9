"""Opus packets with RTP's clock, of what leaves the gate."""

from collections.abc import Callable

from callbox.audio.capture.mic_gate import MicGate
from callbox.audio.codec_presets import OpusConfig
from callbox.audio.opus import OpusEncoder
from callbox.rtvi.media import OpusFrame
from callbox_device.model import pcm

_PERIOD_FRAMES = pcm.PERIOD_FRAMES
_frame = OpusFrame._make  # 500 instructions less than `OpusFrame(...)`
DTX_BYTES = 2
"""An Opus packet of so many bytes says: as before, need not be sent (libopus, OPUS_SET_DTX)."""
MAX_LOSS_PERCENT = 30
"""More redundancy in the packets would leave too little for the voice."""
MIN_LOSS_PERCENT = 6
"""libopus (1.3.1 to 1.6.1) at complexity 5 and 32 kb/s puts FEC into no packet below this, and into most from it on."""


def new_encoder(voice: OpusConfig) -> OpusEncoder:
    """New encoder for one call."""
    return OpusEncoder(bitrate_bps=voice.bitrate_bps, complexity=voice.complexity, dtx=voice.dtx)


class CaptureEncoder:
    """Encoder of one call. One thread at a time; the gate ensures it."""

    def __init__(self, gate: MicGate, encoder: OpusEncoder) -> None:
        self._gate = gate
        self._encoder = encoder
        self._timestamp = 0
        self._dropped = gate.dropped
        self._loss_percent = self._encoder_loss_percent = 0

    async def read(self) -> OpusFrame:
        """Next packet that need be sent; waits for it. As `callbox.rtvi.OpusMedia.read_opus`. Event loop."""
        while True:
            frame = self._encoded(await self._gate.read())
            if len(frame[0]) > DTX_BYTES:
                return frame

    def start_direct_send(self, send: Callable[[bytes, int], None]) -> Callable[[], None]:
        """Start direct sending, as `callbox.rtvi.media.DirectSendMedia.start_direct_send`. Event loop."""

        def encode_and_send(period: bytes) -> None:
            payload, timestamp = self._encoded(period)
            if len(payload) > DTX_BYTES:
                send(payload, timestamp)

        return self._gate.start_direct_send(encode_and_send)

    def _encoded(self, period: bytes) -> OpusFrame:
        gate, timestamp = self._gate, self._timestamp
        if gate.dropped != self._dropped:
            # What was captured and dropped is a gap in time, which the clock must show (RFC 3550, 5.1).
            timestamp += (gate.dropped - self._dropped) * _PERIOD_FRAMES
            self._dropped = gate.dropped
        self._timestamp = timestamp + _PERIOD_FRAMES
        if self._loss_percent != self._encoder_loss_percent:
            self._encoder_loss_percent = self._loss_percent
            self._encoder.expect_loss(self._encoder_loss_percent)
        return _frame((self._encoder.encode(period), timestamp))

    def expect_loss(self, fraction: float) -> None:
        """Expected loss for in-band FEC, 0 to 1. Any thread; from the next packet on.

        0 turns FEC off; anything above it counts as `MIN_LOSS_PERCENT` to `MAX_LOSS_PERCENT`.
        """
        percent = min(MAX_LOSS_PERCENT, round(100 * fraction))
        self._loss_percent = max(MIN_LOSS_PERCENT, percent) if fraction > 0 else 0
