"""Opening of a light of any kind. Each kind's library is imported when such a light is opened."""

import contextlib
import fcntl
import functools
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from callbox_device.color_light import ColorLight, can_dim, direction_of
from callbox_device.interfaces import BoardError, Color, Lamp, PartFailed, PartMissing, PixelDriver
from callbox_device.model import pixel_frames
from callbox_device.model.led_patterns import BLACK
from callbox_device.model.light_specs import (
    Apa102,
    LedClass,
    LedClassRgb,
    LightSpec,
    PinLamp,
    PixelSpec,
    RgbLed,
    UsbRing,
    Ws2812,
    has_device_file,
    pixel_count,
)
from callbox_device.pixel_strip import Ioctl, PixelStrip, SpiWire, Wire


@dataclass(frozen=True, slots=True)
class LightPlaces:
    """Places where lights are looked for; other ones in tests."""

    pin_factory: Any = None
    """gpiozero's; None: its own."""
    root: Path = Path("/")
    """Where /sys and /dev are."""
    ioctl: Ioctl = fcntl.ioctl
    """Of SPI's file."""


APA102_HZ = 1_000_000
"""The datasheet names no limit; a ring of twelve takes 0.5 ms."""
HERE = LightPlaces()


def open_light(
    spec: LightSpec,
    *,
    full: float = 1.0,
    microphone_pixels: Collection[int] | None = None,
    places: LightPlaces = HERE,
    may_be_missing: bool = False,
) -> Lamp:
    """The light, dark. Raises `BoardError` with nothing left open. `full`, `microphone_pixels`: as of `ColorLight`.

    `may_be_missing`: a light at a device file may come later; until then, to light it raises `BoardError`.
    """
    if isinstance(spec, PinLamp):
        from callbox_device.gpio import GpioLamp

        return GpioLamp(spec.pin, spec.active_high, spec.dimmable, full=full, pin_factory=places.pin_factory)
    is_late = may_be_missing and has_device_file(spec)
    driver: PixelDriver = LateDriver(spec, places) if is_late else open_driver(spec, places)
    try:
        if microphone_pixels is not None and not getattr(driver, "has_color", True):
            raise PartFailed("The status lamp has no red component that could be the microphone's lamp.")
        return ColorLight(driver, full=full, microphone_pixels=microphone_pixels)
    except BoardError:
        with contextlib.suppress(BoardError):
            driver.close()
        raise


def open_driver(spec: PixelSpec, places: LightPlaces) -> PixelDriver:
    """Driver of the light. Raises `BoardError`."""
    match spec:
        case RgbLed():
            from callbox_device.gpio import RgbLedDriver

            pins = (spec.red_pin, spec.green_pin, spec.blue_pin)
            return RgbLedDriver(pins, spec.active_high, pin_factory=places.pin_factory)
        case LedClass():
            from callbox_device.led_class import LedClassDriver

            return LedClassDriver(spec.name, places.root / "sys/class/leds")
        case LedClassRgb():
            from callbox_device.led_class import LedClassRgbDriver

            names = (spec.red_name, spec.green_name, spec.blue_name)
            return LedClassRgbDriver(names, places.root / "sys/class/leds")
        case Apa102():
            return PixelStrip(spec.pixels, _encoder(pixel_frames.apa102_frame, spec), _apa102_wire(spec, places))
        case Ws2812():
            encode = _encoder(functools.partial(pixel_frames.ws2812_frame, chip=spec.chip), spec)
            return PixelStrip(spec.pixels, encode, _spi(spec.spi, pixel_frames.WS2812_HZ, places))
        case UsbRing():
            from callbox_device.usb_ring import UsbRingDriver

            return UsbRingDriver(spec.model, places.root)


class LateDriver:
    """Driver (`interfaces.PixelDriver`) of a light that isn't there yet: each frame that isn't dark looks for it."""

    def __init__(self, spec: PixelSpec, places: LightPlaces) -> None:
        self.pixels = pixel_count(spec)
        self._spec, self._places = spec, places
        self._driver: PixelDriver | None = None

    def write(self, frame: Sequence[Color]) -> None:
        """As `interfaces.PixelDriver.write`. What isn't there is dark."""
        try:
            driver = self.open()
        except BoardError:
            if any(color != BLACK for color in frame):
                raise
            return
        driver.write(frame)

    def open(self) -> PixelDriver:
        """Driver of the light, if it is there now. Raises `BoardError`."""
        if self._driver is None:
            self._driver = open_driver(self._spec, self._places)
        return self._driver

    @property
    def has_dimming(self) -> bool:
        """As of `led_class.LedClassDriver`."""
        return can_dim(self._driver)

    def direction(self) -> float | None:
        """As of `usb_ring.UsbRingDriver`."""
        return direction_of(self._driver) if self._driver else None

    def close(self) -> None:
        """As `interfaces.PixelDriver.close`."""
        if self._driver:
            self._driver.close()


def _encoder(encode: Callable[..., bytes], spec: Apa102 | Ws2812) -> Callable[[Sequence[Color]], bytes]:
    return functools.partial(encode, order=spec.order)


class _PoweredWire:
    """Wire to pixels whose power a pin switches."""

    def __init__(self, wire: Wire, power: Lamp) -> None:
        self._wire, self._power = wire, power

    def write(self, data: bytes) -> None:
        """As `pixel_strip.Wire.write`."""
        self._wire.write(data)

    def close(self) -> None:
        """As `pixel_strip.Wire.close`; without power."""
        self._wire.close()
        self._power.close()


def _apa102_wire(spec: Apa102, places: LightPlaces) -> Wire:
    if spec.power_pin is None:
        return _apa102_lines(spec, places)
    from callbox_device.gpio import GpioLamp

    power = GpioLamp(spec.power_pin, dimmable=False, pin_factory=places.pin_factory)
    try:
        power.set(1.0)
        return _PoweredWire(_apa102_lines(spec, places), power)
    except BoardError:
        power.close()
        raise


def _apa102_lines(spec: Apa102, places: LightPlaces) -> Wire:
    if spec.spi is not None:
        return _spi(spec.spi, APA102_HZ, places)
    if spec.data_pin is None or spec.clock_pin is None:
        raise PartMissing("It has neither SPI nor two pins.")  # the settings' cross checks say so first
    from callbox_device.gpio import TwoPinWire

    return TwoPinWire(spec.data_pin, spec.clock_pin, pin_factory=places.pin_factory)


def _spi(device: str, speed_hz: int, places: LightPlaces) -> Wire:
    return SpiWire(places.root / f"dev/spidev{device}", speed_hz, places.ioctl)
