"""Levels of some sound, and what else can be said of it. Pure."""

import array
from collections.abc import Sequence
from operator import mul

from callbox.doctor.model.evaluate.sound import MicLevels
from callbox_device.model import pcm
from callbox_device.model.pcm import audioop

FULL_SCALE = 32767


def measure(periods: Sequence[bytes], overruns: int = 0) -> MicLevels:
    """Measure some periods; their level is without their offset. Pure."""
    sound = b"".join(periods)
    offset = audioop.avg(sound, pcm.BYTES_PER_FRAME)
    by_loudness = sorted(_loudness(period, offset) for period in periods)
    return MicLevels(
        pcm.peak_dbfs(sound),
        _loudness(sound, offset),
        by_loudness[len(by_loudness) // 10],
        clipped(sound),
        100 * offset / (FULL_SCALE + 1),
        overruns,
    )


def _loudness(sound: bytes, offset: int) -> float:
    """Root mean square of what is left without `offset`, in dBFS."""
    values: array.array[int] = pcm.samples(sound)
    # Not by audioop: its rms is a whole number, and `bias` wraps.
    square = sum(map(mul, values, values)) - 2 * offset * sum(values)
    return pcm.dbfs(round(max(0.0, square / max(1, len(values)) + offset**2) ** 0.5))


def clipped(sound: bytes) -> int:
    """Number of samples of s16le `sound` at full scale. Pure."""
    values: array.array[int] = pcm.samples(sound)
    return values.count(FULL_SCALE) + values.count(-FULL_SCALE - 1)
