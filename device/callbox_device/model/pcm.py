"""The one PCM format of the box, and what can be said of a piece of it. Pure.

Sound inside the box is always s16le mono at 48 kHz: Opus's own rate, so that nothing resamples on the way
(any other rate costs aiortc's encoder one frame of delay). A *period* is what ALSA hands over at once; a
*frame* is one sample of every channel, as ALSA counts. `audioop` works in the machine's byte order: little-endian
on every Raspberry Pi and PC.
"""

import array
import math
import sys
import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # Python 3.11 and 3.12; from 3.13 on it is audioop-lts
    import audioop

__all__ = ["audioop"]  # mypy: what others may import from here although it is made elsewhere

RATE_HZ = 48_000
CHANNELS = 1
BYTES_PER_FRAME = 2
PERIOD_MS = 20
"""One Opus packet. The microphone's period, so that a packet leaves as soon as it is spoken."""
PERIOD_FRAMES = RATE_HZ * PERIOD_MS // 1000
PERIOD_BYTES = PERIOD_FRAMES * BYTES_PER_FRAME
SILENT_PERIOD = bytes(PERIOD_BYTES)
PLAYBACK_PERIOD_MS = 10
"""Of the loudspeaker: what the bot says waits for half a period on average before the card takes it."""
PLAYBACK_PERIOD_FRAMES = RATE_HZ * PLAYBACK_PERIOD_MS // 1000
PLAYBACK_PERIOD_BYTES = PLAYBACK_PERIOD_FRAMES * BYTES_PER_FRAME
MIN_DBFS = -96.0
"""What `peak_dbfs` gives for digital silence: the quantisation step of 16 bits."""


def duration_ms(pcm: bytes) -> float:
    """Length of `pcm` in milliseconds."""
    return len(pcm) / BYTES_PER_FRAME / RATE_HZ * 1000


def samples(pcm: bytes) -> "array.array[int]":
    """`pcm` (s16le) as native integers, -32768 to 32767. An odd last byte is left out."""
    values = array.array("h", pcm[: len(pcm) // BYTES_PER_FRAME * BYTES_PER_FRAME])
    if sys.byteorder == "big":
        values.byteswap()
    return values


def silence(duration_ms: float) -> bytes:
    """`duration_ms` of digital silence, to the nearest frame."""
    return bytes(round(duration_ms * RATE_HZ / 1000) * BYTES_PER_FRAME)


def peak_dbfs(pcm: bytes) -> float:
    """Highest sample of `pcm` (s16le) in dB below full scale, `MIN_DBFS` to 0. An odd last byte is left out."""
    return dbfs(audioop.max(_whole(pcm), BYTES_PER_FRAME))


def rms_dbfs(pcm: bytes) -> float:
    """Root mean square of `pcm` (s16le) in dB below full scale, `MIN_DBFS` to 0. An odd last byte is left out."""
    return dbfs(audioop.rms(_whole(pcm), BYTES_PER_FRAME))


def dbfs(amplitude: int) -> float:
    """An amplitude, 0 to 32768, in dB below full scale, `MIN_DBFS` to 0."""
    return max(MIN_DBFS, 20 * math.log10(amplitude / 32768)) if amplitude else MIN_DBFS


def _whole(pcm: bytes) -> bytes:
    odd = len(pcm) % BYTES_PER_FRAME
    return pcm[:-odd] if odd else pcm
