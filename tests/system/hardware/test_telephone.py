"""An old telephone and a volume knob on lines that the kernel has."""

import asyncio
import itertools
import os
import random
import time

import pytest
from tests.system.hardware.box import MICROPHONE_LAMP, STATUS_LAMP, WiredBox
from tests.system.hardware.gpio_actor import BUTTON, ButtonActor, KeyMatrix

from callbox.app.contacts import run_contacts
from callbox_device import gpio
from callbox_device.gpio import GpioButton, GpioKeypad
from callbox_device.model.edge_order import REORDER_S
from callbox_device.model.keypad import LAYOUTS, KeypadDecoder, KeypadEvent, KeyPressed
from callbox_device.model.quadrature import QuadratureDecoder, Turned
from callbox_device.model.rotary_dial import DialEvent, Dialled, RotaryDial

pytestmark = pytest.mark.vpi

HOOK, KNOB_A, KNOB_B = 6, 23, 24
DIALS = (12, 13, 18, 19)
ROWS, COLUMNS = (7, 8, 9, 10), (11, 16, 20, 21)


def test_lifting_calls_and_putting_down_hangs_up_however_the_contact_bounces(bot_process, broker, tmp_path):
    bot_process.be("good")
    handset = ButtonActor(HOOK)
    handset.up()
    lamps = {"status": {"pin": STATUS_LAMP, "dimmable": False}, "microphone": {"pin": MICROPHONE_LAMP}}
    board = {"button": {"pin": BUTTON}, "lamps": lamps, "hook_switch": {"pin": HOOK}}
    patient = {"start_url": bot_process.url, "deadlines": {"start_s": 40, "connect_s": 40, "bot_ready_s": 40}}
    with WiredBox(tmp_path, bot_process.url, broker.port, board=board, bot=patient) as box:
        for _ in range(2):
            handset.bounce(21, 10)
            box.until("ready")
            handset.bounce(21, 10, down=False)
            state = box.until("disconnected")
            assert state["problem"] is None
            assert not state["mic_live"]
        assert box.transports.count("ready") == 2
        assert box.gestures == []


def pulse(contact, draw, count, period_s):
    """Pulses of a dial with bounces: whether this machine was fast enough for them to be a dial's."""
    for _ in range(count):
        for is_break, length_s in ((True, 0.6 * period_s), (False, 0.4 * period_s)):
            began_s = time.monotonic()
            for _ in range(draw.randrange(3)):  # of a contact to ground, which a break opens
                (contact.up if is_break else contact.down)()
                (contact.down if is_break else contact.up)()
            (contact.up if is_break else contact.down)()
            if time.monotonic() - began_s > 0.005:  # slower than contacts bounce
                return False
            time.sleep(max(0.0, began_s + length_s - time.monotonic()))
            if time.monotonic() - began_s > 1.5 * length_s:
                return False
    return True


async def read_digits(pin, count):
    """Dial `count` digits at `pin` that this machine was fast enough for, and check that they are read."""
    draw, contact = random.Random(pin), ButtonActor(pin)
    contact.down()  # at rest the pulse contact is closed
    # Without a pull of our own: in gpio-sim one that is asked for is stronger than the actor's. Open is high: a break.
    part, dial = GpioButton(pin, "none"), RotaryDial()
    events: asyncio.Queue[DialEvent] = asyncio.Queue()
    reading = asyncio.create_task(
        run_contacts([(part, dial.pulse)], dial, dial.start, events.put_nowait, hold_s=REORDER_S)
    )
    await asyncio.sleep(0.1)
    right = 0
    try:
        for _ in range(4 * count):
            digit = draw.choice("1234567890")
            whole = await asyncio.to_thread(pulse, contact, draw, int(digit) or 10, draw.uniform(0.085, 0.12))
            contact.down()
            await asyncio.sleep(0.5)
            if whole:
                async with asyncio.timeout(20):
                    event = await events.get()
                assert isinstance(event, Dialled)
                assert event.digit == digit
                right += 1
            while not events.empty():
                events.get_nowait()
            if right == count:
                return
    finally:
        reading.cancel()
        part.close()
    pytest.fail(f"this machine is too busy to dial: {right} of {count}")


async def test_digits_with_bounces_are_read_through_the_kernel():
    count = int(os.environ.get("DIALLED_DIGITS", "12"))
    pins = DIALS[: max(1, count // 100)]
    await asyncio.gather(*(read_digits(pin, -(-count // len(pins))) for pin in pins))


async def test_keys_of_a_matrix_are_read_through_the_kernel(monkeypatch):
    keypad, decoder = GpioKeypad(ROWS, COLUMNS), KeypadDecoder(LAYOUTS[4])
    keys, drive_low = KeyMatrix(ROWS, COLUMNS), gpio._drive_low

    def drive_low_and_lead(pin):
        drive_low(pin)
        keys.lead()

    monkeypatch.setattr(gpio, "_drive_low", drive_low_and_lead)
    events: asyncio.Queue[KeypadEvent] = asyncio.Queue()
    reading = asyncio.create_task(run_contacts([(keypad, decoder.scan)], decoder, decoder.start, events.put_nowait))
    try:
        await asyncio.sleep(0.5)
        for row, column in itertools.product(range(4), range(4)):
            keys.press((row, column))
            async with asyncio.timeout(20):
                event = await events.get()
            assert isinstance(event, KeyPressed)
            assert event.key == LAYOUTS[4][row][column]
            keys.press()
            await asyncio.sleep(0.5)
        keys.press((0, 0), (0, 1))
        await asyncio.sleep(0.5)
        keys.press()
        await asyncio.sleep(0.5)
        assert events.empty()
    finally:
        reading.cancel()
        keypad.close()


async def test_detents_of_a_knob_are_counted_through_the_kernel():
    a, b = ButtonActor(KNOB_A), ButtonActor(KNOB_B)
    a.up()
    b.up()
    parts, knob = (GpioButton(KNOB_A), GpioButton(KNOB_B)), QuadratureDecoder()
    events: asyncio.Queue[Turned] = asyncio.Queue()
    contacts = list(zip(parts, (knob.a, knob.b), strict=True))
    reading = asyncio.create_task(run_contacts(contacts, knob, knob.start, events.put_nowait, hold_s=REORDER_S))
    await asyncio.sleep(0.1)
    try:
        for first, second, sign in ((a, b, 1), (b, a, -1)):
            for _ in range(5):
                for move in (first.down, second.down, first.up, second.up):
                    move()
                    await asyncio.sleep(0.01)
                async with asyncio.timeout(20):
                    event = await events.get()
                assert event.steps * sign > 0
        assert events.empty()
    finally:
        reading.cancel()
        for part in parts:
            part.close()
