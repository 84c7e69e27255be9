"""What a lamp is sent: each change at its time, and nothing beside."""

import asyncio
from typing import Any

import pytest

from callbox.app.lamp_task import LampTask
from callbox.app.status_reporter import VOLUME_S, StatusReporter
from callbox.control.faults import Fault, Problem
from callbox.control.lamps import STATES, error_pattern, status_lamp
from callbox.control.status import Speech, Status
from callbox.rtvi import TransportState as S
from callbox.system.systemd import Notifier
from callbox_device.color_light import ColorLight
from callbox_device.interfaces import PartFailed
from callbox_device.model.led_patterns import ASIDE, BLACK, GREEN, METER_REST, WHITE, brightness_at, scaled
from callbox_device.simulated import SimulatedLamp

pytestmark = pytest.mark.simulated_time


class Ring:
    """A driver that counts."""

    def __init__(self, pixels=12):
        self.pixels, self.frames, self.broken = pixels, [], False

    def write(self, frame):
        if self.broken:
            raise PartFailed("unplugged")
        self.frames.append((asyncio.get_running_loop().time(), tuple(frame)))

    def close(self):
        pass


class CountingLamp(SimulatedLamp):
    def __init__(self):
        super().__init__()
        self.calls = []

    def set(self, brightness):
        self.calls.append(brightness)
        super().set(brightness)


async def run_for(lamp, pattern, for_s, **options):
    task = LampTask(lamp, **options)
    task.show(pattern)
    running = asyncio.create_task(task.run())
    await asyncio.sleep(for_s)
    running.cancel()
    await asyncio.wait([running])


@pytest.mark.parametrize("state", [S.DISCONNECTED, S.READY])
async def test_at_rest_nothing_is_sent_for_an_hour(state):
    ring, lamp = Ring(), CountingLamp()
    light = ColorLight(ring)
    task = LampTask(light)
    plain = LampTask(lamp)
    for shower in (task, plain):
        shower.show(status_lamp(Status(state)))
    running = [asyncio.create_task(shower.run()) for shower in (task, plain)]
    await asyncio.sleep(1)
    ring.frames.clear()
    lamp.calls.clear()
    await asyncio.sleep(3600)
    assert (len(ring.frames), len(lamp.calls)) == (0, 0)
    for work in running:
        work.cancel()
    await asyncio.wait(running)


@pytest.mark.parametrize("state", [state for state in STATES if STATES[state].repeat])
@pytest.mark.parametrize("pixels", [1, 12])
async def test_each_state_s_rhythm_is_on_every_pixel(state, pixels):
    pattern, ring = STATES[state], Ring(pixels)
    await run_for(ColorLight(ring), pattern, 5.95)
    for (at_s, frame), (until_s, _) in zip(ring.frames, [*ring.frames[1:], (5.95, None)], strict=True):
        if until_s > at_s:
            middle_ms = (at_s + until_s) / 2 * 1000
            assert frame == (scaled(pattern.hue.color, brightness_at(pattern, middle_ms)),) * pixels, middle_ms
    assert len({frame for _, frame in ring.frames}) == len({step.brightness for step in pattern.steps} | {0.0})


async def test_no_flash_of_a_count_is_lost_when_the_machine_is_busy():
    lamp = CountingLamp()
    loop: Any = asyncio.get_running_loop()
    for at_s in (0.05, 1.5, 3.0, 6.0, 9.0):
        loop.call_at(at_s, loop.stall, 0.9)
    await LampTask(lamp).play(error_pattern(Problem(Fault.BOT_REFUSED, "")))
    lit = [brightness for brightness in lamp.calls if brightness]
    assert len(lit) == 3 + Fault.BOT_REFUSED.value
    assert lamp.calls[-1] == 0.0


async def test_a_ring_shows_the_level_of_the_bot_s_voice_and_only_changes_of_it():
    ring, levels = Ring(), [0.5] * 10 + [1.0] * 10
    await run_for(
        ColorLight(ring), status_lamp(Status(S.READY, Speech.BOT)), 3.9, level=lambda: levels.pop(0) if levels else 1.0
    )
    lit = [sum(max(color) > METER_REST for color in frame) for _, frame in ring.frames]
    assert lit == [0, 6, 12, 0]  # dark, half, all, dark at the end


