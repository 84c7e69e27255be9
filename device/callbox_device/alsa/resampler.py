"""Sample rates of cards that don't have 48 kHz, by FFmpeg's libswresample: PyAV is there for aiortc anyway.

Imported when a card needs it. ALSA's own converter, where Debian's libasound2-plugins isn't installed, and the standard
library's audioop go from sample to sample on straight lines: of a voice at 16 kHz 5 dB are missing at 7 kHz, and what
is above the card's rate comes back as noise.
"""

from typing import Any

from callbox_device.model import pcm

_PRIMED_S = 0.01
"""Silence that is given first and dropped: longer than the filter, which is 32 samples of the slower side."""


class Resampler:
    """s16le mono at one rate to another. Late by 1 ms at 16 kHz, half of its filter. One thread."""

    def __init__(self, from_hz: int, to_hz: int) -> None:
        import av  # late: few cards need it

        self._frame, self._from_hz = av.AudioFrame, from_hz
        self._resampler: Any = av.AudioResampler(format="s16", layout="mono", rate=to_hz)
        # Else the first period would be short, and each would wait for the one after it.
        self.convert(bytes(round(from_hz * _PRIMED_S) * pcm.BYTES_PER_FRAME))

    def convert(self, sound: bytes) -> bytes:
        """`sound` at the other rate: what 20 ms give is 20 ms."""
        if not sound:
            return b""
        frame: Any = self._frame(format="s16", layout="mono", samples=len(sound) // pcm.BYTES_PER_FRAME)
        frame.sample_rate = self._from_hz
        frame.planes[0].update(sound)
        return b"".join(
            bytes(made.planes[0])[: made.samples * pcm.BYTES_PER_FRAME] for made in self._resampler.resample(frame)
        )
