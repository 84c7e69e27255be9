"""Model of the bot's jitter buffer, whose delay grows for good after a loss, and when to reset it. Decisions without a
clock.

aiortc's buffer (`jitterbuffer.py`: 16 places, the first frame goes out when four are complete) waits for a missing
number until all places are taken, and from then on holds 14 packets back instead of 4. A gap in the numbers that is
longer than the buffer resets it. What it held is lost then, unless it is sent again under new numbers. Other receivers
see a gap in numbers without one in time, and packets with timestamps that they have: libwebrtc drops those.
"""

from enum import Enum

SEQUENCE_JUMP = 32
"""Sequence numbers left out: empties 16 places in any state. Not 100: a late packet from before would restart aiortc's
buffer."""
HELD_NORMAL = 4
"""Packets in the buffer without a loss."""
HELD_STUCK = 14
"""Packets in it after one was lost; one less for each further in a row."""
MAX_KNOWN_BURST = 5
"""Losses up to which the level of a stuck buffer is known; after more it may hold no more than without a loss."""
SETTLED_S = 0.36
"""A buffer of 16 packets has run full this long after the loss at the latest; until then its level is unknown."""
QUIET_S = 0.34
"""After so long without speech the buffer holds silence only."""
PAUSE_S = 2.0
"""Least time from one reset to the next."""


class BufferState(Enum):
    """State of the bot's buffer, as far as it is known."""

    NORMAL = "holds 80 ms"
    UNCERTAIN = "may hold more"
    STUCK = "holds 200 ms more"


class RemoteJitterBuffer:
    """Model of the bot's jitter buffer, from receiver reports and packets. `now_s` from any monotonic clock."""

    def __init__(self) -> None:
        self.state = BufferState.NORMAL
        self._lost = 0
        self._copies = self._late = 0
        self._settled_s = 0.0
        self._quiet_since_s: float | None = None
        self._reset_s: float | None = None

    def report(self, now_s: float, *, lost: int, mixed: bool, copies: int) -> None:
        """Take a receiver report: packets lost since the last. `mixed`: some may be from before the last reset.

        A second copy comes after the packet that follows: the buffer waits for it, and keeps the 20 ms for good. And
        as many packets as there are copies after the first may be counted as lost that are still to come: then it is
        unknown whether the buffer is stuck. `copies`: the most that are sent before this report, and after it.
        """
        late, self._copies = max(0, max(copies, self._copies) - 1), copies
        self._late = max(self._late, late)
        if lost > late and not mixed:
            if self.state is not BufferState.STUCK:
                self._lost, self._settled_s = 0, now_s + SETTLED_S
            self.state = BufferState.STUCK
            self._lost += lost
        elif (lost or copies > 1) and self.state is BufferState.NORMAL:
            self.state = BufferState.UNCERTAIN

    def packets_to_resend(self, now_s: float, *, quiet: bool) -> int | None:
        """Before each packet: how many to send again after a jump of sequence numbers; None: no reset now.

        In silence as many as a buffer always holds: right in any state, only silence can be lost. In speech all
        that certainly wait there: nothing is lost, and nothing is played twice.
        """
        if not quiet:
            self._quiet_since_s = None
        elif self._quiet_since_s is None:
            self._quiet_since_s = now_s
        if self.state is BufferState.NORMAL or (self._reset_s is not None and now_s - self._reset_s < PAUSE_S):
            return None
        if self._quiet_since_s is not None and now_s - self._quiet_since_s >= QUIET_S:
            again = HELD_NORMAL
        elif self.state is BufferState.STUCK and now_s >= self._settled_s:
            # Losses that were only late have been counted before, so that up to `_late` are missing in `_lost`.
            held = HELD_STUCK + 1 - self._lost - self._late if self._lost <= MAX_KNOWN_BURST else HELD_NORMAL
            again = max(HELD_NORMAL, held)
        else:
            return None
        self.state, self._reset_s = BufferState.NORMAL, now_s
        return again
