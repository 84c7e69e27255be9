"""Rings on USB: what is sent to which file, and the message when there is none."""

import errno
import struct

import pytest

from callbox_device.interfaces import PartFailed, PartMissing
from callbox_device.usb_ring import UsbRingDriver

FRAME = ((1.0, 0.5, 0.0), *[(0.0, 0.0, 0.2)] * 11)


class Bus:
    """Folders like /sys and /dev with one array, and the transfers to it."""

    def __init__(self, root):
        self.root, self.sent, self.is_gone = root, [], False

    def plug(self, product, number=7):
        folder = self.root / "sys/bus/usb/devices/1-1.2"
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in {"idVendor": "2886", "idProduct": product, "busnum": "1", "devnum": str(number)}.items():
            (folder / name).write_text(f"{text}\n")
        file = self.root / f"dev/bus/usb/001/{number:03}"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"")
        (self.root / "sys/bus/usb/devices/1-1.2:1.0").mkdir(exist_ok=True)  # an interface has no ids

    def send(self, fd, value, index, data):
        if self.is_gone:
            raise OSError(errno.ENODEV, "No such device")
        self.sent.append((value, index, data))


@pytest.fixture
def bus(tmp_path):
    return Bus(tmp_path)


def test_mic_array_v2_gets_red_green_blue_and_a_zero(bus):
    bus.plug("0018")
    driver = UsbRingDriver("mic_array_v2", bus.root, bus.send)
    driver.write(FRAME)
    assert bus.sent == [(6, 0x1C, bytes([255, 128, 0, 0] + [0, 0, 51, 0] * 11))]
    driver.close()


def test_xvf3800_is_put_into_its_ring_effect_and_gets_little_endian_words(bus):
    bus.plug("001a")
    driver = UsbRingDriver("xvf3800", bus.root, bus.send)
    driver.write(FRAME)
    words = b"".join(word.to_bytes(4, "little") for word in (0xFF8000, *[0x000033] * 11))
    assert bus.sent == [(12, 20, b"\x05"), (19, 20, words)]
    driver.close()


def test_plugged_in_again_it_is_found_under_its_new_number(bus):
    bus.plug("001a")
    driver = UsbRingDriver("xvf3800", bus.root, bus.send)
    bus.is_gone = True
    with pytest.raises(PartFailed, match="ring of the reSpeaker XVF3800 can't be used: No such device"):
        driver.write(FRAME)
    (bus.root / "dev/bus/usb/001/007").unlink()
    bus.plug("001a", 9)
    bus.is_gone = False
    driver.write(FRAME)
    assert [value for value, _, _ in bus.sent] == [12, 12, 19]
    driver.close()


def test_without_the_array_the_message_has_its_ids(bus):
    bus.plug("0018")
    with pytest.raises(PartMissing, match=r"no reSpeaker XVF3800 on USB \(2886:001a\): is it plugged in"):
        UsbRingDriver("xvf3800", bus.root, bus.send)


ANSWERS = {
    ("mic_array_v2", "speech"): {(0xE0, 19): struct.pack("<ii", 1, 0), (0xC0, 21): struct.pack("<ii", 359, 0)},
    ("mic_array_v2", "silence"): {(0xE0, 19): struct.pack("<ii", 0, 0)},
    ("mic_array_v2", "too short"): {(0xE0, 19): b"\0"},
    ("mic_array_v2", "no angle"): {(0xE0, 19): struct.pack("<ii", 1, 0), (0xC0, 21): struct.pack("<ii", -1, 0)},
    ("xvf3800", "speech"): {(0x92, 20): struct.pack("<BHH", 0, 359, 1)},
    ("xvf3800", "silence"): {(0x92, 20): struct.pack("<BHH", 0, 359, 0)},
    ("xvf3800", "ask again"): {(0x92, 20): struct.pack("<BHH", 64, 359, 1)},
}


@pytest.mark.parametrize(("model", "case"), ANSWERS)
def test_the_direction_of_speech_is_read_from_the_array(bus, model, case):
    bus.plug({"mic_array_v2": "0018", "xvf3800": "001a"}[model])
    answers = ANSWERS[model, case]
    driver = UsbRingDriver(model, bus.root, bus.send, lambda fd, value, index, length: answers[value, index][:length])
    assert driver.direction() == (359.0 if case == "speech" else None)
    driver.close()
    assert driver.direction() is None
