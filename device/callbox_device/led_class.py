"""Lights of the kernel's LED class: files below ``/sys/class/leds``.

Documentation/leds/leds-class.rst and leds-class-multicolor.rst of the kernel.
"""

from collections.abc import Sequence
from pathlib import Path

from callbox_device.interfaces import BoardError, Color, PartFailed, PartMissing
from callbox_device.model.led_patterns import LIT_FROM

_COMPONENTS = ("red", "green", "blue")


class LedClassDriver:
    """Driver (`interfaces.PixelDriver`) of one pixel. A LED without colour is as bright as the brightest component, one
    without steps (leds-gpio's) is lit from `LIT_FROM` up.

    Takes the LED from its trigger. Raises `BoardError`. `leds`: the folder of the class.
    """

    pixels = 1

    def __init__(self, name: str, leds: Path) -> None:
        self._name, self._folder = name, leds / name
        if not (self._folder / "brightness").exists():
            there = ", ".join(sorted(folder.name for folder in leds.glob("*"))) or "none"
            raise PartMissing(f"The kernel has no LED {name}; there is: {there}.")
        try:
            self._max = int((self._folder / "max_brightness").read_text())
            index = self._folder / "multi_index"
            self._index = index.read_text().split() if index.exists() else []
            if (self._folder / "trigger").exists():
                self._put("trigger", "none")
        except (OSError, ValueError) as error:
            raise self._error(error) from error

    @property
    def has_color(self) -> bool:
        """Whether it has a red, a green and a blue component."""
        return set(_COMPONENTS) <= set(self._index)

    @property
    def has_dimming(self) -> bool:
        """Whether it has steps between dark and lit."""
        return self._max > 1

    def write(self, frame: Sequence[Color]) -> None:
        """As `interfaces.PixelDriver.write`."""
        (color,) = frame
        try:
            if self.has_color:
                share: dict[str, float] = dict(zip(_COMPONENTS, color, strict=True))
                self._put("multi_intensity", " ".join(str(self._level(share.get(name, 0.0))) for name in self._index))
            self._put("brightness", str(self._level(1.0 if self.has_color and max(color) > 0 else max(color))))
        except OSError as error:
            raise self._error(error) from error

    def close(self) -> None:
        """As `interfaces.PixelDriver.close`. Nothing is held open."""

    def _level(self, share: float) -> int:
        if not self.has_dimming:
            return int(share >= LIT_FROM)
        return max(1, round(share * self._max)) if share else 0  # what is lit may be dim, and is never dark

    def _put(self, file: str, text: str) -> None:
        (self._folder / file).write_text(text)

    def _error(self, error: Exception) -> BoardError:
        if isinstance(error, PermissionError):
            return PartMissing(
                f"No permission for the LED {self._name}: this user must be able to write {self._folder}/brightness; "
                "docs/lamps.md has the udev rule."
            )
        return PartFailed(f"The LED {self._name} can't be used: {error}.")


class LedClassRgbDriver:
    """Driver (`interfaces.PixelDriver`) of one pixel of three LEDs, `names`: red, green, blue.

    Older drivers have one LED a component: Google's of the KTD2026. As `LedClassDriver` else.
    """

    pixels = 1
    has_color = True

    def __init__(self, names: tuple[str, str, str], leds: Path) -> None:
        self._components = [LedClassDriver(name, leds) for name in names]

    @property
    def has_dimming(self) -> bool:
        """Whether each has steps between dark and lit."""
        return all(component.has_dimming for component in self._components)

    def write(self, frame: Sequence[Color]) -> None:
        """As `interfaces.PixelDriver.write`."""
        (color,) = frame
        for component, share in zip(self._components, color, strict=True):
            component.write(((share, share, share),))

    def close(self) -> None:
        """As `interfaces.PixelDriver.close`. Nothing is held open."""
