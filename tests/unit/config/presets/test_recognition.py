"""Which boards are recognised by what a machine says of itself."""

import pytest

from callbox.config.presets.model.choice import choose
from callbox.config.presets.model.preset import Preset
from callbox.config.presets.model.recognition import recognise
from callbox.config.section import Invalid, convert
from callbox_device.hardware_probe import read_hardware_ids
from callbox_device.model.hardware_ids import HardwareIds, SoundCard, cards_in, pcm_id_in, unique, usb_id


def preset(*rules, card=None, settings=None, reserved=None):
    return convert(
        {
            "title": "T",
            "maker": "M",
            "recognise": list(rules),
            "card": card,
            "settings": settings or {},
            "reserved_pins": reserved or {},
            "sources": [{"fact": "f", "unverified": True}],
        },
        Preset,
    )


PRESETS = {
    "bare": preset({"card": "voice"}, card="voice", settings={"microphone": {"device": "plughw:CARD={card}"}}),
    "hat": preset({"hat_product": "Maker", "card": "voice"}, reserved={22: "mute"}),
    "v1": preset({"card": "two", "codec": "wm8960"}),
    "v2": preset({"card": "two", "codec": "aic3"}),
    "usb": preset(
        {"usb_id": "0b0e:0412"},
        {"usb_id": "0b0e:0420"},
        card="USB",
        settings={"speaker": {"device": "plughw:CARD={card}"}},
    ),
    "unknown": preset(settings={"board": {"button": {"pin": 5}}}),
}


def names(**ids):
    return [match.name for match in recognise(PRESETS, HardwareIds(**ids))]


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        ({}, []),
        ({"hat_product": "Maker"}, []),  # its card isn't there yet
        ({"cards": (SoundCard("voice"),)}, ["bare"]),
        ({"cards": (SoundCard("voice"),), "hat_product": "Maker Voice HAT"}, ["hat"]),
        ({"cards": (SoundCard("two", ("bcm2835-i2s-wm8960-hifi wm8960-hifi-0",)),)}, ["v1"]),
        ({"cards": (SoundCard("two", ("tlv320aic3x-hifi",)),)}, ["v2"]),
        ({"cards": (SoundCard("two"),)}, []),
        ({"cards": (SoundCard("voice", usb_id="1234:5678"),)}, []),  # another device's card, by chance
        ({"usb_ids": ("0b0e:0420",)}, ["usb"]),
        ({"cards": (SoundCard("USB_1", usb_id="0b0e:0412"),)}, ["usb"]),
        ({"cards": (SoundCard("voice_1"),), "usb_ids": ("0b0e:0412",)}, ["bare", "usb"]),
        ({"cards": (SoundCard("voice_x"),)}, []),
    ],
)
def test_boards_on_a_machine(ids, expected):
    assert names(**ids) == expected


def test_the_card_is_called_as_it_is_now():
    ids = HardwareIds(cards=(SoundCard("USB_1", usb_id="0b0e:0412"),), usb_ids=("0b0e:0412",))
    choice = choose("auto", PRESETS, ids)
    assert choice.settings == {"speaker": {"device": "plughw:CARD=USB_1"}}
    assert (choice.name, choice.reason) == ("usb", "recognised: USB device 0b0e:0412")
    assert choose("usb", PRESETS, ids).settings == choice.settings
    assert choose("usb", PRESETS, HardwareIds()).settings == {"speaker": {"device": "plughw:CARD=USB"}}
    assert choose("usb", PRESETS, None).settings == {"speaker": {"device": "plughw:CARD=USB"}}


def test_two_boards_are_one_question_and_no_pin_of_theirs_is_driven():
    ids = HardwareIds("Maker", (SoundCard("voice"),), ("0b0e:0412",))
    choice = choose("auto", PRESETS, ids)
    assert choice.name is None
    assert choice.settings == {"board": {"lamps": {"status": None}}}
    assert choice.question == (
        "2 boards were recognised, and no preset is used: hat (the HAT's EEPROM says Maker, sound card voice); "
        "usb (USB device 0b0e:0412). Which one? Set `board: {preset: hat}`, or in its place usb or none"
    )
    assert choose("usb", PRESETS, ids).question is None


