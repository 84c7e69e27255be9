"""An old telephone and a volume knob on lines that the kernel has."""

import asyncio
import itertools
import json
import os
import subprocess
import sys
import time

import pytest
from tests.system.hardware.box import MICROPHONE_LAMP, STATUS_LAMP, WiredBox
from tests.system.hardware.gpio_actor import BUTTON, ButtonActor, KeyMatrix

from callbox.app.contacts import run_contacts
from callbox_device import gpio
from callbox_device.gpio import GpioButton, GpioKeypad
from callbox_device.interfaces import Edge
from callbox_device.model.edge_order import MAX_LATE_S, REORDER_S
from callbox_device.model.keypad import LAYOUTS, KeypadDecoder, KeypadEvent, KeyPressed
from callbox_device.model.quadrature import QuadratureDecoder, Turned
from callbox_device.model.rotary_dial import (
    DEBOUNCE_MS,
    DIGIT_END_S,
    MAX_BREAK_S,
    MAX_MAKE_S,
    MIN_BREAK_S,
    DialEvent,
    Dialled,
    Misdialled,
    RotaryDial,
)

pytestmark = pytest.mark.vpi

HOOK, KNOB_A, KNOB_B = 6, 23, 24
DIALS = (4, 5, 12, 13, 18, 19, 22, 25, 26, 27)
DIGITS = int(os.environ.get("DIALLED_DIGITS", "40"))
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


class DialReader:
    """A dial at `pin` as a box reads it. Notes each edge and each event, with when they came."""

    def __init__(self, pin):
        self.edges: list[tuple[Edge, float]] = []
        self.events: list[DialEvent] = []
        # Without a pull of our own: in gpio-sim one that is asked for is stronger than the actor's. Open is high: a break.
        self._part, self._dial = GpioButton(pin, "none"), RotaryDial()

    async def run(self):
        """Read until cancelled."""
        contacts = [(self._part, self._pulse)]
        try:
            await run_contacts(contacts, self._dial, self._dial.start, self.events.append, hold_s=REORDER_S)
        finally:
            self._part.close()

    def _pulse(self, edge):
        self.edges.append((edge, time.monotonic()))
        return self._dial.pulse(edge)

    def between(self, began_s, ended_s):
        """Edges and events of these seconds, by the kernel's times."""
        edges = [(edge, came_s) for edge, came_s in self.edges if began_s <= edge.at_s <= ended_s]
        return edges, [event for event in self.events if began_s <= event.at_s <= ended_s]


def describe(digit, began_s, edges, events):
    """One that wasn't read: each edge with the kernel's time, and how late it came, in ms."""
    times = " ".join(
        f"{'+' if edge.closed else '-'}{(edge.at_s - began_s) * 1000:.1f}({(came_s - edge.at_s) * 1000:.0f})"
        for edge, came_s in edges
    )
    return f"{digit} was read as {events}: {times}"


def lost_an_edge(edges):
    """Whether gpio-sim lost one: of a line that the kernel reads, no two edges in a row have the same direction."""
    return any(edge.closed == later.closed for (edge, _), (later, _) in itertools.pairwise(edges))


def is_of_a_dial(edges):
    """Whether breaks and makes are, by the kernel's times, as long as a dial's."""
    began_s = [edges[0][0].at_s]
    for (before, _), (edge, _) in itertools.pairwise(edges):
        if edge.at_s - before.at_s > DEBOUNCE_MS / 1000:
            began_s.append(edge.at_s)
    lengths_s = [later_s - at_s for at_s, later_s in itertools.pairwise(began_s)]
    return all(MIN_BREAK_S < length_s < MAX_BREAK_S for length_s in lengths_s[::2]) and all(
        length_s < MAX_MAKE_S for length_s in lengths_s[1::2]
    )


def too_late(edges):
    """Whether one came later than a box waits for it."""
    return any(came_s - edge.at_s > MAX_LATE_S for edge, came_s in edges)


async def read_digits(count, pins, seed=20):
    """Dial `count` digits at each of `pins`. Returns how many were read right; those that were read as another one or not
    at all; those that were refused, since gpio-sim lost an edge; how many this machine was too slow for: to dial them, by
    the dial's clock or the kernel's, or to tell of their edges before a box gives up waiting for them.
    """
    readers = {pin: DialReader(pin) for pin in pins}
    reading = [asyncio.create_task(reader.run()) for reader in readers.values()]
    await asyncio.sleep(0.1)
    command = [sys.executable, "-m", "tests.system.hardware.dialler", *map(str, (seed, count, *pins))]
    dialling = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
    try:
        output, _ = await dialling.communicate()
        assert dialling.returncode == 0
        await asyncio.sleep(MAX_LATE_S + 2)  # the end of a digit is waited for as long as edges were late
    finally:
        if dialling.returncode is None:
            dialling.kill()
        for task in reading:
            task.cancel()
        await asyncio.wait(reading)
    right, slow, wrong, refused = 0, 0, [], []
    for pin, _, digit, began_s, ended_s, was_fast in map(json.loads, output.splitlines()):
        edges, events = readers[pin].between(began_s - 0.01, ended_s + DIGIT_END_S + 0.1)
        if not was_fast:
            slow += 1
        elif len(events) == 1 and isinstance(events[0], Dialled) and events[0].digit == digit:
            right += 1
        elif any(isinstance(event, Dialled) for event in events):
            wrong.append(describe(digit, began_s, edges, events))
            print(wrong[-1])
        elif too_late(edges) or (edges and not lost_an_edge(edges) and not is_of_a_dial(edges)):
            slow += 1
        elif lost_an_edge(edges) and events and all(isinstance(event, Misdialled) for event in events):
            refused.append(describe(digit, began_s, edges, events))
            print(refused[-1])
        else:
            wrong.append(describe(digit, began_s, edges, events))
    late_s = max((came_s - edge.at_s for reader in readers.values() for edge, came_s in reader.edges), default=0.0)
    edges_number = sum(len(reader.edges) for reader in readers.values())
    print(
        f"{right} digits right, {len(wrong)} wrong, {len(refused)} refused, {slow} that this machine was too slow to dial; "
        f"{edges_number} edges, the latest came {late_s * 1000:.0f} ms after its time by the kernel"
    )
    return right, wrong, refused, slow


@pytest.mark.timeout(300 + DIGITS)
async def test_digits_with_bounces_are_read_through_the_kernel(capsys):
    right, rounds = 0, 0
    while right < DIGITS:
        with capsys.disabled():
            more, wrong, refused, slow = await read_digits(-(-(DIGITS - right) // len(DIALS)), DIALS, rounds)
        assert wrong == []
        assert 200 * len(refused) <= more + 200, refused  # 13 of 7,920 were seen on a busy machine
        assert more, f"this machine is too busy to dial: {slow}"
        right, rounds = right + more, rounds + 1


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
