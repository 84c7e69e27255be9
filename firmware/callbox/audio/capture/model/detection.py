"""Detections of wake words, and where speech begins behind one. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from callbox_device.model import pcm

KEPT_PERIODS = 3000 // pcm.PERIOD_MS
"""3 s: of captured sound so much is kept for the moment of a detection, and for an event loop that is late."""
CUT_LEAD_MS = {"alexa": 240, "hey_jarvis": 240, "hey_mycroft": 240}
"""With the name cut, speech begins so long before the score of this model's detector rose, which it does around the
name's end (docs/benchmarks/wake.md)."""
LONGEST_CUT_LEAD_MS = 460
"""The same of okay_nabu, whose score rises up to 447 ms after the sentence behind it began, and of models that weren't
measured."""
NAME_MS = 1600
"""With the name kept, speech begins so long before the score rose: no name takes longer."""


@dataclass(frozen=True, slots=True)
class Detection:
    """A wake word that was detected."""

    word: str
    """Its model's name."""
    score: float
    """Mean score of the detector, 0 to 1."""
    keep_periods: int
    """Periods before this moment, the last one included, that are the begin of what is said."""
    level_dbfs: float = pcm.MIN_DBFS
    """Mean level of the last second, in dBFS."""


def keep_periods(model: str, since_rise_ms: float, *, keeps_name: bool) -> int:
    """Periods that are kept of the sound before a detection by `model` whose score rose `since_rise_ms` ago: 1 to
    `KEPT_PERIODS`.
    """
    before_ms = NAME_MS if keeps_name else CUT_LEAD_MS.get(model, LONGEST_CUT_LEAD_MS)
    return min(KEPT_PERIODS, max(1, math.ceil((since_rise_ms + before_ms) / pcm.PERIOD_MS)))


def scores_since_rise(scores: Sequence[float], threshold: float) -> int:
    """Scores since the first one above `threshold`, that one included; the last detection's window, oldest first."""
    return next((len(scores) - place for place, score in enumerate(scores) if score > threshold), 1)