async def test_a_light_that_fails_is_tried_again_at_the_next_change():
    ring = Ring()
    light = ColorLight(ring)
    ring.broken = True
    task = LampTask(light)
    task.show(STATES[S.CONNECTING])
    running = asyncio.create_task(task.run())
    await asyncio.sleep(0.4)
    ring.broken = False
    await asyncio.sleep(0.2)
    assert len(ring.frames) == 2
    running.cancel()
    await asyncio.wait([running])


def reporter(ring):
    found = StatusReporter([], Notifier({}), ColorLight(ring))
    found.report_status(Status(volume_percent=40))
    return found


async def test_a_ring_shows_the_volume_while_it_is_turned():
    ring = Ring()
    telling = reporter(ring)
    before = len(ring.frames)
    for percent in (50, 75):
        telling.report_status(Status(volume_percent=percent))
        await asyncio.sleep(1)
    assert [sum(color == WHITE.color for color in frame) for _, frame in ring.frames[before:]] == [6, 9]
    await asyncio.sleep(VOLUME_S)
    assert ring.frames[-1][1] == (BLACK,) * 12


async def test_neither_quiet_hours_nor_one_pixel_show_the_volume():
    ring, pixel = Ring(), Ring(1)
    telling, small = reporter(ring), reporter(pixel)
    before = len(ring.frames), len(pixel.frames)
    telling.report_status(Status(volume_percent=10, quiet_hours=True))
    small.report_status(Status(volume_percent=10))
    await asyncio.sleep(1)
    assert (len(ring.frames), len(pixel.frames)) == before


async def test_quiet_hours_dim_the_status_and_not_the_microphone():
    ring = Ring(3)
    light = ColorLight(ring, microphone_pixels=(1,))
    microphone = light.microphone_lamp()
    telling = StatusReporter([], Notifier({}), light)
    telling.report_status(Status(S.READY))
    microphone.set(1.0)
    telling.dim_lamp(0.2)
    assert ring.frames[-1][1] == (scaled(GREEN.color, 0.2), (1.0, 0.0, 0.0), scaled(GREEN.color, 0.2))


async def test_an_error_on_a_light_whose_red_is_the_microphone_s_has_none():
    ring = Ring(1)
    light = ColorLight(ring, microphone_pixels=(0,))
    await run_for(light, error_pattern(Problem(Fault.BOT_REFUSED, "")), 8)
    assert {color[0] for _, frame in ring.frames for color in frame} == {0.0}
    assert any(max(color) for _, frame in ring.frames for color in frame)


class ArrayRing(Ring):
    """Hears speech from the front, then from pixel 3, then none."""

    def __init__(self):
        super().__init__()
        self.degrees, self.requests = [0.0, 90.0, None], 0

    def direction(self):
        self.requests += 1
        return self.degrees.pop(0) if self.degrees else None


async def test_while_the_user_speaks_the_nearest_pixel_is_brighter_at_five_requests_a_second():
    ring = ArrayRing()
    light = ColorLight(ring, microphone_pixels=(0,))
    await run_for(light, status_lamp(Status(S.READY, speech=Speech.USER)), 0.9)
    aside = scaled(GREEN.color, ASIDE)
    begun, front, right, silence, end = [frame[1:] for _, frame in ring.frames]
    assert begun == end == (BLACK,) * 11
    assert front in [tuple(GREEN.color if pixel == near else aside for pixel in range(11)) for near in (0, 10)]
    assert right == tuple(GREEN.color if pixel == 2 else aside for pixel in range(11))
    assert silence == (GREEN.color,) * 11
    assert ring.requests <= 7


async def test_in_silence_a_ring_gets_no_request():
    ring = ArrayRing()
    await run_for(ColorLight(ring), status_lamp(Status(S.READY)), 10)
    assert ring.requests == 0


async def test_a_light_that_was_plugged_in_again_is_sent_what_it_shows():
    ring = Ring()
    task = LampTask(ColorLight(ring))
    task.show(STATES[S.READY])
    before = len(ring.frames)
    assert task.resend()
    assert ring.frames[before:] == [ring.frames[before - 1]]
    ring.broken = True
    assert not task.resend()
