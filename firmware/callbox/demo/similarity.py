"""Similarity of a recording and a piece of speech: by the shape of its loudness over time. Pure.

Not "some energy": two different sentences of equal length correlate below 0.5, the same sentence through Opus
and a network above 0.9. Plain Python, so that the demo needs no numpy; the tests compare waveforms.
"""

import math

from callbox_device.model import pcm

STEP_MS = 10
_STEP = pcm.RATE_HZ * STEP_MS // 1000
_EVERY = 6
"""Every sixth sample is enough for loudness."""


def envelope(sound: bytes) -> list[float]:
    """Mean amplitude of each 10 ms of `sound` (s16le mono 48 kHz)."""
    values = pcm.samples(sound)
    return [
        sum(map(abs, values[start : start + _STEP : _EVERY])) / (_STEP // _EVERY)
        for start in range(0, len(values) - _STEP + 1, _STEP)
    ]


def likeness(spoken: bytes, recorded: bytes) -> float:
    """Likeness of `spoken` and the best place in `recorded`: 0 (none) to 1, the best over all delays."""
    wanted, recorded_envelope = _centred(envelope(spoken)), envelope(recorded)
    size = len(wanted)
    energy = math.sqrt(sum(value * value for value in wanted))
    if not energy or len(recorded_envelope) < size:
        return 0.0
    best = 0.0
    for start in range(len(recorded_envelope) - size + 1):
        window = _centred(recorded_envelope[start : start + size])
        strength = math.sqrt(sum(value * value for value in window))
        if strength:
            product = sum(a * b for a, b in zip(wanted, window, strict=True))
            best = max(best, product / (energy * strength))
    return best


def _centred(values: list[float]) -> list[float]:
    mean = sum(values) / len(values) if values else 0.0
    return [value - mean for value in values]
