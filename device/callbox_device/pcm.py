"""The one PCM format of the box, and what can be said of a piece of it. Pure.

Sound inside the box is always s16le mono at 48 kHz: Opus's own rate, so that nothing resamples on the way
(any other rate costs aiortc's encoder one frame of delay). A *period* is what ALSA hands over at once; a
*frame* is one sample of every channel, as ALSA counts.
"""

import array
import math
import sys

RATE_HZ = 48_000
CHANNELS = 1
BYTES_PER_FRAME = 2
PERIOD_MS = 20
"""One Opus packet. The period of both PCM devices, so that a packet leaves as soon as it is spoken."""
PERIOD_FRAMES = RATE_HZ * PERIOD_MS // 1000
PERIOD_BYTES = PERIOD_FRAMES * BYTES_PER_FRAME
SILENT_PERIOD = bytes(PERIOD_BYTES)
FLOOR_DBFS = -96.0
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


def peak_dbfs(pcm: bytes) -> float:
    """Highest sample of `pcm` (s16le) in dB below full scale, `FLOOR_DBFS` to 0."""
    values = samples(pcm)
    if not values:
        return FLOOR_DBFS
    peak = max(max(values), -min(values))
    return max(FLOOR_DBFS, 20 * math.log10(peak / 32768)) if peak else FLOOR_DBFS
