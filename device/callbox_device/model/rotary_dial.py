"""Rotary dial: pulses of a contact as digits. Pure.

A dial breaks its pulse contact as often as the digit says, ten times for 0, nominally 10 times a second with a ratio of
break to make of 60:40 (ITU-T E.160 series; Bell System 500 set: 8 to 11). The off-normal contact, where it is wired,
is closed while the dial is turned: without it a pause ends the digit.
"""

from dataclasses import dataclass

from callbox_device.interfaces import Edge
from callbox_device.model.debounce import Debouncer, Stable

DEBOUNCE_MS = 8
"""Shorter than the shortest make, 25 ms at 12 pulses/s and 70:30, by more than a contact bounces."""
MIN_BREAK_S = 0.02
MAX_BREAK_S = 0.12
"""Breaks of 60:40 are 50 ms (12 pulses/s) to 75 ms (8 pulses/s) long; what is far from it is no pulse,"""
MAX_MAKE_S = 0.1
"""and makes between them 33 to 50 ms. With a pulse that was lost in it, either is longer than this: a digit less is
told, not read as another one."""
DIGIT_END_S = 0.2
"""A make as long as this ends the digit: makes between pulses last 50 ms at most, a dial takes longer to be turned."""
MAX_PULSES = 10


@dataclass(frozen=True, slots=True)
class Dialled:
    """Digit that was dialled."""

    digit: str
    """``0`` to ``9``."""
    at_s: float
    """When it was known."""


@dataclass(frozen=True, slots=True)
class Misdialled:
    """Pulses that are no digit: more than ten, or one that was far too short or too long, or after too long a pause."""

    pulses: int
    at_s: float


DialEvent = Dialled | Misdialled


class RotaryDial:
    """The state of one dial. Not thread-safe.

    Both contacts count as closed when they are not at rest: the pulse contact in a break, the off-normal contact while
    the dial is turned. Feed it edges as they come and `tick` when `next_deadline_s` has come.
    """

    def __init__(self, *, has_off_normal: bool = False) -> None:
        self._pulse = Debouncer(DEBOUNCE_MS, False)
        self._off_normal = Debouncer(DEBOUNCE_MS, False)
        self._has_off_normal = has_off_normal
        self._pulses = 0
        self._is_valid = True
        self._broken_s: float | None = None
        """When the break began that is on."""
        self._made_s = 0.0
        """When the last pulse ended."""

    def start(self, *levels_at: float) -> None:
        """Begin with the contacts as they are: whether the pulse contact is in a break, whether the dial is turned
        (if there is an off-normal contact), the time in s.
        """
        self._pulse.start(bool(levels_at[0]))
        self._off_normal.start(self._has_off_normal and bool(levels_at[1]))
        self._pulses, self._is_valid, self._broken_s = 0, True, None

    @property
    def next_deadline_s(self) -> float | None:
        """Deadline of `tick`, in seconds of `time.monotonic()`; None: not before the next edge."""
        deadlines = [self._pulse.next_deadline_s, self._off_normal.next_deadline_s]
        if not self._has_off_normal and self._is_complete:
            deadlines.append(self._made_s + DIGIT_END_S)
        return min((deadline_s for deadline_s in deadlines if deadline_s is not None), default=None)

    def pulse(self, edge: Edge) -> tuple[DialEvent, ...]:
        """Decode an edge of the pulse contact."""
        found = self.tick(edge.at_s)
        return found + self._settle(self._pulse.change(edge.closed, edge.at_s), ())

    def off_normal(self, edge: Edge) -> tuple[DialEvent, ...]:
        """Decode an edge of the off-normal contact."""
        found = self.tick(edge.at_s)
        return found + self._settle((), self._off_normal.change(edge.closed, edge.at_s))

    def tick(self, now_s: float) -> tuple[DialEvent, ...]:
        """Decode the passing of time."""
        found = self._settle(self._pulse.tick(now_s), self._off_normal.tick(now_s))
        if not self._has_off_normal and self._is_complete and now_s >= self._made_s + DIGIT_END_S:
            found += self._end(self._made_s + DIGIT_END_S)
        return found

    @property
    def _is_complete(self) -> bool:
        """Whether there are pulses, and none is on or begins."""
        at_rest = self._broken_s is None and self._pulse.next_deadline_s is None
        return at_rest and self._pulses > 0

    def _settle(self, pulses: tuple[Stable[bool], ...], off_normal: tuple[Stable[bool], ...]) -> tuple[DialEvent, ...]:
        for stable in pulses:
            self._on_pulse(stable)
        found: tuple[DialEvent, ...] = ()
        for stable in off_normal:
            if stable.value:
                self._pulses, self._is_valid = 0, True
            elif self._pulses or self._broken_s is not None:
                self._is_valid = self._is_valid and self._broken_s is None
                found += self._end(stable.since_s)
        return found

    def _on_pulse(self, stable: Stable[bool]) -> None:
        if self._has_off_normal and not self._off_normal.value:
            self._broken_s = None  # the dial is at rest: a loose wire
        elif stable.value:
            self._broken_s = stable.since_s
            self._is_valid = self._is_valid and not (self._pulses and stable.since_s - self._made_s > MAX_MAKE_S)
        elif self._broken_s is not None:
            width_s = stable.since_s - self._broken_s
            self._is_valid = self._is_valid and MIN_BREAK_S <= width_s <= MAX_BREAK_S
            self._broken_s, self._made_s = None, stable.since_s
            self._pulses += 1

    def _end(self, at_s: float) -> tuple[DialEvent, ...]:
        pulses, valid = self._pulses, self._is_valid and self._pulses <= MAX_PULSES
        self._pulses, self._is_valid, self._broken_s = 0, True, None
        return (Dialled(str(pulses % 10), at_s) if valid else Misdialled(pulses, at_s),)
