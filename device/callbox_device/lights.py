"""Opening of a light of any kind. Each kind's library is imported when such a light is opened."""

import contextlib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from callbox_device.color_light import ColorLight
from callbox_device.interfaces import BoardError, Lamp, PartFailed, PixelDriver
from callbox_device.model.light_specs import LedClass, LightSpec, PinLamp, RgbLed


@dataclass(frozen=True, slots=True)
class LightPlaces:
    """Places where lights are looked for; other ones in tests."""

    pin_factory: Any = None
    """gpiozero's; None: its own."""
    root: Path = Path("/")
    """Where /sys and /dev are."""


HERE = LightPlaces()


def open_light(
    spec: LightSpec,
    *,
    full: float = 1.0,
    microphone_pixels: Collection[int] | None = None,
    places: LightPlaces = HERE,
) -> Lamp:
    """The light, dark. Raises `BoardError` with nothing left open. All but `spec` and `places`: as of `ColorLight`."""
    if isinstance(spec, PinLamp):
        from callbox_device.gpio import GpioLamp

        return GpioLamp(spec.pin, spec.active_high, spec.dimmable, full=full, pin_factory=places.pin_factory)
    driver = open_driver(spec, places)
    try:
        if microphone_pixels is not None and not getattr(driver, "has_color", True):
            raise PartFailed("The status lamp has no red component that could be the microphone's lamp.")
        return ColorLight(driver, full=full, microphone_pixels=microphone_pixels)
    except BoardError:
        with contextlib.suppress(BoardError):
            driver.close()
        raise


def open_driver(spec: RgbLed | LedClass, places: LightPlaces = HERE) -> PixelDriver:
    """Driver of the light. Raises `BoardError`."""
    match spec:
        case RgbLed():
            from callbox_device.gpio import RgbLedDriver

            pins = (spec.red_pin, spec.green_pin, spec.blue_pin)
            return RgbLedDriver(pins, spec.active_high, pin_factory=places.pin_factory)
        case LedClass():
            from callbox_device.led_class import LedClassDriver

            return LedClassDriver(spec.name, places.root / "sys/class/leds")
