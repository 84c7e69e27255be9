"""Lamp patterns as values, and how bright a pattern is at a time. Pure."""

from dataclasses import dataclass, replace

MAX_FLASH_HZ = 3.0
"""WCAG 2.2, 2.3.1: no more than three flashes in a second, except in a cue of at most one second."""

LIT_FROM = 0.5
"""A lamp that can only be on or off is lit from this brightness up."""


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

    def __post_init__(self) -> None:
        if not self.steps:
            raise ValueError("a pattern needs a step")

    @property
    def length_ms(self) -> float:
        """One round."""
        return sum(step.duration_ms for step in self.steps)


def steady(brightness: float) -> LedPattern:
    """Always the same."""
    return LedPattern((PatternStep(brightness, 1000),))


OFF = steady(0.0)


def blink(*, on_ms: float, off_ms: float) -> LedPattern:
    """On and off."""
    return LedPattern((PatternStep(1.0, on_ms), PatternStep(0.0, off_ms)))


def breathe(*, period_ms: float, low: float, high: float) -> LedPattern:
    """Up and down in ten steps of brightness a round, so that a breathing lamp wakes the box 10 times a round."""
    way_up = [low + (high - low) * step / 5 for step in range(6)]
    levels = [*way_up, *reversed(way_up[1:-1])]
    return LedPattern(tuple(PatternStep(level, period_ms / len(levels)) for level in levels))


def switched(pattern: LedPattern) -> LedPattern:
    """Pattern as seen on a lamp that can only be on or off: lit from `LIT_FROM` up."""
    steps = (replace(step, brightness=float(step.brightness >= LIT_FROM)) for step in pattern.steps)
    return replace(pattern, steps=tuple(steps))


def brightness_at(pattern: LedPattern, t_ms: float) -> float:
    """Brightness of `pattern`, `t_ms` after its beginning."""
    step, _ = _place(pattern, t_ms)
    return step.brightness if step else 0.0


def next_change_ms(pattern: LedPattern, t_ms: float) -> float | None:
    """Time from `t_ms` until the brightness may change, in ms; None: it never does."""
    if pattern.repeat and len({step.brightness for step in pattern.steps}) == 1:
        return None
    _, left_ms = _place(pattern, t_ms)
    return left_ms


def flashes_per_second(pattern: LedPattern) -> float:
    """The most times that `pattern` goes from dark to light within any second."""
    steps = pattern.steps * (1 + int(1000 // pattern.length_ms) + 1)
    times, t_ms = [], 0.0
    for before, step in zip((pattern.steps[-1], *steps), steps, strict=False):
        if step.brightness > 0.1 >= before.brightness:
            times.append(t_ms)
        t_ms += step.duration_ms
    return max((sum(start <= time < start + 1000 for time in times) for start in times), default=0)


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
