"""False detections of a wake word in a room in which no one says it, and a threshold. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field

FLOOR = 0.3
"""A score above it begins a peak, one below it ends it."""
MARGIN = 0.03
"""What was measured in minutes is exceeded in days: the threshold is so much above the highest peak, at least."""
THRESHOLDS = (*(percent / 100 for percent in range(50, 100, 5)), 0.97, 0.99)


@dataclass(slots=True)
class ScorePeaks:
    """Highest score of each stretch of scores above `FLOOR`."""

    peaks: list[float] = field(default_factory=list)
    _is_above: bool = False

    def add(self, score: float) -> None:
        """Take the next mean score of a detector, 0 to 1."""
        if score <= FLOOR:
            self._is_above = False
        elif self._is_above:
            self.peaks[-1] = max(self.peaks[-1], score)
        else:
            self.peaks.append(score)
            self._is_above = True


def detections_at(peaks: Sequence[float], threshold: float) -> int:
    """Peaks that are detections with `threshold`."""
    return sum(peak > threshold for peak in peaks)


def propose_threshold(peaks: Sequence[float], own: float) -> float | None:
    """Threshold at which none of `peaks` is a detection; `own`, the one in use, if it is so already.

    None: there is none, so the word doesn't suit the room. Never less than `own`: minutes without a detection don't
    tell that a lower one would have none in a day.
    """
    if not detections_at(peaks, own):
        return own
    highest = max(peaks)
    return next((one for one in THRESHOLDS if one > own and one >= round(highest + MARGIN, 9)), None)
