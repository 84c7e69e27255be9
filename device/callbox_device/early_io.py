"""Button and status lamp before the program is there.

A Pi Zero 2 W imports for seconds. The lamp answers a press meanwhile at once, and the press is kept with its time for
the program. The pins come from a file that the last start saved: nothing is imported that reads settings.
"""

import contextlib
import json
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from callbox_device import lights
from callbox_device.gpio import GpioButton
from callbox_device.interfaces import BoardError, Edge
from callbox_device.model import light_specs
from callbox_device.model.light_specs import MAX_PIN, MAX_PIXELS, LightSpec

NAME = "wiring.json"
MAX_EDGES = 64
"""A dozen presses, bounces and all. After that they are noise."""


@dataclass(frozen=True, slots=True)
class Wiring:
    """Wiring of button and status lamp, as in the settings."""

    button_pin: int
    pull: str
    lamp: LightSpec
    brightness: float
    """Of the lamp, 0.0 to 1.0."""
    microphone_pixels: tuple[int, ...] | None = None
    """Those of the lamp that show the microphone, as of `color_light.ColorLight`."""


def save_wiring(folder: Path, wiring: Wiring, of: str) -> None:
    """Save `wiring` for the next start with the same settings, of which `of` is the fingerprint. Raises OSError."""
    values = {
        "button_pin": wiring.button_pin,
        "pull": wiring.pull,
        "lamp": light_specs.to_dict(wiring.lamp),
        "brightness": wiring.brightness,
        "microphone_pixels": wiring.microphone_pixels,
    }
    content = json.dumps({"of": of, "wiring": values})
    file = folder / NAME
    if not file.exists() or file.read_text() != content:
        fresh = file.with_suffix(".new")
        fresh.write_text(content)
        fresh.replace(file)


def load_wiring(folder: Path, of: str) -> Wiring | None:
    """Wiring that was saved for these settings, else None: a pin that has become another's may not be driven."""
    try:
        saved = json.loads((folder / NAME).read_text())
        return _wiring(**saved["wiring"]) if saved["of"] == of else None
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return None


def _wiring(button_pin: Any, pull: Any, lamp: Any, brightness: Any, microphone_pixels: Any) -> Wiring:
    """The wiring of values that have the types that `save_wiring` saves. Raises ValueError: the file may be damaged."""
    pixels = [] if microphone_pixels is None else microphone_pixels
    if not (
        type(button_pin) is int
        and 0 <= button_pin <= MAX_PIN
        and pull in ("up", "down", "none")
        and type(brightness) in (int, float)
        and 0 <= brightness <= 1
        and isinstance(pixels, list)
        and all(type(pixel) is int and 0 <= pixel < MAX_PIXELS for pixel in pixels)
    ):
        raise ValueError("this is no wiring")
    shared = None if microphone_pixels is None else tuple(pixels)
    return Wiring(button_pin, pull, light_specs.from_dict(lamp), brightness, shared)


class EarlyButton:
    """Button (`interfaces.Button`) with `lamp`, before the settings are read. Works from its making on.

    Raises `BoardError` with nothing left open.
    """

    def __init__(self, wiring: Wiring, *, pin_factory: Any = None) -> None:
        self.wiring = wiring
        self._lock = threading.Lock()
        self._edges: deque[Edge] = deque(maxlen=MAX_EDGES)
        self._on_edge: Callable[[Edge], None] | None = None
        places, shared = lights.LightPlaces(pin_factory), wiring.microphone_pixels
        self.lamp = lights.open_light(wiring.lamp, full=wiring.brightness, microphone_pixels=shared, places=places)
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
                with contextlib.suppress(BoardError):  # the press counts all the same
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
