"""Button and status lamp before the program is there.

A Pi Zero 2 W imports for seconds. The lamp answers a press meanwhile at once, and the press is kept with its time for
the program. The pins come from a file that the last start saved: nothing is imported that reads settings.
"""

import json
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from callbox_device.gpio import GpioButton, GpioLamp
from callbox_device.interfaces import BoardError, Edge

NAME = "wiring.json"
MAX_PIN = 27
"""Of the 40-pin header."""
MAX_EDGES = 64
"""A dozen presses, bounces and all. After that they are noise."""


@dataclass(frozen=True, slots=True)
class Wiring:
    """Wiring of button and status lamp, as in the settings."""

    button_pin: int
    pull: str
    lamp_pin: int
    active_high: bool
    dimmable: bool
    brightness: float
    """0.0 to 1.0."""


def save_wiring(folder: Path, wiring: Wiring, of: str) -> None:
    """Save `wiring` for the next start with the same settings, of which `of` is the fingerprint. Raises OSError."""
    content = json.dumps({"of": of, "wiring": asdict(wiring)})
    file = folder / NAME
    if not file.exists() or file.read_text() != content:
        fresh = file.with_suffix(".new")
        fresh.write_text(content)
        fresh.replace(file)


def load_wiring(folder: Path, of: str) -> Wiring | None:
    """The wiring that was saved, if it was for these settings: a pin that has become another's may not be driven."""
    try:
        saved = json.loads((folder / NAME).read_text())
        wiring = Wiring(**saved["wiring"]) if saved["of"] == of else None
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return None
    return wiring if wiring and _is_valid(wiring) else None


def _is_valid(wiring: Wiring) -> bool:
    """Whether each value has the type that `save_wiring` saves: the file may be damaged."""
    pins = (wiring.button_pin, wiring.lamp_pin)
    return (
        all(type(pin) is int and 0 <= pin <= MAX_PIN for pin in pins)
        and wiring.pull in ("up", "down", "none")
        and isinstance(wiring.active_high, bool)
        and isinstance(wiring.dimmable, bool)
        and type(wiring.brightness) in (int, float)
        and 0 <= wiring.brightness <= 1
    )


class EarlyButton:
    """Button (`interfaces.Button`) with `lamp`, before the settings are read. Works from its making on.

    Raises `BoardError` with nothing left open.
    """

    def __init__(self, wiring: Wiring, *, pin_factory: Any = None) -> None:
        self.wiring = wiring
        self._lock = threading.Lock()
        self._edges: deque[Edge] = deque(maxlen=MAX_EDGES)
        self._on_edge: Callable[[Edge], None] | None = None
        self.lamp = GpioLamp(
            wiring.lamp_pin, wiring.active_high, wiring.dimmable, full=wiring.brightness, pin_factory=pin_factory
        )
        try:
            self._button = GpioButton(wiring.button_pin, wiring.pull, pin_factory=pin_factory)
        except BoardError:
            self.lamp.close()
            raise
        self._was_closed = self._button.start(self._changed)

    def _changed(self, edge: Edge) -> None:
        # lgpio's thread.
        with self._lock:
            if self._on_edge:
                self._on_edge(edge)
                return
            self._edges.append(edge)
            if edge.closed:
                self.lamp.set(1.0)

    def start(self, on_edge: Callable[[Edge], None]) -> bool:
        """As `interfaces.Button.start`, and first of all every edge that was kept; the lamp is the caller's from
        here on.

        Returns whether the contact was closed before the first of them.
        """
        with self._lock:
            for edge in self._edges:
                on_edge(edge)
            self._edges.clear()
            self._on_edge = on_edge
        return self._was_closed

    def close(self) -> None:
        """As `interfaces.Button.close`. The lamp is closed by whoever has it."""
        self._button.close()

    def release(self) -> None:
        """Close button and lamp, which were not taken over."""
        self._button.close()
        self.lamp.close()
