"""Edges of contacts through their queue to the decoder."""

import asyncio
import random
import time
from types import SimpleNamespace
from typing import Any

import pytest
from tests.rig.stamped_pins import StampedFactory

from callbox.app.contacts import run_contacts
from callbox_device import gpio
from callbox_device.model.edge_order import REORDER_S
from callbox_device.model.quadrature import QuadratureDecoder
from callbox_device.model.rotary_dial import DialEvent, Dialled, RotaryDial
from callbox_device.simulated import SimulatedButton

simulated_time = pytest.mark.simulated_time
PULSES_PER_S, BREAK_S, BOUNCE_S = 10, 0.06, 0.0005


@pytest.mark.parametrize("bounces", [0, 2, 5])
async def test_a_digit_that_was_dialled_while_the_loop_was_busy_is_read_with_all_its_bounces(bounces):
    contact, dial = SimulatedButton(), RotaryDial()
    found: asyncio.Queue[DialEvent] = asyncio.Queue()
    task = asyncio.create_task(run_contacts([(contact, dial.pulse)], dial, dial.start, found.put_nowait))
    await asyncio.sleep(0)
    began_s = time.monotonic() - 2  # of the last two seconds the loop saw nothing
    for pulse in range(10):
        for closed, at_s in ((True, pulse / PULSES_PER_S), (False, pulse / PULSES_PER_S + BREAK_S)):
            for edge in range(1 + 2 * bounces):
                is_closed = closed is (edge % 2 == 0)
                (contact.press if is_closed else contact.release)(began_s + at_s + edge * BOUNCE_S)
    async with asyncio.timeout(60):
        event = await found.get()
    assert isinstance(event, Dialled)
    assert event.digit == "0"
    task.cancel()


@simulated_time
@pytest.mark.parametrize(
    ("stopped_s", "late_s"), [(0.0, 0.0), (0.0, 0.9), (0.1, 0.05), (0.18, 0.15), (0.4, 0.2), (0.6, 0.0)]
)
async def test_a_digit_is_whole_when_the_machine_stops_in_it_and_its_edges_come_late(stopped_s, late_s):
    """At each place of an 8, in turn, everything stops for `stopped_s`; its edges come `late_s` after it goes on."""
    loop = asyncio.get_running_loop()
    contact, dial = SimulatedButton(), RotaryDial()
    found: list[DialEvent] = []
    contacts = [(contact, dial.pulse)]
    task = asyncio.create_task(run_contacts(contacts, dial, dial.start, found.append, hold_s=REORDER_S))
    await asyncio.sleep(1)
    for place in range(16):
        began_s = loop.time()
        stops_s = began_s + place / 16 * 0.8 - 0.01
        goes_on_s = stops_s + stopped_s + late_s
        for edge in range(16):
            at_s = began_s + 0.1 * (edge // 2) + BREAK_S * (edge % 2)
            comes_s = max(at_s, goes_on_s + 1e-6 * edge) if stopped_s and at_s >= stops_s else at_s + late_s
            loop.call_at(comes_s, contact.release if edge % 2 else contact.press, at_s)
        loop.call_at(stops_s, jump, loop, stopped_s)
        await asyncio.sleep(4)
    assert [getattr(event, "digit", event) for event in found] == ["8"] * 16
    task.cancel()


def jump(loop, by_s):
    """The time passes in which nothing runs."""
    loop._jumping.now_s += by_s


async def read(factory, pins, decoder, monkeypatch, start):
    """The events of `decoder`, from contacts to ground at `pins`, and the task that reads them."""
    monkeypatch.setattr(gpio, "time", SimpleNamespace(monotonic=factory.ticks))
    parts = [gpio.GpioButton(pin, pin_factory=factory) for pin in pins]
    found: list[Any] = []
    contacts = list(zip(parts, start, strict=True))
    task = asyncio.create_task(run_contacts(contacts, decoder, decoder.start, found.append, hold_s=REORDER_S))
    await asyncio.sleep(1)
    return found, task


async def move(pin, draw, closed, bounces_s=0.0005):
    """The contact at `pin` closes or opens, and bounces."""
    for bounce in range(1 + 2 * draw.randrange(3)):
        (pin.drive_low if closed is (bounce % 2 == 0) else pin.drive_high)()
        await asyncio.sleep(draw.uniform(0, bounces_s))


@simulated_time
@pytest.mark.parametrize("has_off_normal", [False, True])
@pytest.mark.parametrize("count", [100, pytest.param(10_000, marks=pytest.mark.slow)])
async def test_dialled_digits_with_bounces_are_read_from_gpio(count, has_off_normal, monkeypatch):
    draw = random.Random(19)
    factory = StampedFactory(lambda: draw.uniform(0, REORDER_S))
    dial = RotaryDial(has_off_normal=has_off_normal)
    contacts = [dial.pulse, dial.off_normal][: 1 + has_off_normal]
    found, task = await read(factory, range(5, 5 + len(contacts)), dial, monkeypatch, contacts)
    pulse, off_normal = factory.pin("GPIO5"), factory.pin("GPIO6")
    digits = [draw.choice("0123456789") for _ in range(count)]
    for digit in digits:
        period_s, break_share = 1 / draw.uniform(8, 12), draw.uniform(0.55, 0.65)
        if has_off_normal:
            await move(off_normal, draw, True)
            await asyncio.sleep(0.3)
        for _ in range(int(digit) or 10):
            for closed, share in ((True, break_share), (False, 1 - break_share)):
                began_s = factory.ticks()
                await move(pulse, draw, closed)
                await asyncio.sleep(began_s + share * period_s - factory.ticks())
        if has_off_normal:
            await move(off_normal, draw, False)
        await asyncio.sleep(0.5)
    assert all(isinstance(event, Dialled) for event in found)
    assert [event.digit for event in found] == digits
    task.cancel()


@simulated_time
async def test_detents_are_counted_in_order_when_the_callbacks_of_both_contacts_overtake_each_other(monkeypatch):
    draw = random.Random(20)
    factory = StampedFactory(lambda: draw.uniform(0, REORDER_S))
    knob = QuadratureDecoder()
    found, task = await read(factory, (5, 6), knob, monkeypatch, (knob.a, knob.b))
    a, b = factory.pin("GPIO5"), factory.pin("GPIO6")
    directions = [draw.choice((1, -1)) for _ in range(300)]
    for direction in directions:
        first, second = (a, b) if direction > 0 else (b, a)
        for pin, closed in ((first, True), (second, True), (first, False), (second, False)):
            await move(pin, draw, closed)
            await asyncio.sleep(0.001)
        await asyncio.sleep(0.1)
    assert knob.rejected == 0
    assert [event.steps for event in found] == directions
    task.cancel()
