"""Utterances in a stream of sound, by loudness. Pure; time is the count of samples."""

from collections import deque
from dataclasses import dataclass

from callbox_device.model import pcm

FRAME_MS = 20
SPEECH_DBFS = -42.0
"""A voice near a microphone peaks at -30 to -6 dBFS, a quiet room below -50."""
ONSET_MS = 60
"""Speech is loud for at least so long; a click is shorter."""
SILENCE_MS = 700
"""A pause of that length ends the utterance."""
LEAD_MS = 200
"""Kept from before the onset: words begin softly."""
MAX_UTTERANCE_MS = 30_000


@dataclass(frozen=True, slots=True)
class Started:
    """Speech began."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """End of speech."""

    sound: bytes
    """s16le mono at the rate that was fed."""
    duration_s: float


class UtteranceSegmenter:
    """Cuts a stream of s16le mono sound at `rate_hz` into utterances."""

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._frame_bytes = rate_hz * FRAME_MS // 1000 * 2
        self._rest = b""
        self._lead: deque[bytes] = deque(maxlen=LEAD_MS // FRAME_MS)
        self._speech: list[bytes] | None = None
        self._loud_ms = 0
        self._quiet_ms = 0

    def feed(self, sound: bytes) -> list[Started | Spoken]:
        """Take sound of any length; returns what happened in it."""
        sound = self._rest + sound
        whole = len(sound) // self._frame_bytes * self._frame_bytes
        self._rest = sound[whole:]
        happened: list[Started | Spoken] = []
        for start in range(0, whole, self._frame_bytes):
            event = self._take(sound[start : start + self._frame_bytes])
            if event:
                happened.append(event)
        return happened

    def _take(self, frame: bytes) -> Started | Spoken | None:
        loud = pcm.peak_dbfs(frame) > SPEECH_DBFS
        self._loud_ms = self._loud_ms + FRAME_MS if loud else 0
        self._quiet_ms = 0 if loud else self._quiet_ms + FRAME_MS
        if self._speech is None:
            self._lead.append(frame)
            if self._loud_ms < ONSET_MS:
                return None
            self._speech = list(self._lead)
            self._lead.clear()
            return Started()
        self._speech.append(frame)
        if self._quiet_ms < SILENCE_MS and len(self._speech) * FRAME_MS < MAX_UTTERANCE_MS:
            return None
        sound, self._speech = b"".join(self._speech), None
        return Spoken(sound, len(sound) / 2 / self._rate_hz)
