"""What the lamps show, read back from the kernel and compared with the table of patterns."""

import random
import time

import pytest
from tests.rig.starvation import Starvation
from tests.system.hardware.box import MICROPHONE_LAMP, STATUS_LAMP
from tests.system.hardware.gpio_actor import Eye, line_folder

from callbox.control.faults import Fault, Problem
from callbox.control.lamps import STATES, error_pattern
from callbox_device.gpio import GpioLamp
from callbox_device.model.led_patterns import brightness_at, next_change_ms

pytestmark = pytest.mark.vpi

STEP_MS = 10
DIMMED = 24
TABLE = {state.value: pattern for state, pattern in STATES.items() if pattern.repeat} | {
    fault.code: error_pattern(Problem(fault, "")) for fault in Fault
}
MOODS = {
    "ready": "good",
    "authenticating": "never",
    "connecting": "offer never",
    "connected": "never ready",
    "bot_refused": "404",
    "bot_failed": "fatal",
}
"""Which bot keeps the box in a state, or leaves it with a problem. The first call loads libraries: lamps may wait."""


def seen(pin, for_s):
    """The level in each `STEP_MS`."""
    with Eye(pin) as eye:
        time.sleep(for_s)
    began_s, levels, place = eye.seen[pin][0][0], [], 0
    for step in range(round(for_s * 1000 / STEP_MS)):
        while place + 1 < len(eye.seen[pin]) and eye.seen[pin][place + 1][0] <= began_s + step * STEP_MS / 1000:
            place += 1
        levels.append(eye.seen[pin][place][1])
    return levels


def agreement(levels, pattern):
    """The share of `levels` that are as `pattern` has it, at the best of all beginnings of it."""
    steps = range(0, int(pattern.length_ms), STEP_MS)
    displayed = [brightness_at(pattern, step + STEP_MS / 2) >= 0.5 for step in steps]

    def share(shift):
        return sum(level == displayed[(step + shift) % len(displayed)] for step, level in enumerate(levels)) / len(
            levels
        )

    return share(0) if next_change_ms(pattern, 0) is None else max(map(share, range(len(displayed))))


@pytest.mark.parametrize("state", ["disconnected", *MOODS])
def test_each_state_has_its_own_pattern(box, bot, state):
    bot.be(MOODS.get(state, "good"))
    if state != "disconnected":
        box.button.press()
    elif box.states[-1]["transport"] == "error":  # which shows until the next call
        box.button.press()
        box.until("ready")
        box.hang_up()
    box.until(lambda reported: state in (reported["transport"], reported["problem"]))
    time.sleep(0.2)
    length_s = TABLE[state].length_ms / 1000
    for _ in range(3):
        with Starvation() as machine:
            levels = seen(STATUS_LAMP, 1.3 * length_s if length_s > 2 else 2.5)
            stalled = machine.had_no_time
        assert state in (box.states[-1]["transport"], box.states[-1]["problem"])
        found = {name: agreement(levels, pattern) for name, pattern in TABLE.items()}
        if found[state] > 0.93:
            break
        assert stalled, (found, str(machine))  # such a machine shows the pattern late
    assert max(found, key=lambda name: found[name]) == state, found


def test_a_dimmed_lamp_is_lit_for_its_share_of_the_time():
    lamp = GpioLamp(DIMMED)
    try:
        for brightness in (0.0, 0.3, 0.7, 1.0):
            lamp.set(brightness)
            assert lamp.is_lit == (brightness > 0)
            time.sleep(0.05)  # a round of 10 ms may still be on
            with Eye(24) as eye:
                time.sleep(0.6)
            looks = eye.looks[24]
            assert sum(level for _, level in looks) / len(looks) == pytest.approx(brightness, abs=0.1)
    finally:
        lamp.close()


@pytest.fixture
def lines_without_pull():
    """gpio-sim shows a line that is given back as its pull, which a button that was on it has left."""
    for pin in (STATUS_LAMP, MICROPHONE_LAMP, DIMMED):
        (line_folder(pin) / "pull").write_text("pull-down")


@pytest.mark.usefixtures("lines_without_pull")
def test_a_dimmed_lamp_is_dark_when_it_was_closed_in_a_round_of_its_pwm():
    draw, after = random.Random(24), []
    for _ in range(100):
        lamp = GpioLamp(DIMMED)
        lamp.set(0.7)
        time.sleep(0.03 + draw.random() * 0.02)
        lamp.close()
        time.sleep(0.02)  # what the round still does
        after.append(int((line_folder(DIMMED) / "value").read_text()))
    assert after == [0] * 100


@pytest.mark.usefixtures("lines_without_pull")
def test_the_lamps_are_dark_at_the_end(box):
    box.button.press()
    box.until("ready")
    with Eye(STATUS_LAMP) as eye:
        assert box.end() == 0, box.journal
    assert [level for _, level in eye.seen[STATUS_LAMP]][-1] == 0
