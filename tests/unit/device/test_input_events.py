"""Bytes of a kernel input device."""

import re
import struct
from pathlib import Path

import pytest

from callbox_device.model.input_events import EVENT_BYTES, KeyChange, KeyTracker, bits
from callbox_device.model.key_codes import HID_USAGES, KEY_CODES

HEADER = Path("/usr/include/linux/input-event-codes.h")
PHONE, MUTE = KEY_CODES["KEY_PHONE"], KEY_CODES["KEY_MICMUTE"]
SYN, KEY, MSC = 0, 1, 4
DROPPED = 3


def event(kind, code, value, at_s=1.0):
    return struct.pack("@llHHi", int(at_s), round(at_s % 1 * 1e6), kind, code, value)


def test_an_event_is_as_long_as_the_kernels_on_a_machine_of_64_bits():
    assert struct.calcsize("P") != 8 or EVENT_BYTES == 24


def test_a_press_and_a_release_have_the_kernels_times():
    data = event(MSC, 4, 0xB002F) + event(KEY, PHONE, 1, 2.25) + event(SYN, 0, 0) + event(KEY, PHONE, 0, 2.5)
    keys = KeyTracker()
    assert keys.feed(data) == [KeyChange(PHONE, True, 2.25), KeyChange(PHONE, False, 2.5)]
    assert keys.pressed == set()


def test_auto_repeat_and_repeated_levels_are_no_change():
    keys = KeyTracker([PHONE])
    assert keys.feed(event(KEY, PHONE, 1) + event(KEY, PHONE, 2) + event(KEY, MUTE, 0)) == []
    assert keys.pressed == {PHONE}


def test_half_an_event_at_the_end_is_left_out():
    assert KeyTracker().feed(event(KEY, PHONE, 1)[:-1]) == []


def test_after_dropped_events_the_state_counts():
    keys = KeyTracker()
    assert len(keys.feed(event(KEY, PHONE, 1) + event(SYN, DROPPED, 0) + event(KEY, MUTE, 1))) == 1
    assert keys.needs_state
    assert keys.resync({MUTE}, 9.0) == [KeyChange(PHONE, False, 9.0), KeyChange(MUTE, True, 9.0)]
    assert not keys.needs_state


def test_a_mask_has_its_bits():
    assert bits(b"\x01\x80\x00\x02") == {0, 15, 25}


@pytest.mark.skipif(not HEADER.exists(), reason="no header of the kernel here")
def test_names_and_numbers_are_the_kernels():
    found = dict(re.findall(r"^#define ((?:KEY|BTN)_\w+)\s+(0x[0-9a-f]+|\d+)\b", HEADER.read_text(), re.MULTILINE))
    assert {name: int(found[name], 0) for name in KEY_CODES} == KEY_CODES


def test_every_key_has_a_number_of_its_own():
    numbers = [*KEY_CODES.values(), *HID_USAGES.values()]
    assert len(set(numbers)) == len(numbers)
