"""Player of patterns on a lamp; sleeps while nothing changes."""

import asyncio
import logging
import math
from collections.abc import Callable

from callbox.system.event_loop import is_set_within
from callbox_device.interfaces import BoardError, Frame, Lamp, Light
from callbox_device.model.led_patterns import (
    BLACK,
    OFF,
    LedPattern,
    brightness_at,
    frame_at,
    next_frame_ms,
    shows_speech,
)

log = logging.getLogger(__name__)

MAX_LATE_MS = 50.0
"""A change that is later than that moves the rest of its pattern: flashes are counted, and none may be lost."""


class LampTask:
    """Owns one lamp. `show` from the event loop; `run` as a task. A lamp that can't be set is logged once.

    What is shown already isn't sent again. `level`: of what is played, 0.0 to 1.0, for a light that shows it.
    """

    def __init__(self, lamp: Lamp, level: Callable[[], float] = lambda: 0.0) -> None:
        self._lamp, self._light = lamp, lamp if isinstance(lamp, Light) else None
        self._level = level
        self._pattern: LedPattern = OFF
        self._since_s = 0.0
        self._due_ms = math.inf
        """When the next change is due, after the beginning of the pattern."""
        self._changed = asyncio.Event()
        self._is_broken = False
        self._sent: float | Frame | None = None

    @property
    def pixels(self) -> int:
        """Number of pixels that show the status."""
        return self._light.pixels if self._light else 1

    def show(self, pattern: LedPattern) -> None:
        """Show `pattern` from its beginning; the pattern that is already shown goes on."""
        if pattern != self._pattern:
            self._pattern = pattern
            self._since_s, self._due_ms = asyncio.get_running_loop().time(), math.inf
            self._changed.set()
            self._shine()

    def resend(self) -> bool:
        """Send what is shown once more; returns whether the light is there."""
        try:
            if self._light:
                self._light.resend()
        except BoardError:
            return False
        return True

    async def run(self) -> None:
        """Keep the lamp in step with its pattern, until cancelled; then it is dark."""
        await self._run(math.inf)

    async def play(self, pattern: LedPattern) -> None:
        """Show one round of `pattern`, in the place of `run`; then the lamp is dark."""
        self.show(pattern)
        await self._run(pattern.length_ms)

    async def _run(self, until_ms: float) -> None:
        try:
            while self._elapsed_ms() < until_ms:
                pause_ms = self._shine()
                self._changed.clear()
                await is_set_within(self._changed, None if pause_ms is None else max(pause_ms, 1) / 1000)
        finally:
            self._set((BLACK,) * self.pixels if self._light else 0.0)

    def _elapsed_ms(self) -> float:
        """Time since the beginning of the pattern; if a change comes late, it is due now."""
        elapsed_ms = (asyncio.get_running_loop().time() - self._since_s) * 1000
        late_ms = elapsed_ms - self._due_ms
        if late_ms <= MAX_LATE_MS:
            return elapsed_ms
        self._since_s += late_ms / 1000
        return self._due_ms

    def _shine(self) -> float | None:
        """Show what is due at this moment; returns the time to the next change in ms, None for never."""
        t_ms = self._elapsed_ms()
        light = self._light
        if light is None:
            self._set(brightness_at(self._pattern, t_ms))
        else:
            level = self._level() if self._pattern.follows_level else 0.0
            speech = light.speech_pixel() if shows_speech(self._pattern, light.pixels) else None
            self._set(
                frame_at(self._pattern, t_ms, light.pixels, level=level, speech_pixel=speech, has_red=light.has_red)
            )
        pause_ms = next_frame_ms(self._pattern, t_ms, self.pixels)
        self._due_ms = math.inf if pause_ms is None else t_ms + pause_ms
        return pause_ms

    def _set(self, frame: float | Frame) -> None:
        if frame == self._sent:
            return
        self._sent = None
        try:
            if isinstance(frame, tuple):
                if self._light:
                    self._light.show(frame)
            else:
                self._lamp.set(frame)
        except Exception:  # a driver's; the appliance works without its lamp
            if not self._is_broken:
                log.exception("The status lamp can't be set")
            self._is_broken = True
        else:
            self._sent, self._is_broken = frame, False
