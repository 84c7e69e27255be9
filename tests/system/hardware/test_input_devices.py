"""Keys through the kernel: a USB speakerphone that the test plays as its driver would (uhid)."""

import queue
import time

import pytest
from tests.rig.hid_descriptors import (
    LINE_BUSY,
    LINE_IDLE,
    NO_KEY,
    OFF_HOOK,
    ON_HOOK,
    PHONE_MUTE,
    SPEAKERPHONE,
    VOLUME_UP,
)
from tests.rig.uhid import UhidDevice
from tests.system.hardware.box import MICROPHONE_LAMP, STATUS_LAMP, WiredBox

from callbox_device.input_devices import KERNEL, find_devices
from callbox_device.input_keys import InputReader
from callbox_device.interfaces import Edge

pytestmark = pytest.mark.vpi

NAME = "GN Netcom A/S Jabra SPEAK 510 USB"
PATIENCE_S = 20


def until_found(*keys):
    """The speakerphone's device nodes, once the kernel has made them."""
    end_s = time.monotonic() + PATIENCE_S
    while time.monotonic() < end_s:
        found = [device for device in find_devices() if device.name.startswith(NAME)]
        if {key for device in found for key in device.keys} >= set(keys):
            return {key: device.path for device in found for key in device.keys}
        time.sleep(0.02)
    pytest.fail(f"no device with {keys}")


def started(key):
    edges: queue.Queue[Edge] = queue.Queue()
    return edges, key.start(edges.put)


def test_the_kernels_keys_and_the_devices_own_hook_switch():
    with UhidDevice(NAME, SPEAKERPHONE) as device:
        paths = until_found("KEY_VOLUMEUP", "HID_PHONE_MUTE", "HID_HOOK_SWITCH")
        reader = InputReader(rescan_s=3600)
        keys = [reader.key(key, "*jabra*") for key in ("KEY_VOLUMEUP", "HID_HOOK_SWITCH", "HID_PHONE_MUTE")]
        try:
            (volume, closed), (hook, _), (mute, _) = [started(key) for key in keys]
            assert not closed
            before_s = time.monotonic()
            device.send(VOLUME_UP)
            device.send(NO_KEY)
            down, up = volume.get(timeout=PATIENCE_S), volume.get(timeout=PATIENCE_S)
            assert (down.closed, up.closed) == (True, False)
            assert before_s - 0.001 <= down.at_s <= up.at_s <= time.monotonic()
            device.send(OFF_HOOK)
            assert hook.get(timeout=PATIENCE_S).closed
            device.send(PHONE_MUTE)
            assert mute.get(timeout=PATIENCE_S).closed
            device.send(ON_HOOK)
            assert not hook.get(timeout=PATIENCE_S).closed
            assert not mute.get(timeout=PATIENCE_S).closed
            with pytest.raises(OSError, match="busy"):  # no other program gets the keys
                KERNEL.open(paths["KEY_VOLUMEUP"]).take()
        finally:
            for key in keys:
                key.close()
        KERNEL.open(paths["KEY_VOLUMEUP"]).take()


def test_a_key_that_is_down_at_the_start_is_seen_and_one_comes_back_with_its_device():
    reader = InputReader(rescan_s=3600)  # what is plugged in, the kernel's uevents tell
    volume = reader.key("KEY_VOLUMEUP", "*Jabra*")
    edges, closed = started(volume)
    try:
        assert not closed
        for _ in range(2):
            with UhidDevice(NAME, SPEAKERPHONE) as device:
                until_found("KEY_VOLUMEUP")
                device.send(VOLUME_UP)
                assert edges.get(timeout=PATIENCE_S).closed
                second = reader.key("KEY_VOLUMEUP", f"{NAME}*")
                second_edges, held = started(second)
                assert held
                assert second_edges.empty()
                second.close()
            assert not edges.get(timeout=PATIENCE_S).closed
    finally:
        volume.close()


def test_more_events_than_the_kernel_keeps_end_in_the_state_that_is():
    with UhidDevice(NAME, SPEAKERPHONE) as device:
        path = until_found("KEY_VOLUMEUP")["KEY_VOLUMEUP"]
        opened = KERNEL.open(path)
        opened.take()
        for _ in range(500):
            device.send(VOLUME_UP)
            device.send(NO_KEY)
        device.send(VOLUME_UP)
        time.sleep(0.2)  # what is late would still be read, in the loop below
        while opened.read():
            pass
        assert opened.pressed
        opened.close()


def test_a_speakerphones_call_key_calls_and_hangs_up_and_every_call_is_displayed_on_it(bot_process, broker, tmp_path):
    bot_process.be("good")
    lamps = {"status": {"pin": STATUS_LAMP, "dimmable": False}, "microphone": {"pin": MICROPHONE_LAMP}}
    hook = {"key": "HID_HOOK_SWITCH", "input": "*Jabra*"}
    patient = {"start_url": bot_process.url, "deadlines": {"start_s": 40, "connect_s": 40, "bot_ready_s": 40}}
    with UhidDevice(NAME, SPEAKERPHONE) as device:
        until_found("HID_HOOK_SWITCH")
        board = {"lamps": lamps, "hook_switch": hook}
        with WiredBox(tmp_path, bot_process.url, broker.port, board=board, bot=patient) as box:
            assert device.output() == LINE_IDLE
            device.send(OFF_HOOK)
            assert device.output() == LINE_BUSY
            box.until("ready")
            device.send(ON_HOOK)
            box.until("disconnected")
            assert device.output() == LINE_IDLE
            box.button.press()  # the device displays a call that its key didn't make
            assert device.output() == LINE_BUSY
            device.send(OFF_HOOK)  # as it answers
            box.until("ready")
            device.send(ON_HOOK)
            box.until("disconnected")
            assert device.output() == LINE_IDLE
