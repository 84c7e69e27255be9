"""Report descriptors of HID devices."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.rig.hid_descriptors import (
    LINE_BUSY,
    LINE_IDLE,
    LINE_MUTED,
    OFF_HOOK,
    ON_HOOK,
    PHONE_MUTE,
    SPEAKERPHONE,
    VOLUME_UP,
)

from callbox_device.model.hid_report import ReportDescriptor, output_reports, parse_descriptor, value_of
from callbox_device.model.key_codes import HID_USAGES, MUTE_LED, OFF_HOOK_LED

HOOK, FLASH, MUTE = HID_USAGES["HID_HOOK_SWITCH"], HID_USAGES["HID_FLASH"], HID_USAGES["HID_PHONE_MUTE"]


def field(descriptor, usage):
    found = descriptor.find("input", usage)
    assert found
    return found


def test_a_speakerphones_usages_are_found_where_they_are():
    descriptor = parse_descriptor(SPEAKERPHONE)
    found = [field(descriptor, usage) for usage in (HOOK, MUTE, FLASH, 0x0C00E9)]
    assert [(each.report_id, each.bit, each.size) for each in found] == [(3, 0, 1), (3, 4, 1), (3, 5, 1), (1, 1, 1)]
    assert descriptor.find("output", HOOK) is None
    assert {key: bits for key, bits in descriptor.bits.items() if key[1] == 3} == {("input", 3): 16, ("output", 3): 16}


def test_reports_are_read():
    descriptor = parse_descriptor(SPEAKERPHONE)
    hook, mute = field(descriptor, HOOK), field(descriptor, MUTE)
    others = [VOLUME_UP, b"\x03", b""]
    assert [value_of(hook, report) for report in (OFF_HOOK, PHONE_MUTE, ON_HOOK, *others)] == [
        1,
        1,
        0,
        None,
        None,
        None,
    ]
    assert [value_of(mute, report) for report in (OFF_HOOK, PHONE_MUTE, ON_HOOK)] == [0, 1, 0]


def test_leds_are_set_in_reports_of_full_length():
    descriptor = parse_descriptor(SPEAKERPHONE)
    reports = [
        output_reports(descriptor, {OFF_HOOK_LED: on, MUTE_LED: muted}) for on, muted in ((0, 0), (1, 0), (1, 1))
    ]
    assert reports == [(LINE_IDLE,), (LINE_BUSY,), (LINE_MUTED,)]
    assert output_reports(descriptor, {0x080099: 1}) == ()


def test_without_report_ids():
    # Usages by their minimum and maximum; a number of 8 bits; push and pop; a long item; a usage with its page.
    descriptor = parse_descriptor(
        bytes.fromhex("05 0B A4 05 0C B4 FE 01 00 00 19 20 29 21 75 08 95 02 81 02 0B 2F 00 0B 00 75 01 95 01 81 02")
    )
    hook, flash, mute = (field(descriptor, usage) for usage in (HOOK, FLASH, MUTE))
    assert (hook.bit, flash.bit, mute.bit) == (0, 8, 16)
    assert value_of(flash, b"\x00\x07\x01") == 7
    assert value_of(mute, b"\x00\x07\x01") == 1


def test_the_last_usage_stands_for_the_rest_and_arrays_are_left_out():
    descriptor = parse_descriptor(bytes.fromhex("05 0B 09 20 75 01 95 02 81 02 09 21 75 08 95 01 81 00 B1 02"))
    assert [(field.kind, field.usage, field.bit) for field in descriptor.fields] == [
        ("input", HOOK, 0),
        ("input", HOOK, 1),
    ]
    assert descriptor.bits == {("input", 0): 10, ("feature", 0): 8}


def test_a_range_of_usages_that_no_report_could_hold_is_left_out():
    descriptor = parse_descriptor(bytes.fromhex("1B 00 00 0B 00 2B FF FF FF 7F 75 01 95 01 81 02"))
    assert descriptor.fields == ()


@pytest.mark.parametrize("damaged", ["05", "09 20 95", "B4", "75 FF 96 FF FF 81 02", "FE", "85 00", "86 00 01"])
def test_a_damaged_descriptor_is_an_error(damaged):
    with pytest.raises(ValueError, match=r"it|a report|no report"):
        parse_descriptor(bytes.fromhex(damaged))


@given(st.binary(max_size=200))
def test_any_bytes_are_a_descriptor_or_an_error(data):
    try:
        descriptor = parse_descriptor(data)
    except ValueError:
        return
    assert isinstance(descriptor, ReportDescriptor)
    for field in descriptor.fields:
        assert field.bit + field.size <= descriptor.bits[field.kind, field.report_id]
