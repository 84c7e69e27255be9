"""Parts of a telephone in memory: a rotary dial and a volume knob that move contacts as real ones do.

All edges of a movement are told at once, and carry the times at which they are; who decodes them waits until then.
"""

import time

from callbox_device.simulated.board import SimulatedButton

PULSE_S = 0.1
"""10 pulses/s."""
BREAK_S = 0.06
"""Of a pulse: break to make is 60:40."""
WIND_UP_S = 0.3
"""From the off-normal contact to the first pulse; without one it is the pause between two digits."""
_CYCLE = ((0, True), (1, True), (0, False), (1, False))
"""Which contact of an encoder moves, and how, in the four edges of a cycle clockwise: A closes before B."""


class SimulatedRotaryDial:
    """A rotary dial with a pulse contact and, if `has_off_normal`, an off-normal contact. One thread only."""

    def __init__(self, *, has_off_normal: bool = True) -> None:
        self._pulse = SimulatedButton()
        self._off_normal = SimulatedButton() if has_off_normal else None
        self._at_rest_s = float("-inf")
        self.contacts: tuple[SimulatedButton, ...] = tuple(
            contact for contact in (self._pulse, self._off_normal) if contact
        )
        """As of `interfaces.Board.rotary_dial`."""

    def dial(self, digit: str) -> float:
        """Dial `digit`, ``0`` to ``9``, as soon as the dial is at rest. Returns when it is again, on the clock of
        `time.monotonic`.
        """
        at_s = max(time.monotonic(), self._at_rest_s)
        if self._off_normal:
            self._off_normal.press(at_s)
        at_s += WIND_UP_S
        for _ in range(int(digit) or 10):
            self._pulse.press(at_s)
            self._pulse.release(at_s + BREAK_S)
            at_s += PULSE_S
        if self._off_normal:
            self._off_normal.release(at_s)
        self._at_rest_s = at_s + PULSE_S
        return self._at_rest_s

    @property
    def is_at_rest(self) -> bool:
        """Whether a digit could begin now."""
        return time.monotonic() >= self._at_rest_s


class SimulatedKnob:
    """A rotary encoder. `edges_per_detent`, `is_reversed`: as it is wired, so that clockwise is clockwise. One thread
    only.
    """

    def __init__(self, edges_per_detent: int = 4, *, is_reversed: bool = False) -> None:
        self._edges_per_detent = edges_per_detent
        self._a_b = (SimulatedButton(), SimulatedButton())
        self._phase = 0
        self.contacts: tuple[SimulatedButton, ...] = self._a_b[::-1] if is_reversed else self._a_b
        """As of `interfaces.Board.volume_knob`."""

    def turn(self, detents: int) -> None:
        """Turn it clockwise by so many detents; negative: counter-clockwise."""
        for _ in range(abs(detents) * self._edges_per_detent):
            if detents > 0:
                contact, closed = _CYCLE[self._phase]
                self._phase = (self._phase + 1) % 4
            else:
                self._phase = (self._phase - 1) % 4
                contact, closed = _CYCLE[self._phase][0], not _CYCLE[self._phase][1]
            (self._a_b[contact].press if closed else self._a_b[contact].release)()
