"""Edges of several contacts in the order of their times. Pure.

Each contact reports by a callback of its own, and one callback may overtake another: what the decoder of a dial or an
encoder makes of two contacts depends on their order. So an edge is held until those before it must have come.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

REORDER_S = 0.01
"""So much later than a later edge an edge may come. The interpreter changes threads every 5 ms."""

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
