"""Rotary encoder: two contacts in quadrature as detents. Pure.

A bouncing contact goes to and fro between two neighbouring states, which adds up to nothing. An edge that repeats a
level means that one was lost: what had been counted towards the next detent is dropped.
"""

from collections.abc import Callable
from dataclasses import dataclass

from callbox_device.interfaces import Edge

_STEP: dict[tuple[int, int], int] = {
    **dict.fromkeys(((0, 2), (2, 3), (3, 1), (1, 0)), 1),
    **dict.fromkeys(((0, 1), (1, 3), (3, 2), (2, 0)), -1),
}
"""Legal transitions of (A, B), closed is 1. Positive: A closes before B, as encoders do that are turned clockwise."""
ACCELERATION = ((0.03, 4), (0.07, 2))
"""Below so many seconds since the last detent in this direction, a detent counts so often."""


@dataclass(frozen=True, slots=True)
class Turned:
    """Turn of the knob by one detent."""

    steps: int
    """Negative: counter-clockwise. 1, or more for a knob that is turned fast."""
    at_s: float


class QuadratureDecoder:
    """The state of one encoder. Not thread-safe.

    `edges_per_detent`: 4, 2 or 1, by the encoder's datasheet. `reversed_`: A and B are exchanged.
    """

    next_deadline_s: float | None = None
    """Time changes nothing."""

    def __init__(self, edges_per_detent: int = 4, *, reversed_: bool = False) -> None:
        self._edges_per_detent = edges_per_detent
        self._sign = -1 if reversed_ else 1
        self._code = 0
        self._count = 0
        self._direction = 0
        self._turned_s = float("-inf")
        self.rejected = 0
        """How many illegal transitions came, since the decoder was made."""

    def start(self, a: bool, b: bool, _at_s: float = 0.0) -> None:
        """Begin with the contacts as they are."""
        self._code, self._count = a << 1 | b, 0

    def a(self, edge: Edge) -> tuple[Turned, ...]:
        """Decode an edge of contact A."""
        return self._edge(edge, lambda code: code & 0b01 | edge.closed << 1)

    def b(self, edge: Edge) -> tuple[Turned, ...]:
        """Decode an edge of contact B."""
        return self._edge(edge, lambda code: code & 0b10 | edge.closed)

    def tick(self, _now_s: float) -> tuple[Turned, ...]:
        """Decode the passing of time: no event."""
        return ()

    def _edge(self, edge: Edge, move: Callable[[int], int]) -> tuple[Turned, ...]:
        before, self._code = self._code, move(self._code)
        step = _STEP.get((before, self._code))
        if step is None:
            self.rejected += 1
            self._count = 0
            return ()
        self._count += step
        if abs(self._count) < self._edges_per_detent:
            return ()
        self._count = 0
        return (Turned(self._accelerated(step * self._sign, edge.at_s), edge.at_s),)

    def _accelerated(self, direction: int, at_s: float) -> int:
        passed_s = at_s - self._turned_s if direction == self._direction else float("inf")
        self._direction, self._turned_s = direction, at_s
        return direction * next((factor for below_s, factor in ACCELERATION if passed_s < below_s), 1)
