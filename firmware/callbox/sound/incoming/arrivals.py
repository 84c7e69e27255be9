"""How punctual packets are, from when they came: what the play point is set by. Pure.

A packet's *delay* is when it came minus its timestamp, in ms. Only differences mean anything: the clocks of sender
and box have nothing in common. The least of the last `WINDOW` is the *base*, the way without a queue on it; it also
follows the drift of the two clocks. *Jitter* is how far above it 97.5 % of the packets stay.
"""

import math
from bisect import bisect_left, insort
from collections import deque

TICKS_PER_MS = 48
"""RTP's clock for Opus, whatever the sound's rate (RFC 7587, 4.1)."""
WINDOW = 500
"""Packets: 10 s at 20 ms. Shorter forgets a Wi-Fi's habits; longer is slow to follow a better way."""
QUANTILE = 0.975
RECENT = 16
BURST_MS = 2.0
"""What comes so close behind another was held up by the same thing: one hold-up counts once."""
OUTAGE_MS = 250.0
"""A delay so far above the base is an outage, not jitter: waiting longer for every packet wouldn't pay."""
NEW_WAY_MS = 1000.0
"""When every packet has been so late for so long, the way is another (or the sender paused its clock)."""
LEAP_MS = 3000.0
"""When a delay leaps so far, either way, the sender's clock began anew."""


class Unwrapped:
    """A counter of few bits as one that never wraps: the value nearest to the last one (RFC 3550, A.1)."""

    def __init__(self, bits: int) -> None:
        self._half = 1 << bits - 1
        self._mask = (1 << bits) - 1
        self._last: int | None = None

    def unwrap(self, value: int) -> int:
        """`value`, of which only the low bits count, on the endless scale."""
        last = self._last
        if last is None:
            self._last = value & self._mask
        else:
            self._last = last + ((value - last + self._half) & self._mask) - self._half
        return self._last


class Arrivals:
    """The delays of one stream."""

    def __init__(self) -> None:
        self._delays: deque[float] = deque()
        self._sorted: list[float] = []
        self._recent: deque[float] = deque(maxlen=RECENT)
        self._base_for = 0  # so many packets the base still holds
        self._last_ms = -math.inf
        self._outage_since_ms: float | None = None
        self.base_ms = math.inf
        """Infinite: nothing came yet."""
        self.jitter_ms = 0.0
        """How late packets come that are still worth waiting for."""

    @property
    def recent_base_ms(self) -> float:
        """The least of the last `RECENT` delays."""
        return min(self._recent, default=0.0)

    def note(self, arrived_ms: float, timestamp: int) -> bool:
        """A packet came. False: its delay leaps, the stream begins anew; it is the first of a new window.

        `timestamp`: unwrapped.
        """
        delay = arrived_ms - timestamp / TICKS_PER_MS
        base = self.base_ms
        goes_on = True
        if base == math.inf:
            base = delay
        elif not -LEAP_MS <= delay - base <= OUTAGE_MS:
            goes_on = -LEAP_MS <= delay - base <= LEAP_MS
            if goes_on and not self._has_lasted(arrived_ms):
                self._recent.append(delay)
                return True
            self._delays.clear()
            self._sorted.clear()
            self._recent.clear()
            base = delay
        self._outage_since_ms = None
        self._recent.append(delay)
        ordered = self._sorted
        if not -BURST_MS < arrived_ms - self._last_ms < BURST_MS or not ordered:
            self._delays.append(delay)
            insort(ordered, delay)
            if len(ordered) > WINDOW:
                del ordered[bisect_left(ordered, self._delays.popleft())]
        self._last_ms = arrived_ms
        self._base_for -= 1
        if delay <= base:
            base, self._base_for = delay, WINDOW
        elif self._base_for < 0:
            base, self._base_for = min(ordered[0], self.recent_base_ms), WINDOW // 2
        self.base_ms = base
        late = ordered[int(QUANTILE * len(ordered))]
        self.jitter_ms = late - base if late > base else 0.0
        return goes_on

    def _has_lasted(self, arrived_ms: float) -> bool:
        """Whether every packet has been late for so long that this is the way now."""
        if self._outage_since_ms is None:
            self._outage_since_ms = arrived_ms
        return arrived_ms - self._outage_since_ms >= NEW_WAY_MS
