"""Lights of the kernel's LED class, as files in a folder like /sys/class/leds."""

import pytest

from callbox_device import lamps_off
from callbox_device.color_light import ColorLight
from callbox_device.interfaces import PartFailed, PartMissing
from callbox_device.led_class import LedClassDriver
from callbox_device.lights import LightPlaces, open_light
from callbox_device.model.light_specs import LedClass, LedClassRgb


@pytest.fixture
def root(tmp_path):
    for name, files in {
        "ACT": {"brightness": "255", "max_brightness": "255", "trigger": "none [mmc0] timer"},
        "multicolor:status": {
            "brightness": "0", "max_brightness": "100", "multi_index": "green red blue", "multi_intensity": "0 0 0",
        },
    }.items():  # fmt: skip
        folder = tmp_path / "sys/class/leds" / name
        folder.mkdir(parents=True)
        for file, text in files.items():
            (folder / file).write_text(f"{text}\n")
    return tmp_path


def read(root, name, file):
    return (root / "sys/class/leds" / name / file).read_text().strip()


def test_an_led_without_colour_is_taken_from_its_trigger_and_is_as_bright_as_wanted(root):
    light = open_light(LedClass("ACT"), places=LightPlaces(root=root))
    assert (read(root, "ACT", "trigger"), read(root, "ACT", "brightness")) == ("none", "0")
    assert isinstance(light, ColorLight)
    light.show(((0.0, 0.4, 0.1),))
    assert read(root, "ACT", "brightness") == "102"
    light.close()
    assert read(root, "ACT", "brightness") == "0"


def test_an_led_that_is_on_or_off_is_never_dimmed(root):
    (root / "sys/class/leds/ACT/max_brightness").write_text("1\n")
    light = open_light(LedClass("ACT"), full=0.2, places=LightPlaces(root=root))
    light.dim_to(0.1)
    levels = []
    for brightness in (0.0, 0.4, 0.5, 1.0):
        light.set(brightness)
        levels.append(read(root, "ACT", "brightness"))
    assert levels == ["0", "0", "1", "1"]


def test_an_led_of_few_steps_is_lit_however_dim_it_shall_be(root):
    (root / "sys/class/leds/ACT/max_brightness").write_text("15\n")
    light = open_light(LedClass("ACT"), full=0.01, places=LightPlaces(root=root))
    light.set(0.5)
    assert read(root, "ACT", "brightness") == "1"
    light.set(0.0)
    assert read(root, "ACT", "brightness") == "0"


@pytest.mark.parametrize("may_be_missing", [False, True])
def test_three_leds_that_are_on_or_off_are_never_dimmed(root, may_be_missing):
    for name in ("red", "green", "blue"):
        folder = root / f"sys/class/leds/{name}"
        folder.mkdir()
        for file, text in (("brightness", "0"), ("max_brightness", "1")):
            (folder / file).write_text(text)
    spec = LedClassRgb("red", "green", "blue")
    places = LightPlaces(root=root)
    light = open_light(spec, full=0.2, microphone_pixels=(0,), places=places, may_be_missing=may_be_missing)
    assert isinstance(light, ColorLight)
    light.show(((0.0, 0.5, 0.3),))
    light.microphone_lamp().set(0.5)
    assert [read(root, name, "brightness") for name in ("red", "green", "blue")] == ["1", "1", "0"]


def test_a_multicolour_led_gets_its_components_in_its_own_order(root):
    light = open_light(LedClass("multicolor:status"), microphone_pixels=(0,), places=LightPlaces(root=root))
    assert isinstance(light, ColorLight)
    light.show(((0.0, 0.5, 1.0),))
    assert read(root, "multicolor:status", "multi_intensity") == "50 0 100"
    light.microphone_lamp().set(1.0)
    assert read(root, "multicolor:status", "multi_intensity") == "50 100 100"
    assert read(root, "multicolor:status", "brightness") == "100"


def test_an_led_without_colour_has_no_part_for_the_microphone(root):
    with pytest.raises(PartFailed, match="no red component"):
        open_light(LedClass("ACT"), microphone_pixels=(0,), places=LightPlaces(root=root))


def test_three_leds_are_one_pixel_and_red_is_the_microphones(root):
    for number in (1, 2, 3):
        folder = root / f"sys/class/leds/ktd202x:led{number}"
        folder.mkdir()
        for file, text in (("brightness", "9"), ("max_brightness", "255"), ("trigger", "[timer] none")):
            (folder / file).write_text(text)
    spec = LedClassRgb("ktd202x:led1", "ktd202x:led2", "ktd202x:led3")
    light = open_light(spec, microphone_pixels=(0,), places=LightPlaces(root=root))
    assert isinstance(light, ColorLight)
    levels = lambda: [int(read(root, f"ktd202x:led{number}", "brightness")) for number in (1, 2, 3)]  # noqa: E731
    assert levels() == [0, 0, 0]
    light.show(((1.0, 0.4, 1.0),))
    assert levels() == [0, 102, 255]
    microphone = light.microphone_lamp()
    microphone.set(1.0)
    assert levels() == [255, 102, 255]
    microphone.set(0.0)
    light.close()
    assert levels() == [0, 0, 0]
    assert read(root, "ktd202x:led2", "trigger") == "none"


def test_a_missing_led_is_reported_with_those_there_are(root):
    with pytest.raises(PartMissing, match="no LED PWR; there is: ACT, multicolor:status"):
        LedClassDriver("PWR", root / "sys/class/leds")


def test_an_led_whose_driver_is_gone(root):
    driver = LedClassDriver("ACT", root / "sys/class/leds")
    (root / "sys/class/leds/ACT/brightness").unlink()
    (root / "sys/class/leds/ACT/brightness").mkdir()
    with pytest.raises(PartFailed, match="The LED ACT can't be used"):
        driver.write(((1.0, 1.0, 1.0),))


def test_a_box_that_has_crashed_leaves_no_led_lit(root, tmp_path):
    light = open_light(LedClass("ACT"), places=LightPlaces(root=root))
    light.set(1.0)
    lamps_off.save([LedClass("ACT")], {"RUNTIME_DIRECTORY": str(tmp_path)})
    lamps_off.darken((tmp_path / lamps_off.NAME).read_text(), (), LightPlaces(root=root))
    assert read(root, "ACT", "brightness") == "0"
