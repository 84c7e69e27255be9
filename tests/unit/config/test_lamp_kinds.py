"""Lamps of each kind in the settings: what is taken, and what is said of mistakes."""

import pytest

from callbox.app.compose.lamps import light_spec, microphone_pixels, wired_lamps, wiring_of
from callbox.config import SettingsError, load_all
from callbox.config.cross_checks import pins
from callbox_device.model.light_specs import Apa102, LedClass, LedClassRgb, LightSpec, PinLamp, RgbLed, UsbRing, Ws2812

BOT = "bot: {start_url: http://b/start}\n"
RGB = "status: {kind: rgb, red_pin: 5, green_pin: 6, blue_pin: 13}"


def load(tmp_path, lamps, *more):
    (tmp_path / "callbox.yaml").write_text(f"{BOT}board: {{lamps: {{{lamps}}}}}\n")
    return load_all(tmp_path / "callbox.yaml", more, {})


def errors(tmp_path, lamps):
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, lamps)
    return [line.split(": ", 1)[1] for line in caught.value.errors]


SPECS: list[tuple[str, LightSpec]] = [
    ("status: {pin: 5, dimmable: false}", PinLamp(5, dimmable=False)),
    ("status: {kind: pin, pin: 5}", PinLamp(5)),
    (RGB, RgbLed(5, 6, 13)),
    ("status: {kind: led_class, name: 'multicolor:status'}", LedClass("multicolor:status")),
    ("status: {kind: led_class_rgb, red_name: r, green_name: g, blue_name: b}", LedClassRgb("r", "g", "b")),
    ("status: {kind: apa102, pixels: 3, spi: '0.1'}", Apa102(3, spi="0.1")),
    ("status: {kind: apa102, pixels: 3, data_pin: 5, clock_pin: 6}", Apa102(3, data_pin=5, clock_pin=6)),
    ("status: {kind: ws2812, pixels: 12, chip: sk6812}", Ws2812(12, "0.0", chip="sk6812")),
    ("status: {kind: usb_ring, model: xvf3800}", UsbRing("xvf3800")),
]


@pytest.mark.parametrize(("text", "spec"), SPECS, ids=str)
def test_each_kind_becomes_its_light(tmp_path, text, spec):
    board = load(tmp_path, text).settings.board
    assert board.lamps.status
    assert light_spec(board.lamps.status) == spec
    assert wired_lamps(board) == [spec, PinLamp(27)]
    wiring = wiring_of(board)
    assert wiring is not None
    assert (wiring.lamp, wiring.microphone_pixels) == (spec, None)


