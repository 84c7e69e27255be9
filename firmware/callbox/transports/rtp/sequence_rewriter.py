"""RTP packets of one stream as sent: renumbered after a jump, with copies; losses from receiver reports.

A receiver counts what it expects less what has come (RFC 3550, A.3). Where packets overtake each other, one that is
late is "lost" at the moment of a report, and isn't in the next.

Pure: packets are bytes, before protection (RFC 3550, 5.1). No clock.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from callbox.transports.rtp.remote_jitter_buffer import HELD_STUCK, SEQUENCE_JUMP

CALM = 240
"""Jitter (RFC 3550, 6.4.1) up to which no packet overtakes one sent 20 ms later: 5 ms, of 48 kHz. The spare copies
of a network that loses a tenth make 3, delays of 0 to 25 ms make 8, of 20 to 80 ms 13."""
REPORTS = 3
"""Above it counts what was missing in so many reports in a row. At 20 to 80 ms one report in ten misses one, of two
in a row one pair in fifty, of three none."""
UNDER_WAY = 4
"""And less what may be under way at any moment: packets overtake by up to so many times the mean jitter."""
_TICKS_PER_PACKET = 960


class ReportLoss:
    """Packets lost of one stream, apart from those that are only late."""

    def __init__(self) -> None:
        self._missing: deque[int] = deque([0] * REPORTS, maxlen=REPORTS)
        self._lost = 0

    def update(self, missing: int, jitter: int) -> int:
        """Take a report: packets missing since the beginning. Returns how many more are lost for certain."""
        self._missing.append(missing)
        certain = missing if jitter <= CALM else min(self._missing) - UNDER_WAY * jitter // _TICKS_PER_PACKET
        before, self._lost = self._lost, max(self._lost, certain)
        return self._lost - before


JUMP_COPIES = 3
"""Copies of each packet after a jump: another loss there would undo the reset, and be known only later."""


@dataclass(frozen=True, slots=True)
class LossReport:
    """Difference of one receiver report to the one before (RFC 3550, 6.4.1)."""

    lost: int
    expected: int
    mixed: bool
    """A jump lies in between, or is not reported yet: what was lost may have been before it."""

    @property
    def fraction(self) -> float:
        """Lost share of the packets expected, 0 to 1."""
        return min(1.0, self.lost / self.expected) if self.expected else 0.0


class SequenceRewriter:
    """Renumbers packets, and subtracts the numbers left out from the reports."""

    def __init__(self) -> None:
        self._shift = 0
        self._sent: deque[bytes] = deque(maxlen=HELD_STUCK)
        self._jumps: deque[int] = deque(maxlen=8)
        self._highest: int | None = None
        self._skipped = 0
        """Numbers left out by jumps that the receiver has seen."""
        self._losses = ReportLoss()

    @property
    def ssrc(self) -> int | None:
        """SSRC of the packets; None before the first."""
        return int.from_bytes(self._sent[-1][8:12]) if self._sent else None

    def packets(self, data: bytes, copies: int, again: int | None = None) -> list[bytes]:
        """Packets to send for the new packet `data`, in this order.

        The last `copies` ones come before it, so that the receiver never sees a later number first. With `again`, a
        jump: that many of the last under new numbers, with copies among them in the same manner.
        """
        leaving = _last(self._sent, copies) if again is None else self._jump(again)
        if self._shift:
            data = _numbered(data, _number(data) + self._shift)
        elif self._highest is None:
            self._highest = (_number(data) - 1) & 0xFFFF
        self._sent.append(data)
        leaving.append(data)
        return leaving

    def _jump(self, again: int) -> list[bytes]:
        kept = list(self._sent)[-again:]
        if not kept:
            return []
        first = (_number(kept[-1]) + SEQUENCE_JUMP + 1) & 0xFFFF
        self._jumps.append(first)
        self._shift = (self._shift + SEQUENCE_JUMP + len(kept)) & 0xFFFF
        self._sent.clear()
        leaving = []
        for place, packet in enumerate(kept):
            leaving += _last(self._sent, JUMP_COPIES)
            self._sent.append(_numbered(packet, first + place))
            leaving.append(self._sent[-1])
        return leaving

    def read(self, highest: int, lost: int, jitter: int) -> LossReport:
        """Take a report of this stream: highest number received, packets missing since the beginning, jitter."""
        highest &= 0xFFFF
        before, self._highest = self._highest, highest
        if before is None:  # a report of what was never sent
            return LossReport(0, 0, mixed=False)
        expected = _ahead(highest, before)
        mixed = bool(self._jumps)
        while self._jumps and _ahead(highest, self._jumps[0]) < 0x8000:
            self._jumps.popleft()
            self._skipped += SEQUENCE_JUMP
            expected -= SEQUENCE_JUMP
        if expected >= 0x8000:  # older than the one before
            return LossReport(0, 0, mixed=True)
        return LossReport(self._losses.update(lost - self._skipped, jitter), max(0, expected), mixed)


def _last(sent: Sequence[bytes], count: int) -> list[bytes]:
    return list(sent)[-count:] if count else []


def _number(packet: bytes) -> int:
    return int.from_bytes(packet[2:4])


def _numbered(packet: bytes, number: int) -> bytes:
    return packet[:2] + (number & 0xFFFF).to_bytes(2) + packet[4:]


def _ahead(number: int, of: int) -> int:
    """Distance from the number `of` to `number`; from 0x8000 on `number` is the older one."""
    return (number - of) & 0xFFFF
