"""What a light has to show in each of the ten states, at each moment, by the table of patterns."""

import asyncio
import contextlib
from collections.abc import Callable, Collection
from typing import NamedTuple

from callbox.app.lamp_task import LampTask
from callbox.control.faults import Fault, Problem
from callbox.control.lamps import status_lamp
from callbox.control.status import Status
from callbox.rtvi import TransportState
from callbox_device.color_light import MICROPHONE_COLOR, ColorLight
from callbox_device.interfaces import Frame, Lamp
from callbox_device.model.led_patterns import BLACK, LedPattern, brightness_at, frame_at

STATES = [Status(state) for state in TransportState if state is not TransportState.ERROR]
STATES += [Status(TransportState.ERROR, problem=Problem(Fault.BOT_TIMEOUT, ""))]
STEP_MS = 50


class Moment(NamedTuple):
    """A moment of a state's pattern."""

    status: Status
    t_ms: int
    frame: Frame | float
    """As the light has to have it; of a plain lamp its brightness."""


def expected_frame(
    pattern: LedPattern, t_ms: float, light: Lamp, shared: Collection[int] | None, *, is_lit: bool
) -> Frame | float:
    """The frame that the table has for `pattern`. `shared`: the microphone's pixels; `is_lit`: it is captured."""
    if not isinstance(light, ColorLight):
        return brightness_at(pattern, t_ms)
    count = light._driver.pixels
    microphone = MICROPHONE_COLOR if is_lit else BLACK
    if shared is not None and count == 1:
        [(_, green, blue)] = frame_at(pattern, t_ms, 1, has_red=False)
        return ((microphone[0], green, blue),)
    status = iter(frame_at(pattern, t_ms, count - len(shared or ())))
    return tuple(microphone if pixel in (shared or ()) else next(status) for pixel in range(count))


async def walk(
    light: Lamp, shared: Collection[int] | None, check: Callable[[Moment], None], *, rounds: int, limit_ms: float
) -> None:
    """Show every state, the microphone captured in every second one, and `check` each `STEP_MS`. In simulated time.

    A state is shown for so many `rounds` of its pattern, `limit_ms` at most. Both lamps are closed in the end.
    """
    clock = asyncio.get_running_loop().time
    microphone = light.microphone_lamp() if isinstance(light, ColorLight) and shared is not None else None
    try:
        for number, status in enumerate(STATES):
            pattern = status_lamp(status)
            is_lit = microphone is not None and number % 2 == 1
            if microphone:
                microphone.set(float(is_lit))
            task = LampTask(light)
            begun_s = clock()
            task.show(pattern)
            playing = asyncio.create_task(task.run())
            for t_ms in range(STEP_MS // 2, round(min(pattern.length_ms * rounds, limit_ms)), STEP_MS):
                await asyncio.sleep(begun_s + t_ms / 1000 - clock())
                check(Moment(status, t_ms, expected_frame(pattern, t_ms, light, shared, is_lit=is_lit)))
            playing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await playing
    finally:
        if microphone:
            microphone.close()
        light.close()
