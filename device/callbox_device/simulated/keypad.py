"""A keypad in memory."""

import time
from collections.abc import Callable, Sequence

from callbox_device.interfaces import KeypadScan


class SimulatedKeypad:
    """Keypad in memory (`interfaces.Keypad`). `layout`: its keys, a text a row. Any thread may press."""

    def __init__(self, layout: Sequence[str]) -> None:
        self._places = {key: (row, column) for row, keys in enumerate(layout) for column, key in enumerate(keys)}
        self._on_scan: Callable[[KeypadScan], None] | None = None
        self._released_s = 0.0
        self.keys = "".join(layout)
        """All its keys."""

    @property
    def is_watched(self) -> bool:
        """Whether a press would be noticed."""
        return self._on_scan is not None

    def start(self, on_scan: Callable[[KeypadScan], None]) -> KeypadScan:
        """As `interfaces.Keypad.start`."""
        self._on_scan = on_scan
        return KeypadScan(frozenset(), time.monotonic())

    def click(self, key: str, duration_ms: float = 100) -> None:
        """Press `key`, one of `keys`, and release it: at once, but the scans say that it took `duration_ms`, and as
        long since the last one.
        """
        duration_s = duration_ms / 1000
        began_s = max(time.monotonic() - duration_s, self._released_s + duration_s)
        self._released_s = began_s + duration_s
        self._report(frozenset({self._places[key]}), began_s)
        self._report(frozenset(), self._released_s)

    def close(self) -> None:
        """As `interfaces.Keypad.close`."""
        self._on_scan = None

    def _report(self, closed: frozenset[tuple[int, int]], at_s: float) -> None:
        if self._on_scan:
            self._on_scan(KeypadScan(closed, at_s))
