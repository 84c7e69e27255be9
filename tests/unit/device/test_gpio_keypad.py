"""A keypad's matrix on gpiozero's mock pins: every key, keys together, and no scan at rest."""

import queue
import random
import threading

import pytest
from tests.rig.key_matrix import MatrixFactory

from callbox_device.gpio import HELD_SCAN_S, GpioKeypad
from callbox_device.interfaces import PartBusy

ROWS, COLUMNS = (5, 6, 13, 19), (12, 16, 20, 21)
WAIT_S = 60


@pytest.fixture
def pins():
    factory = MatrixFactory(ROWS, COLUMNS)
    yield factory
    factory.close()


class Waits(threading.Event):
    """Tells each wait of the keypad for an edge: for how long at most."""

    def __init__(self):
        super().__init__()
        self.seconds: queue.SimpleQueue[float | None] = queue.SimpleQueue()

    def wait(self, timeout=None):
        self.seconds.put(timeout)
        return super().wait(timeout)


@pytest.fixture
def waits():
    return Waits()


@pytest.fixture
def scans(pins, waits):
    """The contacts that were closed, in each scan that differed."""
    found: queue.SimpleQueue[frozenset[tuple[int, int]]] = queue.SimpleQueue()
    keypad = GpioKeypad(ROWS, COLUMNS, pin_factory=pins)
    keypad._woken = waits
    assert keypad.start(lambda scan: found.put(scan.closed)).closed == frozenset()
    yield found
    keypad.close()
    assert found.empty()


def test_each_key_is_reported_when_it_is_pressed_and_released(pins, scans):
    draw = random.Random(5)
    for row, column in draw.sample([(row, column) for row in range(4) for column in range(4)], 16):
        pins.press(row, column)
        assert scans.get(timeout=WAIT_S) == {(row, column)}
        pins.release(row, column)
        assert scans.get(timeout=WAIT_S) == frozenset()


def test_without_a_change_nothing_is_scanned_until_an_edge_comes(pins, scans, waits):
    assert waits.seconds.get(timeout=WAIT_S) is None
    before = pins.scans
    pins.press(2, 2)
    assert scans.get(timeout=WAIT_S) == {(2, 2)}
    assert pins.scans > before
    assert waits.seconds.get(timeout=WAIT_S) == HELD_SCAN_S
    pins.release(2, 2)
    assert scans.get(timeout=WAIT_S) == frozenset()
    while waits.seconds.get(timeout=WAIT_S) is not None:  # of the key that was held
        pass


def test_of_three_corners_the_fourth_seems_closed_too(pins, scans):
    pins.press(0, 0)
    assert scans.get(timeout=WAIT_S) == {(0, 0)}
    pins.press(2, 3)
    assert scans.get(timeout=WAIT_S) == {(0, 0), (2, 3)}
    with pins.lock:
        pins.release(2, 3)
        pins.press(0, 3)
        pins.press(2, 0)
    while (seen := scans.get(timeout=WAIT_S)) != {(0, 0), (0, 3), (2, 0), (2, 3)}:
        assert len(seen) < 4
    with pins.lock:
        for row, column in ((0, 0), (0, 3), (2, 0)):
            pins.release(row, column)
    while scans.get(timeout=WAIT_S):
        pass


def test_a_key_that_is_pressed_as_the_one_above_it_is_released_is_reported_though_no_column_has_an_edge(
    pins, scans, waits
):
    assert waits.seconds.get(timeout=WAIT_S) is None
    pins.press(0, 1)
    assert scans.get(timeout=WAIT_S) == {(0, 1)}
    assert waits.seconds.get(timeout=WAIT_S) == HELD_SCAN_S
    with pins.lock:
        pins.press(3, 1)
        pins.release(0, 1)
    assert scans.get(timeout=WAIT_S) == {(3, 1)}
    pins.release(3, 1)
    assert scans.get(timeout=WAIT_S) == frozenset()


def test_a_key_that_is_down_at_the_start_is_in_the_first_scan(pins):
    pins.press(1, 2)
    keypad = GpioKeypad(ROWS, COLUMNS, pin_factory=pins)
    assert keypad.start(lambda _: None).closed == {(1, 2)}
    keypad.close()


def test_a_pin_that_is_taken_leaves_the_others_free(pins):
    with pytest.raises(PartBusy):
        GpioKeypad(ROWS, (*COLUMNS[:3], ROWS[0]), pin_factory=pins)
    GpioKeypad(ROWS, COLUMNS, pin_factory=pins).close()
