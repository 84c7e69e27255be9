"""Cues: short sounds of the box's own (earcons), and the ringing tone. Computed when they are played first. Pure.

Soft and short: they end before a person would begin to speak.
"""

import array
import functools
import math
from enum import Enum
from itertools import chain, repeat

from callbox_device.model import pcm
from callbox_device.model.pcm import audioop

Notes = tuple[tuple[int, int], ...]
"""Notes as (Hz, ms); 0 Hz is a pause."""

MAX_AMPLITUDE = 0.4
"""Of full scale, at a volume of 100 %."""
DEFAULT_VOLUME_PERCENT = 50
_EDGE_FRAMES = pcm.RATE_HZ * 8 // 1000
"""8 ms of fading in and out: no click."""


class Cue(Enum):
    """Meanings of cues; values are their notes."""

    CONNECTING = ((440, 90),)
    """A call is being made."""
    BOT_READY = ((660, 70), (990, 110))
    """The bot listens: speak."""
    SPEAK_NOW = ((660, 80), (880, 120))
    """The bot is ready, and what was said before is lost: say it again."""
    NOT_RECEIVED = ((440, 80), (330, 140))
    """The call failed, and the bot did not receive what was said."""
    BOT_LEFT = ((660, 90), (520, 90), (390, 140))
    """The bot has ended the call."""
    HUNG_UP = ((330, 70), (0, 50), (330, 90))
    """The call was ended from this side."""
    ENDS_SOON = ((880, 90), (660, 90), (880, 90))
    """A limit is about to end the call."""
    UNKNOWN_NUMBER = ((950, 110), (1400, 110), (1800, 110))
    """No bot has the digit that was dialled: the special information tone (ITU-T E.180), shortened."""
    VOLUME_LIMIT = ((1200, 20),)
    """The volume is as low or as high as it may be."""
    CALL_WAITING = ((425, 150), (0, 120), (425, 150))
    """A ring waits for the end of the call: the call waiting tone (ITU-T E.180, E.182)."""
    MUTED = ((520, 70), (390, 90))
    UNMUTED = ((390, 70), (520, 90))


def error_beeps(count: int) -> Notes:
    """`count` beeps, under 2 s for up to 9: as many as the status lamp blinks."""
    return ((1000, 110), (0, 100)) * count


RING: Notes = ((784, 180), (988, 180), (1175, 260), (0, 180), (784, 180), (988, 180), (1175, 260))
"""The melody of a ring: a bot, or the house, asks to talk."""

ALARM: Notes = ((880, 120), (0, 80), (880, 120), (0, 80), (880, 120), (0, 80), (1319, 240))
"""The melody of an alarm, a timer or a reminder."""

RINGING_HZ = 425
RINGING_ON_MS, RINGING_OFF_MS = 1000, 4000
"""The ringing tone of ITU-T E.180 and ETSI TR 101 041-2: 425 Hz, 1 s on, 4 s off."""


@functools.lru_cache(32)
def periods(cue: Cue | Notes, volume_percent: int = DEFAULT_VOLUME_PERCENT) -> tuple[bytes, ...]:
    """The sound of `cue` in the loudspeaker's periods, the last filled up with silence. `volume_percent`: 0 to 100, of
    the amplitude; at 0 there is no sound at all.
    """
    if not volume_percent:
        return ()
    sound = b"".join(_note(hz, ms) for hz, ms in (cue.value if isinstance(cue, Cue) else cue))
    return split(audioop.mul(sound, pcm.BYTES_PER_FRAME, volume_percent / 100))


def precompute() -> None:
    """Compute what a press plays first, so that it isn't computed then. May take some 10 ms: for a thread."""
    for cue in (Cue.CONNECTING, Cue.BOT_READY):
        periods(cue)


def split(sound: bytes) -> tuple[bytes, ...]:
    """`sound` in the loudspeaker's periods, the last filled up with silence."""
    size = pcm.PLAYBACK_PERIOD_BYTES
    return tuple(sound[place : place + size].ljust(size, b"\0") for place in range(0, len(sound), size))


def ringing(volume_percent: int) -> "chain[bytes]":
    """One round of the ringing tone in the loudspeaker's periods: the tone, faded in and out, and its pause.

    40 ms of the tone are whole waves, so that these are repeated.
    """
    wave = periods(((RINGING_HZ, 80),), volume_percent)
    count = RINGING_ON_MS // pcm.PLAYBACK_PERIOD_MS - 2
    # Both edges last less than a period: between them is the plain tone.
    tone = (wave[1 + place % 4] for place in range(count))
    silence = repeat(bytes(pcm.PLAYBACK_PERIOD_BYTES), RINGING_OFF_MS // pcm.PLAYBACK_PERIOD_MS)
    return chain((wave[0],), tone, (wave[7],), silence)


@functools.lru_cache(32)
def _note(hz: int, ms: int) -> bytes:
    """At a volume of 100 %."""
    frames = pcm.RATE_HZ * ms // 1000
    if not hz:
        return bytes(frames * pcm.BYTES_PER_FRAME)
    amplitude, step = MAX_AMPLITUDE * 32767, 2 * math.pi * hz / pcm.RATE_HZ
    edges = (min(1.0, place / _EDGE_FRAMES, (frames - place) / _EDGE_FRAMES) for place in range(frames))
    return array.array("h", (round(amplitude * edge * math.sin(step * n)) for n, edge in enumerate(edges))).tobytes()
