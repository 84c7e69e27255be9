"""Keypad: which keys of a matrix were pressed, from scans of its contacts. Pure.

Without a diode at each key, three pressed keys close the fourth corner of their rectangle too (ghosting). So a key
counts only while no other contact is closed. One that is pressed before the last one is released counts when that is;
of several that are pressed together none counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from callbox_device.interfaces import KeypadScan
from callbox_device.model.debounce import Debouncer, Stable

DEBOUNCE_MS = 20
STUCK_S = 60.0
"""A key that is down for so long is jammed."""
LAYOUTS = {3: ("123", "456", "789", "*0#"), 4: ("123A", "456B", "789C", "*0#D")}
"""Keys of telephones (ITU-T E.161, with A to D Q.23) by the number of columns, a text a row."""


@dataclass(frozen=True, slots=True)
class KeyPressed:
    """Press of a key."""

    key: str
    """``0`` to ``9``, ``*``, ``#``, ``A`` to ``D``."""
    at_s: float


@dataclass(frozen=True, slots=True)
class KeysStuck:
    """Keys that have been down for `STUCK_S`. No other key counts."""

    keys: str
    at_s: float


@dataclass(frozen=True, slots=True)
class KeysFreed:
    """Keys that were stuck are down no more."""

    keys: str
    at_s: float


KeypadEvent = KeyPressed | KeysStuck | KeysFreed
Contacts = frozenset[tuple[int, int]]


class KeypadDecoder:
    """The state of one keypad. Not thread-safe. `layout`: the keys, a text a row.

    Feed it scans as they come and `tick` when `next_deadline_s` has come.
    """

    def __init__(self, layout: Sequence[str]) -> None:
        self._layout = layout
        self._closed = Debouncer[Contacts](DEBOUNCE_MS, frozenset())
        self._since_s = 0.0
        self._counted: Contacts = frozenset()
        """Keys that counted and have been down since."""
        self._several = False
        """Whether several were pressed together, of which one is still down."""
        self._stuck: Contacts = frozenset()

    def start(self, scan: KeypadScan, _at_s: float = 0.0) -> None:
        """Begin with the keys as they are; a key that is down doesn't count until it is released."""
        self._closed.start(scan.closed)
        self._since_s, self._counted = scan.at_s, scan.closed
        self._several, self._stuck = False, frozenset()

    @property
    def next_deadline_s(self) -> float | None:
        """Time when `tick` has something to do; None: not before the next scan."""
        deadline_s = self._closed.next_deadline_s
        if deadline_s is None and self._closed.value and not self._stuck:
            return self._since_s + STUCK_S
        return deadline_s

    def scan(self, scan: KeypadScan) -> tuple[KeypadEvent, ...]:
        """Other contacts than before are closed."""
        return self._settle(self._closed.change(scan.closed, scan.at_s))

    def tick(self, now_s: float) -> tuple[KeypadEvent, ...]:
        """Decode the passing of time."""
        found = self._settle(self._closed.tick(now_s))
        held = self._closed.value
        if held and not self._stuck and now_s >= self._since_s + STUCK_S:
            self._stuck = held
            found += (KeysStuck(self._keys(held), self._since_s + STUCK_S),)
        return found

    def _settle(self, found: tuple[Stable[Contacts], ...]) -> tuple[KeypadEvent, ...]:
        events: tuple[KeypadEvent, ...] = ()
        for stable in found:
            down, self._since_s = stable.value, stable.since_s
            if self._stuck and not self._stuck & down:
                events += (KeysFreed(self._keys(self._stuck), stable.since_s),)
                self._stuck = frozenset()
            self._counted &= down
            self._several = bool(down) and (self._several or (len(down) > 1 and not self._counted))
            if len(down) == 1 and not self._counted and not self._several:
                self._counted = down
                events += (KeyPressed(self._keys(down), stable.since_s),)
        return events

    def _keys(self, contacts: Contacts) -> str:
        return "".join(self._layout[row][column] for row, column in sorted(contacts))
