"""Frames on the wire, against the datasheets."""

import pytest
from hypothesis import given, strategies

from callbox_device.model.pixel_frames import WS2812_HZ, apa102_frame, bits, components, ws2812_frame

colors = strategies.tuples(*[strategies.floats(0, 1)] * 3)


def test_apa102_frames_are_those_of_the_datasheet():
    """Start frame 32 zeros; 111 and 5 bits of brightness, blue, green, red; end frame."""
    assert apa102_frame([(1.0, 0.5, 0.0)]) == bytes.fromhex("00000000 ff0080ff 0000000000")
    assert apa102_frame([(1.0, 0.5, 0.0)], "rgb")[4:8] == bytes.fromhex("ffff8000")


@pytest.mark.parametrize(("pixels", "clocks"), [(1, 40), (12, 40), (17, 48), (256, 160)])
def test_the_end_frame_has_half_a_clock_a_pixel_beside_the_32_zeros(pixels, clocks):
    frame = apa102_frame([(1.0, 1.0, 1.0)] * pixels)
    assert frame[4 + 4 * pixels :] == bytes(clocks // 8)
    assert clocks - 32 >= pixels / 2


def pulses(data):
    """Length of each pulse in ns: high, low."""
    found: list[list[float]] = []
    clock_ns = 1e9 / WS2812_HZ
    for bit in bits(data):
        if bit and (not found or found[-1][1]):
            found.append([0.0, 0.0])
        if found:
            found[-1][0 if bit else 1] += clock_ns
    return found


LIMITS = {  # ns: T0H, T0L, T1H, T1L of the datasheets
    "ws2812": ((250, 550), (700, 1000), (650, 950), (300, 600)),
    "sk6812": ((150, 450), (750, 1050), (450, 750), (450, 750)),
}


@pytest.mark.parametrize("chip", LIMITS)
@given(color=colors, more=colors)
def test_every_pulse_keeps_the_limits_of_the_datasheet_and_is_its_bit(chip, color, more):
    data = ws2812_frame([color, more], chip=chip)
    wanted = list(bits(components(color, "grb") + components(more, "grb")))
    found = pulses(data)
    assert len(found) == len(wanted) == 48
    for (high, low), bit in zip(found[:-1], wanted[:-1], strict=True):
        t0h, t0l, t1h, t1l = LIMITS[chip]
        for length, limits in ((high, t1h if bit else t0h), (low, t1l if bit else t0l)):
            assert limits[0] <= length <= limits[1]
    assert data[0] == 0  # the line is quiet before the first bit
    assert found[-1][1] >= 280_000  # and shows the frame: WS2812B-V5


def test_ws2812_bytes():
    """Green 0xff, red 0, blue 0: eight 1110, sixteen 1000."""
    assert ws2812_frame([(0.0, 1.0, 0.0)])[1:13] == bytes.fromhex("eeeeeeee 88888888 88888888")
    assert ws2812_frame([(0.0, 1.0, 0.0)], "grbw", "sk6812")[1:17] == bytes.fromhex("cccccccc" + "88888888" * 3)
