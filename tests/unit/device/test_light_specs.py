import json

import pytest
from hypothesis import given, strategies

from callbox_device.model.light_specs import (
    Apa102,
    LedClass,
    LedClassRgb,
    LightSpec,
    PinLamp,
    RgbLed,
    UsbRing,
    Ws2812,
    from_dict,
    has_device_file,
    pins_of,
    pixel_count,
    to_dict,
)

SPECS: list[LightSpec] = [
    PinLamp(22),
    PinLamp(5, active_high=False, dimmable=False),
    RgbLed(5, 6, 13),
    LedClass("multicolor:status"),
    LedClassRgb("ktd202x:led1", "ktd202x:led2", "ktd202x:led3"),
    Apa102(3, spi="0.1"),
    Apa102(3, data_pin=5, clock_pin=6),
    Ws2812(12, "0.0", chip="sk6812"),
    UsbRing("xvf3800"),
]


@pytest.mark.parametrize("spec", SPECS, ids=str)
def test_a_spec_survives_being_saved(spec: LightSpec):
    assert from_dict(json.loads(json.dumps(to_dict(spec)))) == spec


def test_the_pins_of_each():
    assert [pins_of(spec) for spec in SPECS] == [(22,), (5,), (5, 6, 13), (), (), (), (5, 6), (), ()]


def test_the_pixels_of_each_and_whether_it_is_at_a_device_file():
    assert [pixel_count(spec) for spec in SPECS if not isinstance(spec, PinLamp)] == [1, 1, 1, 3, 3, 12, 12]
    assert [spec for spec in SPECS if has_device_file(spec)] == [*SPECS[4:6], *SPECS[7:]]


@pytest.mark.parametrize("spi", ["0", "0.10", "a.b", 0.0, "0.0\n"])
def test_what_names_no_spi_is_refused(spi):
    with pytest.raises(ValueError, match="spi can't be"):
        from_dict(
            {
                "kind": "apa102",
                "pixels": 3,
                "order": "bgr",
                "spi": spi,
                "data_pin": None,
                "clock_pin": None,
                "power_pin": None,
            }
        )


@pytest.mark.parametrize("name", ["", "..", "a/b", "a\0", "x" * 101, 5])
def test_a_name_that_is_no_folder_s_is_refused(name):
    with pytest.raises(ValueError, match="name can't be"):
        from_dict({"kind": "led_class", "name": name})


json_values = strategies.recursive(
    strategies.none() | strategies.booleans() | strategies.integers() | strategies.floats() | strategies.text(),
    lambda inner: strategies.lists(inner) | strategies.dictionaries(strategies.text(), inner),
    max_leaves=10,
)


@given(json_values, strategies.sampled_from(SPECS), strategies.data())
def test_a_damaged_file_is_refused_or_still_a_spec(value, spec, data):
    damaged = to_dict(spec)
    damaged[data.draw(strategies.sampled_from([*damaged, "x"]))] = value
    for read in (value, damaged):
        try:
            found = from_dict(read)
        except ValueError:
            continue
        assert type(found) in {type(spec) for spec in SPECS}
