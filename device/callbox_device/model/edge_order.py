"""Edges of several contacts in the order of their times, and how late they come. Pure.

Each contact reports by a callback of its own, and one callback may overtake another: what the decoder of a dial or an
encoder makes of two contacts depends on their order. So an edge is held until those before it must have come. And a
machine that is stopped tells of edges when it goes on: a pulse that comes late must not be the first of another digit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

REORDER_S = 0.01
"""So much later than a later edge an edge may come. The interpreter changes threads every 5 ms."""

MAX_LATE_S = 5.0
"""No edge is waited for longer than this after it should have come."""
NAP_S = 0.05
"""So often is looked whether the machine was stopped while an edge is expected."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Arrival(Generic[T]):
    """A change of a contact, as it came."""

    contact: int
    change: T
    at_s: float
    """When it happened, by the kernel."""
    arrived_s: float
    """When the contact's callback told it."""


def in_order(arrivals: Sequence[Arrival[T]], now_s: float, hold_s: float) -> tuple[list[Arrival[T]], list[Arrival[T]]]:
    """Sort `arrivals` into those to be decoded now, in the order of their times, and those held, in the order they
    came.

    What arrived `hold_s` ago is decoded, and what happened before it. Changes of one contact stay in their order, also
    where their times aren't.
    """
    latest: dict[int, float] = {}
    times: list[float] = []
    for arrival in arrivals:
        latest[arrival.contact] = max(arrival.at_s, latest.get(arrival.contact, arrival.at_s))
        times.append(latest[arrival.contact])
    timed = list(zip(times, arrivals, strict=True))
    due_s = max((at_s for at_s, arrival in timed if arrival.arrived_s + hold_s <= now_s), default=float("-inf"))
    due = sorted((entry for entry in timed if entry[0] <= due_s), key=lambda entry: entry[0])
    return [arrival for _, arrival in due], [arrival for at_s, arrival in timed if at_s > due_s]


class Lateness:
    """Delay of edges at this moment: the next may be as late as those before it, and as the machine was stopped.

    Time passes for the decoder so much later. With `hold_s` 0 it passes at once: where an event is one edge.
    """

    def __init__(self, hold_s: float) -> None:
        self._hold_s = hold_s
        self._late_s = 0.0

    def came(self, late_s: float) -> None:
        """Note an edge that came `late_s` after its time."""
        if self._hold_s:
            self._late_s = min(max(self._late_s, late_s), MAX_LATE_S)

    def stopped(self, for_s: float, due_s: float | None, now_s: float) -> None:
        """Note that the machine was stopped for `for_s`, until now, while the decoder's deadline was `due_s`: edges of
        that time may take as long to come.
        """
        if due_s is not None:
            self.came(now_s + for_s - due_s - self._hold_s)

    def forget(self) -> None:
        """Note that no edge is expected any more."""
        self._late_s = 0.0

    def of(self, due_s: float) -> float:
        """Time from which on what the decoder waits for until `due_s` is certain."""
        return due_s + self._hold_s + self._late_s

    def decoded_s(self, now_s: float) -> float:
        """Time as it is for the decoder."""
        return now_s - self._hold_s - self._late_s

    def wake_s(self, due_s: float | None, now_s: float) -> float | None:
        """Time to look again, with the decoder's deadline at `due_s`; None: not before the next edge."""
        if due_s is None:
            return None
        return min(self.of(due_s), now_s + NAP_S) if self._hold_s else due_s
