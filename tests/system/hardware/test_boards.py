"""A board that is recognised: empty settings but for the bot, the card's true id, presses at the board's own pin."""

import contextlib
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.rig.hid_descriptors import LINE_BUSY, LINE_IDLE, OFF_HOOK, ON_HOOK, SPEAKERPHONE
from tests.rig.mosquitto import wait_for
from tests.rig.uhid import UhidDevice
from tests.rig.uleds import MAX_BRIGHTNESS, UserLed
from tests.rig.usb_gadget import UsbGadget
from tests.system.hardware import gpio_actor
from tests.system.hardware.box import CALLBOX, WiredBox
from tests.system.hardware.gpio_actor import plug_in, pull_out

from callbox.config.presets.files import presets
from callbox.config.presets.model.recognition import recognise
from callbox.config.schema import (
    Apa102LampSettings,
    BoardSettings,
    LampSettings,
    LedClassRgbLampSettings,
    Settings,
    UsbRingLampSettings,
)
from callbox.config.section import convert
from callbox_device.hardware_probe import read_hardware_ids
from callbox_device.input_devices import find_devices
from callbox_device.usb_ring import RINGS, RingProtocol

pytestmark = pytest.mark.vpi


@pytest.fixture
def card():
    """``card(id)``: snd-dummy's card is called so, until the test ends."""
    [file] = Path("/sys/devices/platform/snd_dummy.0/sound").glob("card*/id")
    before = file.read_text().strip()

    def call_it(name: str) -> None:
        [file] = Path("/sys/devices/platform/snd_dummy.0/sound").glob("card*/id")
        if file.read_text().strip() != name:
            file.write_text(name)
            file.with_name("uevent").write_text("change")  # of a driver's own name the kernel tells by itself

    yield call_it
    call_it(before)


def on_this_machine(name: str) -> tuple[str, str | None]:
    """The ALSA id of the board's card, and the USB device that has to be there; the preset's own."""
    preset = presets()[name]
    usb_id = next((rule.usb_id for rule in preset.recognise if rule.usb_id), None)
    return preset.card or "Dummy", usb_id


@contextlib.contextmanager
def plugged_in(usb_id: str | None):
    """The USB device with these ids, as a test plays it; None: none."""
    if usb_id is None:
        yield None
        return
    vendor, product = (int(number, 16) for number in usb_id.split(":"))
    with UsbGadget(vendor, product) as gadget:
        gadget.plug()
        assert wait_for(lambda: gadget.is_found, 30)
        yield gadget


@contextlib.contextmanager
def leds_of(status: object):
    """LEDs of the kernel's class that this lamp names, as a test plays their driver; of other lamps none."""
    names = (
        (status.red_name, status.green_name, status.blue_name) if isinstance(status, LedClassRgbLampSettings) else ()
    )
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(UserLed(name)) for name in names]


@contextlib.contextmanager
def speakerphone(board: BoardSettings):
    """The HID device whose hook switch the preset names, as a test plays it; of other boards none."""
    if board.hook_switch is None or board.hook_switch.key is None:
        yield None
        return
    with UhidDevice("GN Netcom A/S Jabra SPEAK 510 USB", SPEAKERPHONE) as device:
        assert wait_for(lambda: any("HID_HOOK_SWITCH" in found.keys for found in find_devices()), 30)
        yield device


def last_frame(gadget: UsbGadget | None, ring: RingProtocol) -> bytes:
    assert gadget
    return [data for value, index, data in gadget.received if (value, index) == ring.frame][-1]


@pytest.mark.parametrize("name", presets())
def test_empty_settings_and_a_press_make_a_call_and_a_card_that_is_plugged_in_again_heals(
    name, card, bot, broker, tmp_path
):
    """Pins, card, SPI and USB are the kernel's. A HAT's EEPROM and a codec's name can't be had here: there the preset is set."""
    card_id, usb_id = on_this_machine(name)
    card(card_id)
    fragment = presets()[name].fragment(None)
    settings = convert(fragment, Settings)
    status = settings.board.lamps.status
    with plugged_in(usb_id) as gadget, leds_of(status) as leds, speakerphone(settings.board) as telephone:
        found = [match.name for match in recognise(presets(), read_hardware_ids())]
        board = {} if found == [name] else {"preset": name}
        if isinstance(status, Apa102LampSettings) and status.spi == "0.1":  # here is one chip select
            board |= {"lamps": {"status": {"spi": "0.0"}}}
        # What the board doesn't have is another card's, as its page says.
        other = {"device": f"plughw:CARD={card_id},DEV=0"}
        sound: dict[str, Any] = {part: {} if fragment.get(part) else other for part in ("microphone", "speaker")}
        pin = settings.board.button.pin
        assert pin
        box = WiredBox(tmp_path, bot.url, broker.port, button=pin, board=board, **sound)
        with box:
            assert f"The preset {name} lies beneath the settings" in box.journal
            if telephone:
                assert telephone.output() == LINE_IDLE
                telephone.send(OFF_HOOK)
                assert telephone.output() == LINE_BUSY
            else:
                box.button.press()
            box.until("ready")
            match status:
                case LampSettings():
                    assert wait_for(lambda: gpio_actor.level(status.pin) == 1)  # whatever its rhythm
                case LedClassRgbLampSettings():
                    assert wait_for(lambda: leds[0].brightness == MAX_BRIGHTNESS)
                case UsbRingLampSettings():
                    ring = RINGS[status.model]
                    red = ring.component_order.index("r")
                    assert wait_for(lambda: last_frame(gadget, ring)[red] == 255)
            pull_out("dummy")
            box.until(lambda state: state["problem"] in ("no_microphone", "no_speaker"))
            plug_in("dummy")
            card(card_id)
            box.until(lambda state: state["problem"] is None and state["transport"] == "ready")
            if telephone:
                telephone.send(ON_HOOK)
                box.until("disconnected")
                assert telephone.output() == LINE_IDLE
            else:
                box.hang_up()
            assert wait_for(lambda: not any(led.brightness for led in leds[:1]))
            if isinstance(status, UsbRingLampSettings):
                ring = RINGS[status.model]
                assert wait_for(lambda: not any(last_frame(gadget, ring)))
    listed = subprocess.run([CALLBOX, "boards", "--json"], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert found != [name] or usb_id or json.loads(listed.stdout)["in_force"]["name"] == name


def test_a_card_that_comes_late_sets_the_board_up(card, bot, broker, tmp_path):
    """Without systemd the journal says that the service is to be started again."""
    box = WiredBox(tmp_path, bot.url, broker.port, board={}, microphone={}, speaker={})
    with box:
        assert "lies beneath" not in box.journal
        card("Zero")
        message = "The board codec-zero was recognised (recognised: sound card Zero): start Callbox again"
        assert wait_for(lambda: message in box.journal, 30)
