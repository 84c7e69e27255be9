"""Lamp patterns as values: how bright a pattern is at a time, and each pixel of a light in colour. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from callbox_device.interfaces import Color, Frame

LIT_FROM = 0.5
"""A lamp that can only be on or off is lit from this brightness up."""

MIN_METER_PIXELS = 3
"""A light of fewer pixels shows no share of itself: one pixel says all by its rhythm."""

METER_STEP_MS = 200.0
"""How often a meter may change. A pixel then changes at most 5 times a second, which is 2.5 flashes."""

METER_REST = 0.15
"""Brightness of a meter's pixels beyond its level."""

ASIDE = 0.3
"""Brightness of the pixels that aren't where speech comes from."""


@dataclass(frozen=True, slots=True)
class Hue:
    """The colour of a pattern. A lamp without colour shows its brightness alone."""

    name: str
    color: Color
    without_red: Color
    """On a light whose red component is the microphone's."""
    name_without_red: str
    """Name of `without_red`."""


WHITE = Hue("white", (1.0, 1.0, 1.0), (0.0, 1.0, 1.0), "cyan")
GREEN = Hue("green", (0.0, 1.0, 0.2), (0.0, 1.0, 0.2), "green")
BLUE = Hue("blue", (0.0, 0.25, 1.0), (0.0, 0.25, 1.0), "blue")
CYAN = Hue("cyan", (0.0, 0.8, 0.8), (0.0, 0.8, 0.8), "cyan")
AMBER = Hue("amber", (1.0, 0.45, 0.0), BLUE.color, "blue")
BLACK: Color = (0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class PatternStep:
    """One brightness for a time."""

    brightness: float
    """0.0 (dark) to 1.0."""
    duration_ms: float

    def __post_init__(self) -> None:
        if not 0 <= self.brightness <= 1:
            raise ValueError(f"brightness {self.brightness} is not within 0 and 1")
        if not self.duration_ms > 0:
            raise ValueError(f"duration_ms {self.duration_ms} is not above 0")


@dataclass(frozen=True, slots=True)
class LedPattern:
    """Steps, one after the other; then from the beginning, or dark."""

    steps: tuple[PatternStep, ...]
    repeat: bool = True
    hue: Hue = WHITE
    meter: float | None = None
    """Share of the pixels that is lit, 0.0 to 1.0, from `MIN_METER_PIXELS` up; None: all of them."""
    follows_level: bool = False
    """Whether that share is the level of what is played, and the rhythm is for lights of fewer pixels."""
    follows_speech: bool = False
    """Whether a light that can tell where speech comes from shows that pixel brighter than the others."""

    def __post_init__(self) -> None:
        if not self.steps:
            raise ValueError("a pattern needs a step")

    @property
    def length_ms(self) -> float:
        """One round."""
        return sum(step.duration_ms for step in self.steps)


def steady(brightness: float, hue: Hue = WHITE) -> LedPattern:
    """Pattern of one `brightness`, 0.0 to 1.0."""
    return LedPattern((PatternStep(brightness, 1000),), hue=hue)


OFF = steady(0.0)


def blink(*, on_ms: float, off_ms: float, hue: Hue = WHITE) -> LedPattern:
    """On and off."""
    return LedPattern((PatternStep(1.0, on_ms), PatternStep(0.0, off_ms)), hue=hue)


def breathe(*, period_ms: float, low: float, high: float, hue: Hue = WHITE) -> LedPattern:
    """Up and down in ten steps of brightness a round, so that a breathing lamp wakes the box 10 times a round."""
    way_up = [low + (high - low) * step / 5 for step in range(6)]
    levels = [*way_up, *reversed(way_up[1:-1])]
    return LedPattern(tuple(PatternStep(level, period_ms / len(levels)) for level in levels), hue=hue)


def switched(pattern: LedPattern) -> LedPattern:
    """Pattern as seen on a lamp that can only be on or off: lit from `LIT_FROM` up."""
    steps = (replace(step, brightness=float(step.brightness >= LIT_FROM)) for step in pattern.steps)
    return replace(pattern, steps=tuple(steps))


def brightness_at(pattern: LedPattern, t_ms: float) -> float:
    """Brightness of `pattern`, 0.0 to 1.0, `t_ms` after its beginning."""
    step, _ = _place(pattern, t_ms)
    return step.brightness if step else 0.0


def next_change_ms(pattern: LedPattern, t_ms: float) -> float | None:
    """Time from `t_ms` until the brightness may change, in ms; None: it never does."""
    if pattern.repeat and len({step.brightness for step in pattern.steps}) == 1:
        return None
    _, left_ms = _place(pattern, t_ms)
    return left_ms


def frame_at(
    pattern: LedPattern,
    t_ms: float,
    pixels: int,
    *,
    level: float = 0.0,
    speech_pixel: int | None = None,
    has_red: bool = True,
) -> Frame:
    """The colour of each of `pixels` pixels `t_ms` after the beginning of `pattern`.

    `level`: of what is played, 0.0 to 1.0. `speech_pixel`: the one where speech comes from; None: silence.
    `has_red`: whether the status may have a red component.
    """
    color = pattern.hue.color if has_red else pattern.hue.without_red
    if pixels >= MIN_METER_PIXELS and (pattern.follows_level or pattern.meter is not None):
        lit = round(pixels * (level if pattern.meter is None else pattern.meter))
        return (color,) * lit + (scaled(color, METER_REST),) * (pixels - lit)
    lamp_color = scaled(color, brightness_at(pattern, t_ms))
    if shows_speech(pattern, pixels) and speech_pixel is not None:
        return tuple(lamp_color if pixel == speech_pixel else scaled(lamp_color, ASIDE) for pixel in range(pixels))
    return (lamp_color,) * pixels


def next_frame_ms(pattern: LedPattern, t_ms: float, pixels: int) -> float | None:
    """Time in ms from `t_ms` until `frame_at` may change; None: it never does."""
    if (pixels >= MIN_METER_PIXELS and pattern.follows_level) or shows_speech(pattern, pixels):
        return METER_STEP_MS
    return next_change_ms(pattern, t_ms)


def shows_speech(pattern: LedPattern, pixels: int) -> bool:
    """Whether `pattern` shows where speech comes from, on a light of `pixels` pixels."""
    return pattern.follows_speech and pixels >= MIN_METER_PIXELS


def nearest_pixel(degrees: float, places: Sequence[float]) -> int:
    """Number of the place nearest to `degrees` on a ring; `places`: shares of the way round, of one at least."""
    place = degrees / 360

    def distance(number: int) -> float:
        apart = abs(places[number] - place) % 1
        return min(apart, 1 - apart)

    return min(range(len(places)), key=distance)


def scaled(color: Color, share: float) -> Color:
    """`color` at a share of its brightness."""
    red, green, blue = color
    return (red * share, green * share, blue * share)


def _place(pattern: LedPattern, t_ms: float) -> tuple[PatternStep | None, float | None]:
    """The step at `t_ms` and how long it still lasts; None, None after the end."""
    if t_ms >= pattern.length_ms:
        if not pattern.repeat:
            return None, None
        t_ms %= pattern.length_ms
    for step in pattern.steps:
        if t_ms < step.duration_ms:
            return step, step.duration_ms - t_ms
        t_ms -= step.duration_ms
    return pattern.steps[0], pattern.steps[0].duration_ms  # rounding at the very end of a round
