"""Times of day as clocks on a wall show them, with time zones and daylight saving time. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo


@dataclass(frozen=True, slots=True)
class LocalTime:
    """A time of day: once, or on weekdays."""

    at: time
    day: date | None = None
    """None: the next day on which it is that time."""
    weekdays: frozenset[int] = frozenset()
    """0: Monday; empty: once."""
    zone: tzinfo | None = None
    """None: that of the box."""

    def next_after(self, unix_s: float, box_zone: tzinfo) -> float | None:
        """UNIX time of the first occurrence after `unix_s`; None: its date has passed.

        RFC 5545, 3.3.5: a time that a change of the offset leaves out is counted with the offset before the change; of
        one that comes twice, the first counts.
        """
        zone = self.zone or box_zone
        # From the day before: in a gap the time is later than it says.
        day = self.day or datetime.fromtimestamp(unix_s, zone).date() - timedelta(days=1)
        for days in range(1 if self.day else 10):
            moment = datetime.combine(day + timedelta(days=days), self.at, zone)
            if (not self.weekdays or moment.weekday() in self.weekdays) and moment.timestamp() > unix_s:
                return moment.timestamp()
        return None
