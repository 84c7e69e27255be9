"""Lights of boards, in the installed service: udev gives it the devices that presets name, and no other."""

import json

import pytest

from callbox_device.usb_ring import RINGS

pytestmark = [pytest.mark.vpi_host, pytest.mark.timeout(400)]

RING = RINGS["xvf3800"]
SENT = "/run/ring"
RED = "0000ff00"
"""Of the XVF3800's pixels: blue, green, red, 0."""
GROUP_AND_MODE = "stat -c '%G %a'"


def microphone_pixel(box):
    """The first pixel of the frame that the array got last."""
    lines = [json.loads(line) for line in box.sh(f"cat {SENT}").splitlines()]
    return [data for value, index, data in lines if (value, index) == RING.frame][-1][:8]


def until_microphone_is(box, pixel):
    box.until(f"grep '^\\[{RING.frame[0]}, {RING.frame[1]},' {SENT} | tail -n 1 | grep -q '\"{pixel}'", 30)


def test_an_array_that_is_plugged_in_is_set_up_and_its_ring_shows_the_microphone(box):
    """No settings of a board: it is recognised, the service starts again, and may use the array."""
    play = box.python("tests.rig.usb_gadget", RING.vendor, RING.product, SENT)
    box.sh(f"touch {SENT}; {{ {play}; }} >/tmp/ring 2>&1 & echo $! >/run/ring.pid")
    try:
        box.until(
            "journalctl -u callbox --output=cat --no-pager | grep -q 'The board respeaker-xvf3800 was recognised'", 60
        )
        box.until(f"test -s {SENT} && systemctl is-active callbox", 60)
        node = box.sh("grep -l 001a /sys/bus/usb/devices/*/idProduct").strip().removesuffix("/idProduct")
        name = box.sh(f". {node}/uevent; echo /dev/$DEVNAME").strip()
        assert box.sh(f"{GROUP_AND_MODE} {name}") == "audio 660\n"
        assert box.sh(f"{GROUP_AND_MODE} /dev/bus/usb/001/001") == "root 664\n"  # the hub
        box.call()
        until_microphone_is(box, RED)
        box.press()
        box.until_state("disconnected")
        until_microphone_is(box, "00000000")
    finally:
        box.sh("pkill -P $(cat /run/ring.pid) || true; kill $(cat /run/ring.pid) || true")


def test_the_spi_of_a_board_is_the_services_while_the_board_s_card_is_there(box):
    assert box.sh(f"{GROUP_AND_MODE} /dev/spidev0.0").split()[0] == "root"
    before = box.sh("cat /sys/class/sound/card1/id").strip()
    box.sh("printf seeed2micvoicec >/sys/class/sound/card1/id; udevadm trigger --settle --subsystem-match=sound")
    try:
        box.until(f"test \"$({GROUP_AND_MODE} /dev/spidev0.0)\" = 'audio 660'", 30)
        box.write("/etc/callbox/conf.d/98-board.yaml", "board: {preset: respeaker-2mic-v1}")
        box.sh("systemctl restart callbox")
        box.call()
        assert "can't be set" not in box.journal("--since=-20s")
        status = box.sh(f"cat /proc/{box.show('MainPID')}/status")
        assert "spi" not in box.sh(
            "getent group " + " ".join(status.partition("Groups:")[2].partition("\n")[0].split())
        )
    finally:
        box.sh(f"rm -f /etc/callbox/conf.d/98-board.yaml; printf {before} >/sys/class/sound/card1/id")
        box.sh("chown root:root /dev/spidev0.0; chmod 600 /dev/spidev0.0")


def test_without_the_card_the_spi_is_refused_and_the_microphone_stays_closed(box):
    box.write("/etc/callbox/conf.d/98-board.yaml", "board: {preset: respeaker-2mic-v1}")
    try:
        box.sh("systemctl restart callbox")
        box.press()
        box.until(
            "journalctl -u callbox --output=cat --no-pager --since=-20s | grep -q 'No permission for /dev/spidev0.0'",
            30,
        )
        assert "microphone open" not in box.journal("--since=-5s")
    finally:
        box.sh("rm /etc/callbox/conf.d/98-board.yaml")
