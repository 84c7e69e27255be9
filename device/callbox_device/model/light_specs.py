"""Kind and place of a light, as plain values, so that they can be saved for the next start and for the end. Pure."""

from dataclasses import asdict, dataclass, fields
from typing import Any, TypeAlias

MAX_PIN = 27
"""Of the 40-pin header."""
MAX_PIXELS = 256


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


LightSpec: TypeAlias = PinLamp | RgbLed | LedClass

KINDS: dict[str, type[LightSpec]] = {"pin": PinLamp, "rgb": RgbLed, "led_class": LedClass}
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


def pins_of(spec: LightSpec) -> tuple[int, ...]:
    """The pins that `spec` drives."""
    return tuple(value for name, value in asdict(spec).items() if name.endswith("pin") and value is not None)


def _is_valid(name: str, value: Any) -> bool:
    if name.endswith("pin"):
        return type(value) is int and 0 <= value <= MAX_PIN
    if name in ("active_high", "dimmable"):
        return isinstance(value, bool)
    # A name becomes part of a path.
    return isinstance(value, str) and 0 < len(value) <= 100 and "/" not in value and "\0" not in value and value != ".."
