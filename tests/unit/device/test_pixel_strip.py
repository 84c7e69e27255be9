"""Strips of pixels, watched at the pins and at SPI's file."""

import struct

import pytest

from callbox_device import lamps_off
from callbox_device.color_light import ColorLight
from callbox_device.interfaces import PartBusy, PartFailed, PartMissing
from callbox_device.lights import LightPlaces, open_light
from callbox_device.model.led_patterns import BLACK, GREEN
from callbox_device.model.light_specs import Apa102, PinLamp, Ws2812
from callbox_device.model.pixel_frames import apa102_frame, ws2812_frame

RED = (1.0, 0.0, 0.0)


class Apa102Eye:
    """Reads data at each rising edge of the clock, as the chips do, and decodes whole frames."""

    def __init__(self, pins, data, clock):
        self.bits: list[int] = []
        self._data, self._level = pins.pin(f"GPIO{data}"), 0
        pin = pins.pin(f"GPIO{clock}")
        set_state = pin._set_state

        def watched(value):
            set_state(value)
            if value and not self._level:
                self.bits.append(int(bool(self._data.state)))
            self._level = value

        pin._set_state = watched

    def frame(self, pixels):
        """Brightness, blue, green, red of each pixel of the last frame."""
        whole = bytes(int("".join(map(str, self.bits[at : at + 8])), 2) for at in range(0, len(self.bits), 8))
        last = whole[-(8 + 4 * pixels + (pixels + 15) // 16) :]
        assert last[:4] == bytes(4)
        return [tuple(last[at : at + 4]) for at in range(4, 4 + 4 * pixels, 4)]


def test_two_pins_send_what_apa102s_decode(pins):
    eye = Apa102Eye(pins, 5, 6)
    spec = Apa102(3, data_pin=5, clock_pin=6)
    light = open_light(spec, full=0.5, microphone_pixels=(1,), places=LightPlaces(pins))
    assert isinstance(light, ColorLight)
    assert eye.frame(3) == [(255, 0, 0, 0)] * 3
    microphone = light.microphone_lamp()
    light.show((GREEN.color, BLACK))
    microphone.set(1.0)
    assert eye.frame(3) == [(255, 26, 128, 0), (255, 0, 0, 128), (255, 0, 0, 0)]
    sent = len(eye.bits)
    light.show((GREEN.color, BLACK))
    assert len(eye.bits) == sent
    light.close()
    assert eye.frame(3) == [(255, 0, 0, 0), (255, 0, 0, 128), (255, 0, 0, 0)]
    microphone.close()
    assert eye.frame(3) == [(255, 0, 0, 0)] * 3
    open_light(PinLamp(6), places=LightPlaces(pins)).close()


def test_a_clock_pin_that_is_in_use_leaves_the_data_pin_free(pins):
    lamp = open_light(PinLamp(6), places=LightPlaces(pins))
    with pytest.raises(PartBusy, match="GPIO 6"):
        open_light(Apa102(3, data_pin=5, clock_pin=6), places=LightPlaces(pins))
    open_light(PinLamp(5), places=LightPlaces(pins)).close()
    lamp.close()


class Spi:
    """A folder with SPI's file, and the ioctls that were made."""

    def __init__(self, root):
        self.file = root / "dev/spidev0.1"
        self.calls: list[tuple[int, bytes]] = []
        self.file.parent.mkdir()
        self.file.write_bytes(b"")
        self.places = LightPlaces(root=root, ioctl=lambda _fd, request, data: self.calls.append((request, data)))


@pytest.fixture
def spi(tmp_path):
    return Spi(tmp_path)


def test_spi_gets_mode_speed_and_whole_frames(spi):
    light = open_light(Apa102(2, spi="0.1"), places=spi.places)
    assert spi.calls == [(0x40016B01, b"\0"), (0x40046B04, struct.pack("=I", 1_000_000))]
    assert isinstance(light, ColorLight)
    light.show((RED, BLACK))
    light.close()
    frames = [apa102_frame(frame) for frame in ((BLACK, BLACK), (RED, BLACK), (BLACK, BLACK))]
    assert spi.file.read_bytes() == b"".join(frames)


@pytest.mark.parametrize("chip", ["ws2812", "sk6812"])
def test_ws2812_at_mosi(spi, chip):
    light = open_light(Ws2812(1, "0.1", "rgb", chip), microphone_pixels=(0,), places=spi.places)
    assert spi.calls[1] == (0x40046B04, struct.pack("=I", 3_200_000))
    assert isinstance(light, ColorLight)
    light.microphone_lamp().set(1.0)
    assert spi.file.read_bytes().endswith(ws2812_frame([RED], "rgb", chip))


def test_spi_that_is_off_is_reported_with_what_to_do(spi):
    with pytest.raises(PartMissing, match=r"no .*/spidev1.0: there is .*/spidev0.1, so this chip select is"):
        open_light(Apa102(2, spi="1.0"), places=spi.places)
    spi.file.unlink()
    with pytest.raises(PartMissing, match=r"no .*/spidev1.0: SPI is off. Write dtparam=spi=on into config.txt"):
        open_light(Apa102(2, spi="1.0"), places=spi.places)
    spi.file.mkdir()
    with pytest.raises(PartFailed, match="can't be used: Is a directory"):
        open_light(Apa102(2, spi="0.1"), places=spi.places)


def test_spi_that_refuses_its_speed_is_closed(spi):
    def refuse(_fd, _request, _data):
        raise OSError(22, "Invalid argument")

    with pytest.raises(PartFailed, match="Invalid argument"):
        open_light(Apa102(2, spi="0.1"), places=LightPlaces(root=spi.places.root, ioctl=refuse))


def test_a_box_that_has_crashed_leaves_no_pixel_lit(spi, tmp_path):
    lamps_off.save([Apa102(2, spi="0.1")], {"RUNTIME_DIRECTORY": str(tmp_path)})
    lamps_off.darken((tmp_path / lamps_off.NAME).read_text(), (), spi.places)
    assert spi.file.read_bytes() == apa102_frame((BLACK, BLACK))
