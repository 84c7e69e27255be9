import pytest

from callbox_device.model import alsa_names
from callbox_device.model.alsa_names import missing_card, numbered_card


@pytest.mark.parametrize(
    ("device", "cards", "missing"),
    [
        ("default", {}, False),
        ("callbox_mic", {}, False),
        ("plughw:CARD=USB", {0: "Headphones", 1: "USB"}, False),
        ("plughw:CARD=USB,DEV=0", {0: "USB"}, False),
        ("hw:1", {0: "Headphones", 1: "USB"}, False),
        ("hw:2,0", {0: "Headphones", 1: "USB"}, True),
        ("hw:1,0", {1: "USB"}, False),  # snd-usb-audio.index, or the card before it was pulled out
        ("hw:1,0", {0: "Headphones", 2: "USB"}, True),
        ("plughw:USB", {0: "USB"}, False),
        ("plughw:DEV=0,CARD=USB", {0: "USB"}, False),
        ("plughw:DEV=0,CARD=USB", {0: "Headphones"}, True),
        ("hw:DEV=0", {0: "USB"}, False),
        ("hw:DEV=0", {}, True),
        ("plughw:CARD=USB", {0: "Headphones"}, True),
        ("hw", {}, True),
    ],
)
def test_a_name_tells_whether_its_card_can_be_there(device, cards, missing):
    text = missing_card(device, cards)
    assert (text is not None) is missing
    if text is not None and cards:
        assert f"The cards here are: {', '.join(cards.values())}." in text


PI = [
    "null", "default", "hw:CARD=vc4hdmi,DEV=0", "plughw:CARD=vc4hdmi,DEV=0", "sysdefault:CARD=Device",
    "hw:CARD=Device,DEV=0", "plughw:CARD=Device,DEV=0", "plughw:CARD=Device,DEV=1", "surround51:CARD=Device,DEV=0",
]  # fmt: skip


def test_the_choice_is_default_and_each_card_by_its_name():
    assert [(device.name, device.label) for device in alsa_names.choices(PI)] == [
        ("default", "whatever ALSA's configuration calls default"),
        ("plughw:CARD=vc4hdmi,DEV=0", "vc4hdmi, device 0"),
        ("plughw:CARD=Device,DEV=0", "Device, device 0"),
        ("plughw:CARD=Device,DEV=1", "Device, device 1"),
    ]


@pytest.mark.parametrize(
    ("names", "best"),
    [
        (PI, "plughw:CARD=Device,DEV=0"),
        (["default", "plughw:CARD=vc4hdmi,DEV=0"], "default"),
        (["plughw:CARD=vc4hdmi,DEV=0"], "plughw:CARD=vc4hdmi,DEV=0"),
        (["default"], "default"),
        ([], None),
    ],
)
def test_what_is_recommended_is_no_screen(names, best):
    found = alsa_names.recommended(alsa_names.choices(names))
    assert (found.name if found else None) == best


@pytest.mark.parametrize(
    ("device", "number"),
    [
        ("hw:1", 1),
        ("hw:0,0", 0),
        ("plughw:12", 12),
        ("plughw:CARD=1", 1),
        ("plughw:CARD=1,DEV=0", 1),
        ("sysdefault:1", 1),
        ("sysdefault:CARD=2", 2),
        ("default:1", 1),
        ("dmix:0,0", 0),
        ("surround51:1", 1),
        ("hw:DEV=0,CARD=1", 1),
        ("hw:{CARD 1 DEV 0}", 1),
        ("plug:hw:1", 1),
        ("plug:'hw:1,0'", 1),
        ("default", None),
        ("hw", None),
        ("null", None),
        ("hw:Device,0", None),
        ("plughw:CARD=Device,DEV=0", None),
        ("plughw:CARD=3Audio", None),
        ("hw:CARD=U0x46d0x825,DEV=0", None),
        ("hw:CARD=Device_1", None),
        ("my_pcm:1", None),
        ("jack1", None),
        ("", None),
    ],
)
def test_a_number_in_the_place_of_a_cards_name_is_found(device, number):
    assert numbered_card(device) == number


@pytest.mark.parametrize(
    ("device", "hardware"),
    [
        ("plughw:CARD=U,DEV=1", "hw:CARD=U,DEV=1"),
        ("sysdefault:CARD=U", "hw:CARD=U"),
        ("plughw:", None),
        ("hw:CARD=U", None),
        ("default", None),
        ("dsnoop:CARD=U", None),
    ],
)
def test_the_hardware_below_a_pcm_that_converts(device, hardware):
    assert alsa_names.hardware_of(device) == hardware
