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
    box.until(f"grep '^\\[{RING.frame[0]}, {RING.frame[1]},' {SENT} | tail -n 1 | grep -q '\"{pixel}'", 60)


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


AIY_LEDS = [f"ktd202x:led{number}" for number in (1, 2, 3)]
BESIDE = "beside:led"


def test_the_led_of_the_aiy_voice_bonnet_shows_the_microphone_and_no_other_led_can_be_written(box):
    """Its driver's three LEDs, which udev and the unit name, beside one that they don't."""
    play = box.python("tests.rig.uleds", *AIY_LEDS, BESIDE)
    box.sh(f"{{ {play}; }} >/tmp/leds 2>&1 & echo $! >/run/leds.pid")
    try:
        box.until(f"test -e /sys/class/leds/{BESIDE} && udevadm settle", 60)
        modes = [box.sh(f"{GROUP_AND_MODE} /sys/class/leds/{led}/brightness").strip() for led in (*AIY_LEDS, BESIDE)]
        assert modes == ["audio 664"] * 3 + ["root 644"]
        box.write("/etc/callbox/conf.d/98-board.yaml", "board: {preset: aiy-voice-bonnet-v2, button: {pin: 17}}")
        box.sh("systemctl restart callbox")
        box.call()
        red, green, _ = (f"/sys/class/leds/{led}/brightness" for led in AIY_LEDS)
        box.until(f"test $(cat {red}) = 255 && test $(cat {green}) = 255", 60)  # ready is green
        inside = f"nsenter -t {box.show('MainPID')} -m"
        box.sh(f"{inside} test -w {red}")
        code, printed = box.run(f"{inside} sh -c 'echo 1 >/sys/class/leds/{BESIDE}/brightness'")
        assert code
        assert "Read-only file system" in printed
        box.press()
        box.until_state("disconnected")
        box.until(f"test $(cat {red}) = 0", 60)
    finally:
        box.sh(
            "rm -f /etc/callbox/conf.d/98-board.yaml; pkill -P $(cat /run/leds.pid); kill $(cat /run/leds.pid) || true"
        )


def test_without_its_driver_the_led_is_named_and_the_microphone_stays_closed(box):
    box.write("/etc/callbox/conf.d/98-board.yaml", "board: {preset: aiy-voice-bonnet-v2, button: {pin: 17}}")
    try:
        box.sh("systemctl restart callbox")
        box.press()
        box.until(
            "journalctl -u callbox --output=cat --no-pager --since=-60s | grep -q 'The kernel has no LED ktd202x:led1'",
            60,
        )
        assert "microphone open" not in box.journal("--since=-5s")
    finally:
        box.sh("rm /etc/callbox/conf.d/98-board.yaml")


def test_the_spi_of_a_board_is_the_services_while_the_board_s_card_is_there(box):
    assert box.sh(f"{GROUP_AND_MODE} /dev/spidev0.0").split()[0] == "root"
    before = box.sh("cat /sys/class/sound/card1/id").strip()
    box.sh("printf seeed2micvoicec >/sys/class/sound/card1/id; udevadm trigger --settle --subsystem-match=sound")
    try:
        box.until(f"test \"$({GROUP_AND_MODE} /dev/spidev0.0)\" = 'audio 660'", 60)
        box.write("/etc/callbox/conf.d/98-board.yaml", "board: {preset: respeaker-2mic-v1}")
        box.sh("systemctl restart callbox")
        box.call()
        assert "can't be set" not in box.journal(f"_PID={box.show('MainPID')}")
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
            "journalctl -u callbox --output=cat --no-pager --since=-60s | grep -q 'No permission for /dev/spidev0.0'",
            60,
        )
        assert "microphone open" not in box.journal("--since=-5s")
    finally:
        box.sh("rm /etc/callbox/conf.d/98-board.yaml")
