"""Events of a kernel input device, from its bytes (linux/input.h): which key went down or up, and when. Pure."""

import struct
from collections.abc import Collection, Iterator
from dataclasses import dataclass

_EVENT = struct.Struct("@llHHi")
"""``struct input_event``: seconds and microseconds in the kernel's long, type, code, value."""
EVENT_BYTES = _EVENT.size
_EV_SYN, _EV_KEY = 0, 1
_SYN_DROPPED = 3


@dataclass(frozen=True, slots=True)
class KeyChange:
    """Change of a key, which went down or up."""

    code: int
    """Number of the key, or the HID usage."""
    pressed: bool
    at_s: float
    """When, by the clock that the device was set to."""


class KeyTracker:
    """Tracker of the keys of one device that are pressed. Not thread-safe."""

    def __init__(self, pressed: Collection[int] = ()) -> None:
        self.pressed = set(pressed)
        """Numbers of the keys that are down."""
        self.needs_state = False
        """Whether the kernel dropped events, since we were too slow: `resync` with the state read from the device."""

    def feed(self, data: bytes) -> list[KeyChange]:
        """Read whole events; returns what changed. Auto-repeat is no change."""
        changes: list[KeyChange] = []
        for seconds, microseconds, kind, code, value in self._events(data):
            if kind == _EV_KEY and value in (0, 1):
                changes += self._set(code, bool(value), seconds + microseconds / 1e6)
        return changes

    def _events(self, data: bytes) -> Iterator[tuple[int, int, int, int, int]]:
        for event in _EVENT.iter_unpack(data[: len(data) // EVENT_BYTES * EVENT_BYTES]):
            if event[2:4] == (_EV_SYN, _SYN_DROPPED):
                self.needs_state = True
                return  # what follows is older than the state that will be read
            yield event

    def resync(self, pressed: Collection[int], at_s: float) -> list[KeyChange]:
        """Read the device's state, `pressed` at `at_s`, after events were dropped; returns what changed."""
        self.needs_state = False
        up = [(code, False) for code in sorted(self.pressed - set(pressed))]
        down = [(code, True) for code in sorted(set(pressed) - self.pressed)]
        return [change for code, is_down in (*up, *down) for change in self._set(code, is_down, at_s)]

    def _set(self, code: int, is_down: bool, at_s: float) -> list[KeyChange]:
        if is_down == (code in self.pressed):
            return []
        (self.pressed.add if is_down else self.pressed.discard)(code)
        return [KeyChange(code, is_down, at_s)]


def bits(mask: bytes) -> frozenset[int]:
    """The numbers of the bits that are set in a mask of the kernel's, such as EVIOCGBIT's and EVIOCGKEY's.

    A mask is of longs; on a little-endian machine, as every Raspberry Pi is, that is as of bytes.
    """
    return frozenset(8 * place + bit for place, byte in enumerate(mask) for bit in range(8) if byte >> bit & 1)
