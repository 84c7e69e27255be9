"""Estimator of delay and jitter, by which the play-out position is set. Pure.

A packet's *delay* is when it came minus its timestamp, in ms. Only differences mean anything: the clocks of sender
and box have nothing in common. The least of the last `WINDOW` is the *base*, the way without a queue on it; it also
follows the drift of the two clocks. *Jitter* is how far above it 97.5 % of the packets stay.
"""

import math
from collections import deque

TICKS_PER_MS = 48
"""RTP's clock for Opus, whatever the sound's rate (RFC 7587, 4.1)."""
WINDOW = 500
"""Packets: 10 s at 20 ms. Shorter forgets a Wi-Fi's habits; longer is slow to follow a better way."""
QUANTILE = 0.975
RECENT = 16
RECOMPUTE_PACKETS = 100
"""Packets after which everything is looked over again, or 4 late ones; sooner while few have come."""
LATER_MS = 0.5
_LATE_COUNTS = RECOMPUTE_PACKETS // 4
_TICKS_PER_MS = float(TICKS_PER_MS)
BURST_MS = 2.0
"""What comes so close behind another was held up by the same thing: one hold-up counts once."""
OUTAGE_MS = 250.0
"""A delay so far above the base is an outage, not jitter: waiting longer for every packet wouldn't pay."""
NEW_PATH_MS = 1000.0
"""When every packet has been so late for so long, the way is another (or the sender paused its clock)."""
MAX_DELAY_JUMP_MS = 3000.0
"""When a delay jumps so far, either way, the sender's clock began anew."""
_LEAP_BACK_MS, _BURST_BACK_MS = -MAX_DELAY_JUMP_MS, -BURST_MS


class DelayEstimator:
    """Delays of one stream."""

    def __init__(self) -> None:
        self._delays: deque[float] = deque(maxlen=WINDOW)
        self._recent: deque[float] = deque(maxlen=RECENT)
        self._countdown = 0
        self._last_ms = -math.inf
        self._outage_since_ms: float | None = None
        self.base_ms = math.inf
        """Infinite: nothing came yet."""
        self.late_ms = -math.inf
        """The delay of the latest packets that are still worth waiting for."""

    @property
    def jitter_ms(self) -> float:
        """Jitter in ms: how far `late_ms` is above the base."""
        return max(0.0, self.late_ms - self.base_ms)

    @property
    def recent_base_ms(self) -> float:
        """Least of the last `RECENT` delays, in ms."""
        return min(self._recent, default=0.0)

    def note(self, arrived_ms: float, timestamp: int) -> bool:
        """Note a received packet. False: its delay jumps, the stream begins anew; it is the first of a new window.

        `timestamp`: unwrapped.
        """
        delay = arrived_ms - timestamp / _TICKS_PER_MS
        goes_on = True
        if not _LEAP_BACK_MS <= delay - self.base_ms <= OUTAGE_MS:
            goes_on = abs(delay - self.base_ms) <= MAX_DELAY_JUMP_MS
            if goes_on and not self._has_lasted(arrived_ms):
                self._recent.append(delay)
                return True
            goes_on = goes_on or self.base_ms == math.inf
            self._delays.clear()
            self._recent.clear()
            self._last_ms = self.base_ms = -math.inf
            self._countdown = 0
        self._outage_since_ms = None
        self._recent.append(delay)
        if not _BURST_BACK_MS < arrived_ms - self._last_ms < BURST_MS:
            self._delays.append(delay)
        self._last_ms = arrived_ms
        self._countdown = countdown = self._countdown - (_LATE_COUNTS if delay - self.late_ms > LATER_MS else 1)
        if countdown < 0:
            self._recompute()
        elif delay < self.base_ms:
            self.base_ms = delay
        return goes_on

    def _recompute(self) -> None:
        """Find base and jitter anew. Sorting for every packet would cost more than decoding is worth."""
        ordered = sorted(self._delays)
        self.base_ms = min(ordered[0], self.recent_base_ms)
        self.late_ms = max(ordered[int(QUANTILE * len(ordered))], self.base_ms)
        self._countdown = min(len(ordered), RECOMPUTE_PACKETS)

    def _has_lasted(self, arrived_ms: float) -> bool:
        """Whether every packet has been late for so long that this is the way now."""
        if self._outage_since_ms is None:
            self._outage_since_ms = arrived_ms
        return arrived_ms - self._outage_since_ms >= NEW_PATH_MS
