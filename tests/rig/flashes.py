"""Flashes of a lamp."""

from callbox_device.model.led_patterns import LedPattern

MAX_FLASH_HZ = 3.0
"""WCAG 2.2, 2.3.1: no more than three flashes in a second, except in a cue of at most one second."""


def flashes_per_second(pattern: LedPattern) -> float:
    """Flashes in Hz: the most times that `pattern` goes from dark to light within any second."""
    steps = pattern.steps * (1 + int(1000 // pattern.length_ms) + 1)
    times, t_ms = [], 0.0
    for before, step in zip((pattern.steps[-1], *steps), steps, strict=False):
        if step.brightness > 0.1 >= before.brightness:
            times.append(t_ms)
        t_ms += step.duration_ms
    return max((sum(start <= time < start + 1000 for time in times) for start in times), default=0)
