"""Player of patterns on a lamp; sleeps while nothing changes."""

import asyncio
import logging
import time

from callbox_device.interfaces import Lamp
from callbox_device.model.led_patterns import OFF, LedPattern, brightness_at, next_change_ms

log = logging.getLogger(__name__)


class LampTask:
    """Owns one lamp. `show` from the event loop; `run` as a task. A lamp that can't be set is logged once."""

    def __init__(self, lamp: Lamp) -> None:
        self._lamp = lamp
        self._pattern: LedPattern = OFF
        self._since_s = time.monotonic()
        self._changed = asyncio.Event()
        self._is_broken = False

    def show(self, pattern: LedPattern) -> None:
        """Show `pattern` from its beginning; the pattern that is already shown goes on."""
        if pattern != self._pattern:
            self._pattern = pattern
            self._since_s = time.monotonic()
            self._changed.set()
            self._light()

    async def run(self) -> None:
        """Keep the lamp in step with its pattern, until cancelled; then it is dark."""
        try:
            while True:
                pause_ms = self._light()
                self._changed.clear()
                try:
                    async with asyncio.timeout(None if pause_ms is None else max(pause_ms, 1) / 1000):
                        await self._changed.wait()
                except TimeoutError:
                    pass
        finally:
            self._set(0.0)

    def _light(self) -> float | None:
        """Set the brightness of this moment; returns the time to the next change in ms, None for never."""
        t_ms = (time.monotonic() - self._since_s) * 1000
        self._set(brightness_at(self._pattern, t_ms))
        return next_change_ms(self._pattern, t_ms)

    def _set(self, brightness: float) -> None:
        try:
            self._lamp.set(brightness)
        except Exception:  # a driver's; the appliance works without its lamp
            if not self._is_broken:
                log.exception("The status lamp can't be set")
            self._is_broken = True
        else:
            self._is_broken = False
