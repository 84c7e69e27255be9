"""Decoder with concealment: lost sound goes on as before, fades out, and fades in again.

One thread, the loudspeaker's.
"""

from callbox.audio.opus import STEP_FRAMES, OpusDecoder, OpusError, duration_frames
from callbox.audio.playout.model.time_stretch import fade
from callbox_device.model import pcm

HOLD_FRAMES = 20 * pcm.RATE_HZ // 1000
"""One lost packet is made up at full loudness."""
GONE_FRAMES = 100 * pcm.RATE_HZ // 1000
"""From here on there is silence: a made-up voice that lasts longer sounds like a robot."""
RETURN_FRAMES = 240
"""5 ms: how long the voice takes to come back from silence."""


class ConcealingDecoder:
    """Decoder of packets, with concealment in place of lost ones."""

    def __init__(self) -> None:
        self._decoder = OpusDecoder()
        self._concealed_frames = GONE_FRAMES
        self._last_bytes = pcm.PERIOD_BYTES
        self.malformed = 0
        """How many packets were no Opus."""

    @property
    def is_gone(self) -> bool:
        """Whether concealment has faded to silence."""
        return self._concealed_frames >= GONE_FRAMES

    def play(self, payload: bytes) -> bytes:
        """Decode a packet; conceal a malformed one, for its own duration or that of the one before."""
        try:
            sound = self._decoder.decode(payload)
        except OpusError:
            self.malformed += 1
            return self.conceal(duration_frames(payload) or self._last_bytes // pcm.BYTES_PER_FRAME)
        self._last_bytes = len(sound)
        return self._fade_in(sound) if self._concealed_frames else sound

    def recover(self, next_payload: bytes, frames: int) -> bytes:
        """Recover `frames` of lost sound before `next_payload`, which repeats them."""
        try:
            return self._fade_in(self._decoder.recover(next_payload, frames))
        except OpusError:
            return self.conceal(frames)

    def conceal(self, frames: int) -> bytes:
        """Conceal `frames`, whole `STEP_FRAMES`, at most 120 ms."""
        if self.is_gone:
            return bytes(frames * pcm.BYTES_PER_FRAME)
        start = self._loudness()
        self._concealed_frames += frames
        sound = self._decoder.conceal(frames)
        end = self._loudness()
        return sound if end == 1.0 else fade(sound, start, end, STEP_FRAMES)

    def end(self, frames: int) -> bytes:
        """Conceal `frames`, whole `STEP_FRAMES`, faded to silence: something else begins."""
        sound = self.conceal(frames)
        self.mute()
        return fade(sound, 1.0, 0.0)

    def mute(self) -> None:
        """Count what follows as after silence: the last sound was faded out elsewhere."""
        self._concealed_frames = GONE_FRAMES

    def reset(self) -> None:
        """Forget the stream: another one begins."""
        self._decoder.reset()
        self.mute()

    def _loudness(self) -> float:
        beyond = self._concealed_frames - HOLD_FRAMES
        return min(1.0, max(0.0, 1.0 - beyond / (GONE_FRAMES - HOLD_FRAMES)))

    def _fade_in(self, sound: bytes) -> bytes:
        start, self._concealed_frames = self._loudness(), 0
        if start == 1.0:
            return sound
        size = RETURN_FRAMES * pcm.BYTES_PER_FRAME
        return fade(sound[:size], start, 1.0) + sound[size:]
