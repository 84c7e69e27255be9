"""Edges of contacts through their queue to the decoder."""

import asyncio
import time

import pytest

from callbox.app.contacts import run_contacts
from callbox_device.model.rotary_dial import DialEvent, Dialled, RotaryDial
from callbox_device.simulated import SimulatedButton

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
