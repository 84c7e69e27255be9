"""Gain of a volume in percent, by alsamixer's curve: half sounds like half. Pure.

Loudness follows the logarithm of the amplitude: on a linear scale all that matters lies below 20 %.
"""

import math
from collections.abc import Callable, Sequence

from callbox_device.model import pcm
from callbox_device.model.pcm import audioop

_STRAIGHT_CB = 2400
"""A control that reaches no further than 24 dB is taken straight (alsamixer, volume_mapping.c)."""
_MUTE_CB = -9_999_999
"""ALSA's word for a lowest step that is silence."""
_RAMP_PIECES = 10
_PREFERRED = ("Master", "PCM", "Speaker", "Headphone", "Digital", "Playback", "Line Out")
"""Names of playback controls, the one that governs most first."""
_OTHERS = ("mic", "sidetone", "line in", "aux", "cd", "beep", "bass", "treble", "tone", "boost", "bypass", "loopback")
"""Parts of names of controls that play something else than what the box says, or change how it sounds."""


def gain(percent: int) -> float:
    """Factor for samples, 0.0 to 1.0: 60 dB for a factor of ten, silence at 0."""
    return float((percent / 100) ** 3)


def limited(percent: int | None, max_percent: int) -> int | None:
    """`percent`, at most `max_percent`. None, as the card was left, is `max_percent` where that is a limit at all: how
    loud the card was left isn't known.
    """
    if max_percent >= 100:
        return percent
    return max_percent if percent is None else min(percent, max_percent)


def hundredths_db(percent: int, lowest: int, highest: int) -> int:
    """Setting of a control that reaches from `lowest` to `highest`; all in hundredths of dB, as ALSA counts."""
    share = percent / 100
    if highest - lowest <= _STRAIGHT_CB:
        return round(lowest + share * (highest - lowest))
    floor = 0.0 if lowest <= _MUTE_CB else 10 ** ((lowest - highest) / 6000)
    share = share * (1 - floor) + floor
    return max(lowest, round(6000 * math.log10(share)) + highest) if share > 0 else lowest


def pick_control(names: Sequence[str]) -> str | None:
    """Of a card's playback controls, the one that is its volume; None: there is none."""
    likely = [name for name in names if not any(other in name.lower() for other in _OTHERS)]
    return next((name for name in (*_PREFERRED, *likely) if name in likely), None)


class Volume:
    """Volume of one open loudspeaker. For its thread.

    `set_mixer` sets the card's own control and says whether there is one; without one the samples are made smaller.
    """

    def __init__(self, set_mixer: Callable[[int], bool]) -> None:
        self._set_mixer = set_mixer
        self._percent: int | None = None
        self._gain: float | None = None

    def apply(self, sound: bytes, percent: int | None) -> bytes:
        """`sound` (s16le mono) at `percent`; None: as it is. A change comes within this piece, without a click."""
        if percent == self._percent and self._gain is not None:
            return sound if self._gain == 1.0 else audioop.mul(sound, pcm.BYTES_PER_FRAME, self._gain)
        before = self._gain
        self._percent = percent
        self._gain = 1.0 if percent is None or self._set_mixer(percent) else gain(percent)
        return _ramp(sound, self._gain if before is None else before, self._gain)


def _ramp(sound: bytes, start: float, end: float) -> bytes:
    if start == end == 1.0:
        return sound
    size = -(-len(sound) // (_RAMP_PIECES * pcm.BYTES_PER_FRAME)) * pcm.BYTES_PER_FRAME
    pieces = [sound[place : place + size] for place in range(0, len(sound), size)]
    # Counted down, so that the last step is `end` exactly.
    steps = [end - (end - start) * left / len(pieces) for left in reversed(range(len(pieces)))]
    return b"".join(audioop.mul(piece, pcm.BYTES_PER_FRAME, step) for piece, step in zip(pieces, steps, strict=True))