def test_the_microphone_can_be_a_part_of_the_status_lamp(tmp_path):
    board = load(tmp_path, f"{RGB}, microphone: {{kind: status}}").settings.board
    assert (microphone_pixels(board.lamps), wired_lamps(board)) == ((0,), [RgbLed(5, 6, 13)])


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("status: {}", ["board.lamps.status.pin: is missing (kind pin: GPIO number (BCM), not the number on the header)"]),
        ("status: 22", ["board.lamps.status: must be a section with keys of its own, not a number (write {pin: 22})"]),
        ("status: {pin: 5, kind: neopixel}", ['board.lamps.status.kind: must be "pin", "rgb", "led_class", "led_class_rgb", "apa102", "ws2812" or "usb_ring", not "neopixel"']),
        ("status: {pin: 5, kind: rgbb}", ['board.lamps.status.kind: must be "pin", "rgb", "led_class", "led_class_rgb", "apa102", "ws2812" or "usb_ring", not "rgbb"; did you mean rgb?']),
        ("status: {pin: 5, kind: [rgb]}", ['board.lamps.status.kind: must be "pin", "rgb", "led_class", "led_class_rgb", "apa102", "ws2812" or "usb_ring", not a list']),
        ("status: {pin: 5, dimable: true}", ["board.lamps.status.dimable: unknown key; did you mean dimmable?"]),
        ("status: {pin: 5, active_high: 1}", ["board.lamps.status.active_high: must be true or false, not 1 (write true)"]),
        ("status: {kind: led_class, name: ACT, pin: 5}", ["board.lamps.status.pin: is for kind pin only"]),
        ("status: {kind: led_class, name: ..}", ["board.lamps.status.name: must be a name of letters, digits and _ . : -, not a text of 2 characters"]),
        ("status: {kind: rgb, red_pin: 5, green_pin: 6, blue_pin: 27}", ["board.lamps.status.blue_pin: GPIO 27 is used twice; the other one is board.lamps.microphone.pin (by default)"]),
        ("status: {kind: status}", ['board.lamps.status.kind: must be "pin", "rgb", "led_class", "led_class_rgb", "apa102", "ws2812" or "usb_ring", not "status"']),
        ("microphone: {kind: status}", ["board.lamps.microphone.kind: the status lamp has no colour, so no part of it can show the microphone; give it a pin of its own"]),
        ("status: null, microphone: {kind: status}", ["board.lamps.microphone.kind: there is no status lamp to be a part of"]),
        (f"{RGB}, microphone: {{kind: status, pixels: [1]}}", ["board.lamps.microphone.pixels: the status lamp has one pixel, whose red component shows the microphone; leave this out"]),
        ("status: {kind: apa102, pixels: 3}", ["board.lamps.status: needs either spi, or data_pin and clock_pin"]),
        ("status: {kind: apa102, pixels: 3, spi: '0.0', data_pin: 5}", ["board.lamps.status: needs either spi, or data_pin and clock_pin"]),
        ("status: {kind: ws2812, pixels: 3, spi: 0.0}", ['board.lamps.status.spi: must be bus and device in quotes, such as "0.0", not 0.0 (in quotes)']),
        ("status: {kind: ws2812, pixels: 3}, microphone: {pin: 10}", ["board.lamps.microphone.pin: GPIO 10 belongs to SPI bus 0, at which the status lamp is; take another pin"]),
        ("status: {kind: ws2812, pixels: 3}, microphone: {kind: status, pixels: [3]}", ["board.lamps.microphone.pixels: there is no pixel 3; the last one is 2"]),
        ("status: {kind: usb_ring, model: xvf3800}, microphone: {kind: status, pixels: [12]}", ["board.lamps.microphone.pixels: there is no pixel 12; the last one is 11"]),
        ("status: {kind: ws2812, pixels: 2}, microphone: {kind: status, pixels: [0, 1]}", ["board.lamps.microphone.pixels: leaves no pixel for the status"]),
        (f"{RGB}, microphone: {{kind: status, pixels: 1}}", ["board.lamps.microphone.pixels: must be a list of 0 to 255 whole numbers, not a number (in brackets, also a single one: [ ])"]),
    ],
)  # fmt: skip
def test_messages_about_mistakes(tmp_path, text, wanted):
    assert errors(tmp_path, text) == wanted


def test_a_lamp_of_another_kind_takes_no_default_pin(tmp_path):
    data = load(tmp_path, f"{RGB}, microphone: {{kind: status}}").document.data
    assert [pin for _, pin, _ in pins(data)] == [17, 5, 6, 13]


def test_a_lamp_of_another_kind_replaces_the_one_of_an_earlier_file(tmp_path):
    (tmp_path / "conf.d").mkdir()
    more = tmp_path / "conf.d/90.yaml"
    more.write_text("board: {lamps: {status: {kind: led_class, name: ACT}}}\n")
    assert wired_lamps(load(tmp_path, RGB).settings.board)[0] == LedClass("ACT")
    more.write_text("board: {lamps: {status: {blue_pin: 26}}}\n")
    assert wired_lamps(load(tmp_path, RGB).settings.board)[0] == RgbLed(5, 6, 26)
    more.write_text("board: {lamps: {status: {kind: pin, pin: 4}}}\n")
    assert wired_lamps(load(tmp_path, RGB).settings.board)[0] == PinLamp(4)
