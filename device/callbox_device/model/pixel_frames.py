"""Frames of pixels as bytes on a wire. Pure."""

from collections.abc import Iterator, Sequence

from callbox_device.interfaces import Color
from callbox_device.model.light_specs import Chip, Order

WS2812_HZ = 3_200_000
"""Four SPI clocks of 312.5 ns make a bit of 1.25 us."""

_ONE: dict[Chip, int] = {"ws2812": 0b1110, "sk6812": 0b1100}
"""A 1 in four clocks: high for 938 ns (WS2812B: 650 to 950, WS2812B-V5: 580 to 1000) or 625 ns (SK6812: 450 to 750).
A 0 is high for 312 ns on both (WS2812B: 250 to 550, V5: 220 to 380, SK6812: 150 to 450).
"""
_ZERO = 0b1000
_RESET = bytes(120)
"""Low for 300 us, which shows the frame (WS2812B: 50 us, WS2812B-V5: 280 us, SK6812: 80 us)."""
_QUIET = bytes(1)
"""Low before the first bit: whatever the line does while the clock starts is no bit."""


def components(color: Color, order: Order) -> bytes:
    """`color` in bytes of 0 to 255, in `order`."""
    levels = {"w": 0} | {name: round(255 * share) for name, share in zip("rgb", color, strict=True)}
    return bytes(levels[name] for name in order)


def apa102_frame(colors: Sequence[Color], order: Order = "bgr") -> bytes:
    """Frame of the APA102's datasheet: 32 zeros; per pixel 111, five bits of brightness (always 31), and three bytes.

    The end frame clocks the data through: half a clock a pixel, and 32 zeros that latch an SK9822 too.
    """
    pixels = b"".join(b"\xff" + components(color, order) for color in colors)
    return bytes(4) + pixels + bytes(4 + (len(colors) + 15) // 16)


def ws2812_frame(colors: Sequence[Color], order: Order = "grb", chip: Chip = "ws2812") -> bytes:
    """Bytes that MOSI sends at `WS2812_HZ`: four bits for each bit of the datasheet, highest first; then the reset."""
    one, sent = _ONE[chip], bytearray(_QUIET)
    for color in colors:
        for byte in components(color, order):
            for high in (7, 5, 3, 1):
                pair = (byte >> (high - 1)) & 0b11
                sent.append((one if pair & 2 else _ZERO) << 4 | (one if pair & 1 else _ZERO))
    return bytes(sent) + _RESET


def bits(data: bytes) -> Iterator[int]:
    """Each bit of `data`, highest first."""
    return ((byte >> place) & 1 for byte in data for place in range(7, -1, -1))
