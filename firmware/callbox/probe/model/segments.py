"""Segments of speech in received sound, by loudness, on the clock of its arrival. Pure."""

from dataclasses import dataclass

from callbox_device.model import pcm
from callbox_device.model.pcm import audioop

THRESHOLD_DBFS = -45.0
"""RMS of 1 ms; a codec's noise in silence is below -70 dBFS, soft speech above -40 dBFS."""
HANGOVER_S = 0.6
"""Silence of that length ends a segment; pauses within sentences are shorter."""
ONSET_MS = 10
"""A segment begins with so many loud ms among the first `ONSET_WINDOW_MS`: a click is shorter."""
ONSET_WINDOW_MS = 20
_MS_BYTES = pcm.RATE_HZ // 1000 * pcm.BYTES_PER_FRAME
_THRESHOLD = round(32768 * 10 ** (THRESHOLD_DBFS / 20))


@dataclass(slots=True)
class Segment:
    """Speech of one side, in s of the monotonic clock."""

    begin_s: float
    """First loud sample."""
    end_s: float
    """Last loud sample so far."""
    is_over: bool = False


def peak(sound: bytes) -> float:
    """Highest sample of `sound`, s16le, 0.0 to 1.0."""
    return float(10 ** (pcm.peak_dbfs(sound) / 20))


class SegmentDetector:
    """Detector of one direction's segments. Time comes with the sound, and by `pass_time` when none comes."""

    def __init__(self) -> None:
        self.segments: list[Segment] = []
        self._recent: list[tuple[float, bool]] = []
        """Beginning and loudness of the last ms before a segment."""

    @property
    def is_speaking(self) -> bool:
        """Whether a segment has begun and isn't over."""
        return bool(self.segments) and not self.segments[-1].is_over

    def take(self, at_s: float, sound: bytes) -> None:
        """Take `sound`, s16le mono 48 kHz, whose first sample is heard at `at_s`."""
        if not self.is_speaking and len(sound) >= ONSET_WINDOW_MS * _MS_BYTES and audioop.max(sound, 2) < _THRESHOLD:
            self._recent.clear()  # most of a call: nothing to look for, ms by ms
            return
        for number, place in enumerate(range(0, len(sound) - _MS_BYTES + 1, _MS_BYTES)):
            self._take_ms(at_s + number / 1000, _is_loud(sound[place : place + _MS_BYTES]))

    def pass_time(self, now_s: float) -> None:
        """End the segment, if nothing loud came in the hangover before `now_s`."""
        if self.is_speaking and now_s - self.segments[-1].end_s > HANGOVER_S:
            self.segments[-1].is_over = True
            self._recent.clear()

    def _take_ms(self, at_s: float, loud: bool) -> None:
        self.pass_time(at_s)
        if self.is_speaking:
            if loud:
                self.segments[-1].end_s = max(self.segments[-1].end_s, at_s + 0.001)
            return
        self._recent.append((at_s, loud))
        del self._recent[:-ONSET_WINDOW_MS]
        loud_s = [begin_s for begin_s, was_loud in self._recent if was_loud]
        if len(loud_s) >= ONSET_MS:
            self.segments.append(Segment(loud_s[0], at_s + 0.001))


class PlayoutClock:
    """Time at which a piece of sound is played, by a player that plays speech in order and drops silence before it."""

    def __init__(self) -> None:
        self._free_s = 0.0

    def begin_s(self, arrived_s: float, sound: bytes, *, is_speaking: bool) -> float:
        """Time at which `sound`, which arrived at `arrived_s`, is played. `is_speaking`: speech was before it."""
        at_s = max(arrived_s, self._free_s) if is_speaking else arrived_s
        self._free_s = at_s + len(sound) / (pcm.RATE_HZ * pcm.BYTES_PER_FRAME)
        return at_s


def lead_s(sound: bytes) -> float:
    """Time in s until the first loud ms of `sound`."""
    places = range(0, len(sound) - _MS_BYTES + 1, _MS_BYTES)
    first = next((place for place in places if _is_loud(sound[place : place + _MS_BYTES])), len(sound))
    return pcm.duration_ms(sound[:first]) / 1000


def _is_loud(sound: bytes) -> bool:
    return audioop.rms(sound, pcm.BYTES_PER_FRAME) >= _THRESHOLD


def ending_at_last_loud(sound: bytes) -> bytes:
    """`sound` up to its last loud ms, with silence before it to whole periods: so it ends when a packet does.

    ValueError: nothing in it is loud.
    """
    whole = len(sound) // _MS_BYTES * _MS_BYTES
    for place in range(whole - _MS_BYTES, -1, -_MS_BYTES):
        if _is_loud(sound[place : place + _MS_BYTES]):
            spoken = sound[: place + _MS_BYTES]
            return bytes(-len(spoken) % pcm.PERIOD_BYTES) + spoken
    raise ValueError(f"nothing is louder than {THRESHOLD_DBFS:g} dBFS")