def test_no_pin_is_darkened_that_no_board_uses():
    ids = HardwareIds(cards=(SoundCard("voice"),), usb_ids=("0b0e:0412",))
    assert choose("auto", PRESETS, ids).settings == {}


@pytest.mark.parametrize(
    ("wanted", "error"),
    [
        ("usbb", "there is no such preset; did you mean usb?"),
        ("ha", "there is no such preset; did you mean hat?"),
        ("zzzzzz", "there is no such preset; `callbox boards` lists them"),
        ("auto", None),
        ("none", None),
        (5, None),
    ],
)
def test_a_name_that_is_none(wanted, error):
    choice = choose(wanted, PRESETS, HardwareIds())
    assert (choice.name, choice.settings, choice.error) == (None, {}, error)


def test_nothing_is_recognised_without_pins_or_knowledge():
    ids = HardwareIds(usb_ids=("0b0e:0412",))
    in_memory = choose("auto", PRESETS, ids, has_gpio=False)
    assert (in_memory.name, in_memory.reason) == (None, "nothing is looked for: board.kind is no real board")
    unknown = choose("auto", PRESETS, None)
    assert (unknown.name, unknown.reason) == (None, "no board was recognised")


@pytest.mark.parametrize(
    "wrong",
    [
        {"recognise": [{}]},
        {"recognise": [{"codec": "x", "usb_id": "0000:0000"}]},
        {"settings": {"mqtt": {"host": "h"}}},
        {"settings": {"board": {"button": {"pin": 99}}}},
        {"sources": [{"fact": "f"}]},
        {"sources": [{"fact": "f", "url": "u", "unverified": True}]},
        {"reserved_pins": {28: "x"}},
        {"no_such": 1},
    ],
)
def test_a_preset_that_is_wrong(wrong):
    good = {"title": "T", "maker": "M", "sources": [{"fact": "f", "url": "u"}]}
    convert(good, Preset)
    with pytest.raises(Invalid):
        convert(good | wrong, Preset)


def test_a_card_s_id_fills_lists_too():
    assert preset(card="a", settings={"board": {}}).fragment(None) == {"board": {}}
    from callbox.config.presets.model.preset import filled

    assert filled({"a": ["{card}", 1]}, "c") == {"a": ["c", 1]}


def test_what_the_kernel_says():
    text = " 0 [vc4hdmi        ]: vc4-hdmi - vc4-hdmi\n                      vc4-hdmi\n 1 [Zero           ]: RPi_Codec_Zero\n"
    assert cards_in(text) == [(0, "vc4hdmi"), (1, "Zero")]
    assert pcm_id_in("card: 1\nid: wm8960-hifi-0 \n") == "wm8960-hifi-0"
    assert pcm_id_in("card: 1\n") is None
    assert (usb_id("0B0E\n", "0412\n"), usb_id("", "0412")) == ("0b0e:0412", None)
    assert unique(["a", None, "b", "a"]) == ("a", "b")


def test_a_machine_is_read(tmp_path):
    assert read_hardware_ids(tmp_path) == HardwareIds()
    files = {
        "proc/device-tree/hat/product": "Codec Zero\0",
        "proc/asound/cards": " 0 [Zero           ]: x - y\n 2 [USB            ]: USB-Audio - z\n",
        "proc/asound/card0/pcm0p/info": "card: 0\nid: da7213-hifi\n",
        "proc/asound/card2/usbid": "0b0e:0412\n",
        "sys/bus/usb/devices/1-1/idVendor": "0b0e\n",
        "sys/bus/usb/devices/1-1/idProduct": "0412\n",
        "sys/bus/usb/devices/usb1/idVendor": "1d6b\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    cards = (SoundCard("Zero", ("da7213-hifi",)), SoundCard("USB", (), "0b0e:0412"))
    assert read_hardware_ids(tmp_path) == HardwareIds("Codec Zero", cards, ("0b0e:0412",))
