"""Time stretching of speech at the same pitch: NetEq's accelerate and preemptive expand. Pure.

One period of the voice is left out or repeated, and the ends are crossfaded (WSOLA). Where it is quiet, any length
will do. No loop over samples runs in Python but for the crossfade.
"""

from array import array

from callbox_device.model import pcm
from callbox_device.model.pcm import audioop

_BYTES = pcm.BYTES_PER_FRAME
CROSSFADE_FRAMES = 240
"""5 ms."""
MIN_FRAMES = 120
"""2.5 ms: the period of a voice of 400 Hz."""
MAX_FRAMES = 480
"""10 ms: of 100 Hz. Of a deeper voice, it finds a half or a whole formant instead: see `is_periodic`."""
QUIET = 150
"""Peak of sound in which a cut is inaudible, about -47 dBFS."""
ALIKE = 0.5
"""Two pieces are alike when the difference has at most this much of the amplitude (RMS)."""
_COARSE = 4
_BIAS = 16384


def accelerate(sound: bytes, at_most_frames: int = MAX_FRAMES, *, force: bool = False) -> bytes:
    """Sound without one period of the voice, at most `at_most_frames`; its first and its last sample stay.

    As it is if there is no good place and `force` isn't said, or if it is too short.
    """
    lag = _place(sound, at_most_frames, force)
    if not lag:
        return sound
    fade, cut = CROSSFADE_FRAMES * _BYTES, lag * _BYTES
    return crossfade(sound[:fade], sound[cut : cut + fade]) + sound[cut + fade :]


def preemptive_expand(sound: bytes, at_most_frames: int = MAX_FRAMES, *, force: bool = False) -> bytes:
    """Sound with one period of the voice twice; else as `accelerate`."""
    lag = _place(sound, at_most_frames, force)
    if not lag:
        return sound
    fade, cut = CROSSFADE_FRAMES * _BYTES, lag * _BYTES
    return sound[:cut] + crossfade(sound[cut : cut + fade], sound[:fade]) + sound[fade:]


def crossfade(old: bytes, new: bytes) -> bytes:
    """Linear crossfade from `old` to `new`, equally long."""
    before, after = array("h", old), array("h", new)
    steps = len(before) + 1
    return array(
        "h", [b + (a - b) * i // steps for i, (b, a) in enumerate(zip(before, after, strict=True), 1)]
    ).tobytes()


def fade(sound: bytes, start: float, end: float, step_frames: int = 6) -> bytes:
    """Sound whose gain goes from `start` to `end`, 0 to 1, in steps of `step_frames`."""
    step = step_frames * _BYTES
    steps = max(1, len(sound) // step)
    return b"".join(
        audioop.mul(sound[at : at + step], _BYTES, start + (end - start) * (at / step + 1) / steps)
        for at in range(0, len(sound), step)
    )


def _place(sound: bytes, at_most_frames: int, force: bool) -> int:
    """Frames to leave out at the beginning of `sound`, or to repeat; 0: none."""
    room = min(at_most_frames, len(sound) // _BYTES - CROSSFADE_FRAMES)
    if room < MIN_FRAMES:
        return 0
    if audioop.max(sound, _BYTES) <= QUIET:
        return room
    lag = _period(sound, min(room, MAX_FRAMES))
    return lag if force or is_periodic(sound, lag) else 0


def is_periodic(sound: bytes, lag: int) -> bool:
    """Whether `sound` goes on after `lag` frames as it began, so that a cut is inaudible."""
    fade, cut = CROSSFADE_FRAMES * _BYTES, lag * _BYTES
    start = sound[:fade]
    difference = audioop.add(start, audioop.mul(sound[cut : cut + fade], _BYTES, -1), _BYTES)
    return audioop.rms(difference, _BYTES) <= ALIKE * audioop.rms(start, _BYTES) + 1


def _period(sound: bytes, most: int) -> int:
    """Lag from `MIN_FRAMES` to `most` frames after which `sound` is most like its beginning."""
    # On a pedestal, findfit's free gain has nothing to do: the best fit is the least difference, not an inverse of it.
    raised = audioop.bias(audioop.mul(sound[: (most + CROSSFADE_FRAMES) * _BYTES], _BYTES, 0.5), _BYTES, _BIAS)
    coarse = array("h", raised)[::_COARSE]
    least = MIN_FRAMES // _COARSE
    found = audioop.findfit(coarse[least:].tobytes(), coarse[: CROSSFADE_FRAMES // _COARSE].tobytes())[0]
    guess = (found + least) * _COARSE
    low = max(MIN_FRAMES, guess - _COARSE)
    high = min(most, guess + _COARSE)
    near = raised[low * _BYTES : (high + CROSSFADE_FRAMES) * _BYTES]
    return low + int(audioop.findfit(near, raised[: CROSSFADE_FRAMES * _BYTES])[0])
