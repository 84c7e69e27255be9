"""A light at a device file that comes later than the box."""

import pytest

from callbox_device.color_light import ColorLight
from callbox_device.interfaces import PartMissing
from callbox_device.lights import LightPlaces, open_light
from callbox_device.model.led_patterns import BLACK, GREEN
from callbox_device.model.light_specs import Apa102
from callbox_device.model.pixel_frames import apa102_frame


@pytest.fixture
def places(tmp_path):
    (tmp_path / "dev").mkdir()
    return LightPlaces(root=tmp_path, ioctl=lambda *_: 0)


def test_until_its_file_is_there_the_light_is_dark_and_lighting_it_says_why(places):
    light = open_light(Apa102(3, spi="0.0"), microphone_pixels=(1,), places=places, may_be_missing=True)
    assert isinstance(light, ColorLight)
    microphone = light.microphone_lamp()
    light.show((BLACK,) * 2)
    with pytest.raises(PartMissing, match="SPI is off"):
        microphone.set(1.0)
    assert light.speech_pixel() is None
    file = places.root / "dev/spidev0.0"
    file.touch()
    microphone.set(1.0)
    assert file.read_bytes().endswith(apa102_frame((BLACK, (1.0, 0.0, 0.0), BLACK)))
    assert light.speech_pixel() is None
    light.show((GREEN.color,) * 2)
    microphone.close()
    light.close()
    assert file.read_bytes().endswith(apa102_frame((BLACK,) * 3))


def test_a_light_that_never_came_can_be_closed(places):
    open_light(Apa102(3, spi="0.0"), places=places, may_be_missing=True).close()
    with pytest.raises(PartMissing):
        open_light(Apa102(3, spi="0.0"), places=places)
