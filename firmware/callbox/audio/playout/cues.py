"""Cues: short sounds of the box's own, computed once. Pure.

Soft and short: they end before a person would begin to speak.
"""

import array
import functools
import math
from enum import Enum

from callbox_device.model import pcm

_AMPLITUDE = 0.2 * 32767
_EDGE_FRAMES = pcm.RATE_HZ * 8 // 1000
"""8 ms of fading in and out: no click."""


class Cue(Enum):
    """Meanings of cues; values are their notes as (Hz, ms)."""

    SPEAK_NOW = ((660, 80), (880, 120))
    """The bot is ready, and what was said before is lost: say it again."""
    NOT_RECEIVED = ((440, 80), (330, 140))
    """The call failed, and the bot did not receive what was said."""
    ENDS_SOON = ((880, 90), (660, 90), (880, 90))
    """A limit is about to end the call."""
    MUTED = ((520, 70), (390, 90))
    UNMUTED = ((390, 70), (520, 90))


@functools.cache
def periods(cue: Cue) -> tuple[bytes, ...]:
    """The sound of `cue` in the loudspeaker's periods, the last filled up with silence."""
    sound = b"".join(_note(hz, ms) for hz, ms in cue.value)
    size = pcm.PLAYBACK_PERIOD_BYTES
    return tuple(sound[place : place + size].ljust(size, b"\0") for place in range(0, len(sound), size))


def _note(hz: int, ms: int) -> bytes:
    frames = pcm.RATE_HZ * ms // 1000
    edges = (min(1.0, place / _EDGE_FRAMES, (frames - place) / _EDGE_FRAMES) for place in range(frames))
    step = 2 * math.pi * hz / pcm.RATE_HZ
    return array.array("h", (round(_AMPLITUDE * edge * math.sin(step * n)) for n, edge in enumerate(edges))).tobytes()
