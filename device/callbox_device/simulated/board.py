"""Button and lamp in memory: presses by call, a lamp that remembers. The program can't tell them from `gpio`'s."""

import time
from collections.abc import Callable

from callbox_device.interfaces import Edge


class SimulatedButton:
    """Button in memory (`interfaces.Button`). Any thread may press."""

    def __init__(self) -> None:
        self._on_edge: Callable[[Edge], None] | None = None
        self.closed = False
        """Whether the button is down."""

    @property
    def is_watched(self) -> bool:
        """Whether a press would be noticed."""
        return self._on_edge is not None

    def start(self, on_edge: Callable[[Edge], None]) -> bool:
        """As `interfaces.Button.start`."""
        self._on_edge = on_edge
        return self.closed

    def press(self, at_s: float | None = None) -> None:
        """Press: let the button go down."""
        self._move(True, at_s)

    def release(self, at_s: float | None = None) -> None:
        """Release: let it come up."""
        self._move(False, at_s)

    def click(self, duration_ms: float = 100) -> None:
        """Down and up again; the edges carry their times, so that no caller has to wait."""
        now_s = time.monotonic()
        self.press(now_s - duration_ms / 1000)
        self.release(now_s)

    def close(self) -> None:
        """As `interfaces.Button.close`."""
        self._on_edge = None

    def _move(self, closed: bool, at_s: float | None) -> None:
        self.closed = closed
        if self._on_edge:
            self._on_edge(Edge(closed, time.monotonic() if at_s is None else at_s))


class SimulatedLamp:
    """Lamp in memory (`interfaces.Lamp`), which remembers its changes."""

    def __init__(self) -> None:
        self.brightness = 0.0
        self.limit = 1.0
        """How bright 1.0 is."""
        self.history: list[tuple[float, float]] = []
        """(time.monotonic() in s, brightness) of each change; the last 10 000."""

    def set(self, brightness: float) -> None:
        """As `interfaces.Lamp.set`."""
        if brightness != self.brightness:
            self.brightness = brightness
            self.history.append((time.monotonic(), brightness))
            del self.history[:-10_000]

    def dim_to(self, brightness: float) -> None:
        """As `interfaces.Lamp.dim_to`."""
        self.limit = brightness

    def close(self) -> None:
        """As `interfaces.Lamp.close`."""
        self.set(0.0)
