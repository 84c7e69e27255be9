"""Jitter buffer: packets that wait to be played, by timestamp; and accounting of sequence numbers. Pure."""

from enum import Enum

from callbox.audio.playout.model.delay_estimator import TICKS_PER_MS

MAX_MS = 2000
"""Beyond this the oldest packet is dropped: it is of no use any more."""
MAX_PACKETS = 800
"""The same in packets of 2.5 ms."""
_SEEN = 256
"""Of so many packets it is known whether each has come; what is older has."""
_SEEN_MASK = (1 << _SEEN) - 1
_FEW = 30
_RESTART = 3000
"""A sequence number that jumps so far begins a new count (RFC 3550, A.1: MAX_DROPOUT)."""


class DropReason(Enum):
    """Reasons why a received packet won't be played."""

    LATE = "late"
    """Its time has been played already."""
    DUPLICATE = "duplicate"


class SequenceTracker:
    """Tracker of packets that came and packets that are missing, by sequence number (RFC 3550, A.3)."""

    def __init__(self) -> None:
        self._first = self._highest = self._unique = 0
        self._seen = 0  # bit n: the packet n before the highest has come
        self._run = 0  # so many came after the highest, in order; not yet in the numbers above
        self._next: int | None = None  # the sequence number that would be one more of these
        self._lost_before = 0
        self.reordered = 0

    @property
    def lost(self) -> int:
        """Packets that have not come. Falls again when one comes after all."""
        return self._lost_before + self._missing()

    def restart(self) -> None:
        """Begin another stream, whose numbers have nothing to do with those before."""
        self._settle()
        self._lost_before += self._missing()
        self._seen, self._next = 0, None

    def note(self, sequence_number: int) -> int | None:
        """Note a received packet: its number, unwrapped; None: a duplicate."""
        if sequence_number == self._next:
            self._next = sequence_number + 1 & 0xFFFF
            self._run = run = self._run + 1
            return self._highest + run
        self._settle()
        ahead = (sequence_number - self._highest + 0x8000 & 0xFFFF) - 0x8000
        number = self._highest + ahead
        if not self._seen or not -_RESTART < ahead < _RESTART:
            self.restart()
            self._first = self._highest = number
            self._unique = self._seen = 1
            self._next = number + 1 & 0xFFFF
            return number
        if ahead > 0:
            self._seen = (self._seen << ahead | 1) & _SEEN_MASK
            self._highest = number
            self._next = number + 1 & 0xFFFF
        else:
            bit = 1 << -ahead
            if self._seen & bit or bit > _SEEN_MASK:
                return None
            self._seen |= bit
            self._first = min(self._first, number)
            self.reordered += 1
        self._unique += 1
        return number

    def _settle(self) -> None:
        """Enter the run into the other numbers."""
        run, self._run = self._run, 0
        self._highest += run
        self._unique += run
        shift = min(run, _SEEN)
        self._seen = (self._seen << shift | (1 << shift) - 1) & _SEEN_MASK

    def _missing(self) -> int:
        # A run adds as much to the highest as to the unique: it may be entered or not.
        return max(0, self._highest - self._first + 1 - self._unique) if self._seen else 0


class JitterBuffer:
    """Packets of one stream, `MAX_MS` at most."""

    def __init__(self) -> None:
        self.packets: dict[int, tuple[int, bytes]] = {}
        """By timestamp: number and payload. To look into and to take from."""
        self._newest = 0

    def __len__(self) -> int:
        return len(self.packets)

    def put(self, timestamp: int, number: int, payload: bytes, play_point: int | None) -> DropReason | None:
        """Store a packet; both numbers unwrapped. None: it is stored.

        `play_point`: the timestamp that is played next, if any is.
        """
        if play_point is not None and timestamp < play_point:
            return DropReason.LATE
        packets = self.packets
        if timestamp in packets:
            return DropReason.DUPLICATE
        if not packets or timestamp > self._newest:
            self._newest = timestamp
        packets[timestamp] = (number, payload)
        if len(packets) > _FEW:
            oldest = min(packets)
            if len(packets) > MAX_PACKETS or self._newest - oldest > MAX_MS * TICKS_PER_MS:
                del packets[oldest]
        return None

    def payload(self, timestamp: int) -> bytes:
        """Payload of the packet at `timestamp`; it stays."""
        return self.packets[timestamp][1]

    def first(self) -> int | None:
        """Earliest timestamp; None: no packets."""
        return min(self.packets, default=None)

    def span_ms(self, timestamp: int) -> float:
        """Time in ms from `timestamp` to the newest packet's."""
        return (self._newest - timestamp) / TICKS_PER_MS if self.packets else 0.0

    def end(self, timestamp: int | None) -> int | None:
        """Timestamp behind all packets; `timestamp` if there are none."""
        return self._newest + 1 if self.packets else timestamp

    def seek(self, timestamp: int) -> int:
        """Drop what is before `timestamp`, or before the newest packet: the timestamp of the first that is left."""
        at = min((waiting for waiting in self.packets if waiting >= timestamp), default=self._newest)
        self.drop_before(at)
        return at

    def drop_before(self, timestamp: int) -> None:
        """Drop the packets before `timestamp`."""
        for old in [waiting for waiting in self.packets if waiting < timestamp]:
            del self.packets[old]

    def clear(self) -> None:
        """Drop all packets."""
        self.packets.clear()
