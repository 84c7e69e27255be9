"""A chirp, and finding it again in what a microphone heard. Pure; the sums in C, by `audioop`.

A chirp of 100 ms from 500 to 6000 Hz is found 25 dB below what its level alone would need, in a room that reverberates.
Both sides are filtered first, which takes hum, rumble and hiss away.
"""

import array
import math
from dataclasses import dataclass

from callbox_device.model import pcm
from callbox_device.model.pcm import audioop

DURATION_MS = 100
LEVEL = 0.25
"""Of full scale: -12 dBFS."""
LIKENESS = 0.2
"""Noise alone is 0.14 like a chirp at most, the direct sound in a reverberating room 0.4."""
_FROM_HZ, _TO_HZ = 500, 6000
_WIDTH = pcm.BYTES_PER_FRAME


@dataclass(frozen=True, slots=True)
class ChirpMatch:
    """Place of the chirp in the captured sound."""

    frame: float
    gain: float
    """How loud it is there, of what was played; negative if a plug is the other way round."""
    likeness: float
    """1.0: nothing else is to be heard."""


def make() -> bytes:
    """The chirp, s16le mono 48 kHz."""
    count = pcm.RATE_HZ * DURATION_MS // 1000
    duration_s = DURATION_MS / 1000
    ratio = math.log(_TO_HZ / _FROM_HZ)
    samples = array.array("h")
    for number in range(count):
        at_s = number / pcm.RATE_HZ
        phase = 2 * math.pi * _FROM_HZ * duration_s / ratio * (math.exp(at_s / duration_s * ratio) - 1)
        window = 0.5 - 0.5 * math.cos(2 * math.pi * number / count)
        samples.append(round(LEVEL * 32767 * window * math.sin(phase)))
    return samples.tobytes()


def find(recorded: bytes, chirp: bytes) -> ChirpMatch | None:
    """Place in `recorded` that is most like `chirp`, both s16le mono 48 kHz; None: there is none, or it is shorter."""
    if len(recorded) <= len(chirp):
        return None
    # 1 more, so that digital silence is not divided by; what is filtered has room for it.
    sound = audioop.bias(_filtered(recorded), _WIDTH, 1)
    sought = _filtered(chirp)
    frame, factor = audioop.findfit(sound, sought)
    likeness = _likeness(sound, sought, frame)
    if abs(likeness) < LIKENESS:
        return None
    return ChirpMatch(frame + _fraction(sound, sought, frame), factor, abs(likeness))


def _filtered(sound: bytes) -> bytes:
    """Half of x[n] + x[n+1], and its difference over 4 samples: nothing at 0, 12 and 24 kHz, most at 6."""
    quarter = audioop.mul(sound, _WIDTH, 0.25)
    sums = audioop.add(quarter[_WIDTH:], quarter[:-_WIDTH], _WIDTH)
    return audioop.add(sums[4 * _WIDTH :], audioop.mul(sums[: -4 * _WIDTH], _WIDTH, -1), _WIDTH)


def _likeness(sound: bytes, sought: bytes, frame: int) -> float:
    window = sound[frame * _WIDTH : frame * _WIDTH + len(sought)]
    if frame < 0 or len(window) < len(sought):
        return 0.0
    rms, sought_rms = audioop.rms(window, _WIDTH), audioop.rms(sought, _WIDTH)
    return float(audioop.findfactor(window, sought)) * sought_rms / rms if rms else 0.0


def _fraction(sound: bytes, sought: bytes, frame: int) -> float:
    """Between -0.5 and 0.5 of a frame: the top of the parabola through the three likenesses around `frame`."""
    before, here, after = (abs(_likeness(sound, sought, frame + step)) for step in (-1, 0, 1))
    bend = before - 2 * here + after
    return max(-0.5, min(0.5, 0.5 * (before - after) / bend)) if bend < 0 and before and after else 0.0
