"""The box at the kernel's own pins: gestures of the button."""

import signal
import time

import pytest

pytestmark = pytest.mark.pi

UP = ["initializing", "initialized", "authenticating", "authenticated", "connecting", "connected", "ready"]


def test_a_press_calls_and_the_next_one_hangs_up(box):
    box.button.press()
    box.until("ready")
    time.sleep(0.3)  # else it is a double press
    box.button.press()
    box.until("disconnected")
    assert box.transports[1:] == [*UP, "disconnecting", "disconnected"]
    box.is_reported(lambda: box.gestures == ["press", "release", "press", "release"])


@pytest.mark.parametrize("apart_ms", [1, 5, 20])
def test_a_worn_contact_is_one_press(box, bot, apart_ms):
    bot.be("404")
    bounced = 0
    for _ in range(20):
        gap_ms = box.button.bounce(9, apart_ms)
        time.sleep(0.2)
        gap_ms = max(gap_ms, box.button.bounce(9, apart_ms, down=False))
        time.sleep(0.4)  # longer than debouncing and a double press
        if gap_ms < 40:  # of 50 ms that swallow bounces; else this machine had other things to do
            bounced += 1
            box.is_reported(lambda: box.gestures == ["press", "release"])
        box.forget()
        if bounced == 4:
            return
    pytest.fail(f"this machine is too busy to bounce: {bounced} of 4")


def test_a_spike_on_the_wire_is_no_press(box):
    spikes = 0
    while spikes < 10:
        began_s = time.monotonic()
        box.button.press(0.002)
        is_short = time.monotonic() - began_s < 0.04
        time.sleep(0.1)
        if is_short:
            spikes += 1
        else:
            box.hang_up()
    time.sleep(0.3)
    assert box.gestures == []
    box.button.press()
    box.is_reported(lambda: box.gestures == ["press", "release"])


def test_hold_is_reported_once_while_it_lasts_and_acts_as_a_press(box):
    began_s = time.monotonic()
    box.button.down()
    box.is_reported(lambda: box.gestures == ["press", "long_press"])
    assert box.held_ms == [600]
    box.until("ready")
    time.sleep(1)
    held_ms = (time.monotonic() - began_s) * 1000
    box.button.up()
    box.is_reported(lambda: box.gestures == ["press", "long_press", "release"])
    assert box.held_ms[1] == pytest.approx(held_ms, abs=100)
    # After the calls of other tests some of its states may be withheld by MQTT's rate limit.
    assert box.transports[1:] == [state for state in UP if state in box.transports[1:]]
    assert box.transports[-1] == "ready"


def test_a_double_press_calls_once(box):
    box.button.press(0.08)
    time.sleep(0.08)
    box.button.press(0.08)
    box.until("ready")
    box.is_reported(lambda: box.gestures == ["press", "release", "double_press", "release"])
    # Once, whatever MQTT's rate limit withholds.
    assert box.transports[1:] == [state for state in UP if state in box.transports[1:]]


@pytest.mark.parametrize("held_s", [0.3, 2.5])  # lgpio sorts edges more than 2.1 s apart the wrong way round
def test_a_press_while_the_box_is_too_busy_to_see_it_counts_and_is_as_long_as_it_was(box, held_s):
    box.process.send_signal(signal.SIGSTOP)
    try:
        began_s = time.monotonic()
        box.button.press(held_s)
        held_ms = (time.monotonic() - began_s) * 1000
        time.sleep(0.5)
    finally:
        box.process.send_signal(signal.SIGCONT)
    box.is_reported(lambda: [gesture for gesture in box.gestures if gesture != "long_press"] == ["press", "release"])
    assert box.held_ms[-1] == pytest.approx(held_ms, abs=50)
    box.until("ready")


def test_more_edges_than_the_kernel_keeps_leave_no_button_stuck(box, bot):
    bot.be("404")
    box.process.send_signal(signal.SIGSTOP)
    try:
        box.button.bounce(61)
        box.button.up()
    finally:
        box.process.send_signal(signal.SIGCONT)
    time.sleep(0.5)
    for _ in range(2):
        box.button.press()
        time.sleep(0.5)
    box.is_reported(lambda: box.gestures[-4:] == ["press", "release"] * 2)
