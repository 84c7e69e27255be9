"""When to wake the bot's jitter buffer, which is stuck after a loss. Decisions without a clock.

aiortc's buffer (`jitterbuffer.py`: 16 places, the first frame goes out when four are complete) waits for a missing
number until all places are taken, and from then on holds 14 packets back instead of 4. A gap in the numbers that is
longer than the buffer makes it start anew. What it held is lost then, unless it is sent again under new numbers.
Other receivers see a gap without a gap in time, and packets of a time that they have: libwebrtc drops those.
"""

from enum import Enum

LEAP = 32
"""Numbers left out: empties 16 places in any state. Not 100: a late packet from before would be a restart to aiortc."""
HELD_WELL = 4
"""Packets in the buffer of a bot that hears well."""
HELD_STUCK = 14
"""And of one that is stuck after one packet was lost; less by one for each further in a row."""
SETTLED_S = 0.36
"""A buffer of 16 packets has run full this long after the loss at the latest; earlier nobody knows what it holds."""
QUIET_S = 0.34
"""So long nothing worth hearing was sent: then that is all that the buffer holds."""
PAUSE_S = 2.0
"""From one leap to the next, at least."""


class Ear(Enum):
    """What is known of the bot's buffer."""

    WELL = "holds 80 ms"
    DOUBTFUL = "may hold more"
    STUCK = "holds 200 ms more"


class BotsEar:
    """Told of reports and of each packet. `now_s` from any clock that only grows."""

    def __init__(self) -> None:
        self.state = Ear.WELL
        self._lost = 0
        self._settled_s = 0.0
        self._quiet_since_s: float | None = None
        self._leapt_s: float | None = None

    def report(self, now_s: float, *, lost: int, mixed: bool, copies: int) -> None:
        """A receiver report: how many the bot misses since the last. `mixed`: some may be from before the last leap.

        A second copy comes after the packet that follows: the buffer waits for it, and keeps the 20 ms for good.
        """
        if lost and not mixed:
            if self.state is not Ear.STUCK:
                self._lost, self._settled_s = 0, now_s + SETTLED_S
            self.state = Ear.STUCK
            self._lost += lost
        elif (lost or copies > 1) and self.state is Ear.WELL:
            self.state = Ear.DOUBTFUL

    def leap(self, now_s: float, *, quiet: bool) -> int | None:
        """Asked before each packet: None, or how many to send again after a leap. Then the bot hears well.

        In a pause as many as a buffer always holds: right in any state, only silence can be lost. In speech, all
        that is certainly waiting there: nothing is lost, and nothing said twice.
        """
        if not quiet:
            self._quiet_since_s = None
        elif self._quiet_since_s is None:
            self._quiet_since_s = now_s
        if self.state is Ear.WELL or (self._leapt_s is not None and now_s - self._leapt_s < PAUSE_S):
            return None
        if self._quiet_since_s is not None and now_s - self._quiet_since_s >= QUIET_S:
            again = HELD_WELL
        elif self.state is Ear.STUCK and now_s >= self._settled_s:
            again = max(HELD_WELL, HELD_STUCK + 1 - self._lost)
        else:
            return None
        self.state, self._leapt_s = Ear.WELL, now_s
        return again
