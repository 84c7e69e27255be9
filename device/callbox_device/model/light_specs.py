"""Kind and place of a light, as plain values, so that they can be saved for the next start and for the end. Pure."""

import re
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, TypeAlias, get_args

MAX_PIN = 27
"""Of the 40-pin header."""
MAX_PIXELS = 256
RING_PIXELS = 12
"""Of the rings on USB."""
SPI_PATTERN = r"^[0-9]\.[0-9]$"
"""Bus and device, such as 0.1."""

ColorOrder = Literal["rgb", "rbg", "grb", "gbr", "brg", "bgr"]
Order = Literal[ColorOrder, "grbw"]
"""Order of the components on the wire; w: a white LED beside the three, which stays dark."""
Chip = Literal["ws2812", "sk6812"]
"""Which timing: the two take other pulses."""
RingModel = Literal["mic_array_v2", "xvf3800"]
"""mic_array_v2: ReSpeaker Mic Array v2.0 (2886:0018); xvf3800: reSpeaker XVF3800 (2886:001a)."""


@dataclass(frozen=True, slots=True)
class PinLamp:
    """A lamp at a pin."""

    pin: int
    active_high: bool = True
    dimmable: bool = True


@dataclass(frozen=True, slots=True)
class RgbLed:
    """A red, a green and a blue LED in one, each at a pin."""

    red_pin: int
    green_pin: int
    blue_pin: int
    active_high: bool = True


@dataclass(frozen=True, slots=True)
class LedClass:
    """A light of the kernel's LED class."""

    name: str


@dataclass(frozen=True, slots=True)
class LedClassRgb:
    """Three lights of the kernel's LED class that are one LED's red, green and blue."""

    red_name: str
    green_name: str
    blue_name: str


@dataclass(frozen=True, slots=True)
class Apa102:
    """Pixels with clock and data: by SPI, or by two pins."""

    pixels: int
    order: ColorOrder = "bgr"
    spi: str | None = None
    """Bus and device, such as 0.0."""
    data_pin: int | None = None
    clock_pin: int | None = None
    power_pin: int | None = None
    """Pin that is high while the pixels are in use; None: they always have power."""


@dataclass(frozen=True, slots=True)
class Ws2812:
    """Pixels with one wire, at an SPI bus's MOSI."""

    pixels: int
    spi: str
    order: Order = "grb"
    chip: Chip = "ws2812"


@dataclass(frozen=True, slots=True)
class UsbRing:
    """The ring of a microphone array on USB."""

    model: RingModel


PixelSpec: TypeAlias = RgbLed | LedClass | LedClassRgb | Apa102 | Ws2812 | UsbRing
"""What a `interfaces.PixelDriver` drives."""
LightSpec: TypeAlias = PinLamp | PixelSpec

KINDS: dict[str, type[LightSpec]] = {
    "pin": PinLamp,
    "rgb": RgbLed,
    "led_class": LedClass,
    "led_class_rgb": LedClassRgb,
    "apa102": Apa102,
    "ws2812": Ws2812,
    "usb_ring": UsbRing,
}
"""What the settings call each kind."""
_KINDS_OF = {spec: kind for kind, spec in KINDS.items()}


def to_dict(spec: LightSpec) -> dict[str, Any]:
    """`spec` as JSON can hold it."""
    return {"kind": _KINDS_OF[type(spec)], **asdict(spec)}


def from_dict(data: Any) -> LightSpec:
    """Spec that `to_dict` was given. Raises ValueError for anything else: a file may be damaged."""
    if not isinstance(data, dict) or not isinstance(data.get("kind"), str) or data["kind"] not in KINDS:
        raise ValueError("this is no light")
    kind = KINDS[data["kind"]]
    values = {name: value for name, value in data.items() if name != "kind"}
    if set(values) != {field.name for field in fields(kind)}:
        raise ValueError(f"these are not the values of a light of kind {data['kind']}")
    for name, value in values.items():
        if not _is_valid(name, value):
            raise ValueError(f"{name} can't be {value!r}")
    return kind(**values)


def pixel_count(spec: PixelSpec) -> int:
    """Number of pixels of the light."""
    if isinstance(spec, UsbRing):
        return RING_PIXELS
    return spec.pixels if isinstance(spec, Apa102 | Ws2812) else 1


def has_device_file(spec: LightSpec) -> bool:
    """Whether the light is at a file of a driver that may load, or of a device that may be plugged in, at any time."""
    return isinstance(spec, UsbRing | Ws2812 | LedClassRgb) or (isinstance(spec, Apa102) and spec.spi is not None)


def pins_of(spec: LightSpec) -> tuple[int, ...]:
    """The pins that `spec` drives."""
    return tuple(value for name, value in asdict(spec).items() if name.endswith("pin") and value is not None)


_CHOICES = {"order": get_args(Order), "chip": get_args(Chip), "model": get_args(RingModel)}
_OPTIONAL = ("spi", "data_pin", "clock_pin", "power_pin")


def _is_valid(name: str, value: Any) -> bool:
    if value is None:
        return name in _OPTIONAL
    if name in _CHOICES:
        return value in _CHOICES[name]
    if name == "spi":
        return isinstance(value, str) and re.fullmatch(SPI_PATTERN, value) is not None
    if name == "pixels":
        return type(value) is int and 1 <= value <= MAX_PIXELS
    if name.endswith("pin"):
        return type(value) is int and 0 <= value <= MAX_PIN
    if name in ("active_high", "dimmable"):
        return isinstance(value, bool)
    # A name becomes part of a path.
    return isinstance(value, str) and 0 < len(value) <= 100 and "/" not in value and "\0" not in value and value != ".."
