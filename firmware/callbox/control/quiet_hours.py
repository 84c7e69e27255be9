"""Quiet hours: the time of day in which the box is softer and darker. Pure: local time comes in."""

from dataclasses import dataclass
from datetime import datetime, time


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `start` to `end`, local time; over midnight if `start` is later than `end`. They are never the same."""

    start: time
    end: time
    """The first minute after them."""
    max_volume_percent: int | None = None
    """The loudest meanwhile; None: as at other times."""
    lamp_brightness_percent: int = 20
    """Of the status lamp meanwhile, if that is less than its usual brightness."""
    chimes: bool = False
    """Whether chimes are played meanwhile."""

    def contains(self, local: time) -> bool:
        """Whether it is quiet at `local`. A clock that is put forward or back is simply at another time."""
        if self.start < self.end:
            return self.start <= local < self.end
        return local >= self.start or local < self.end


def seconds_to_next_minute(local: datetime) -> float:
    """Seconds until the next minute begins, above 0 and at most 60; quiet hours begin and end with a minute."""
    return 60.0 - local.second - local.microsecond / 1e6
