"""Alarms of the installed package over a reboot and a power cut: rung on time by a bell at a pin, with bot and network dead."""

import json
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.system.package.conftest import boot_machine

pytestmark = [pytest.mark.vpi_host, pytest.mark.timeout(900)]

BROKER_PORT = 18831
BELL, MICROPHONE_LAMP = 6, 27
SETTINGS = f"""
bot: {{start_url: http://127.0.0.1:9/start}}
device: {{id: bedroom}}
microphone: {{device: "hw:CARD=Loopback,DEV=1"}}
speaker: {{device: "hw:CARD=Loopback,DEV=1"}}
mqtt: {{host: 127.0.0.1, port: {BROKER_PORT}}}
alarm: {{allow_alarm: true, time_zone: UTC}}
board: {{bell: {{pin: {BELL}, on_ms: 10000, off_ms: 50}}}}
"""
STATE = "/var/lib/private"
"""What the unit's StateDirectory is in, for a user of systemd's making."""
CAPTURES = "cat /proc/asound/card*/pcm*c/sub*/status | grep -c RUNNING || true"


class Pi:
    """A Pi whose state directory is a file system in a file here, which outlives it; the package is installed anew.

    FAT, which the virtual Pi's kernel has; with `quiet` it takes the owners that systemd sets, and keeps none.
    """

    def __init__(self, card, package, *, knows_time):
        self.machine = boot_machine(vfat=Path("/media/card"), vfat_image=card)
        # As systemd-timesyncd leaves them, when no time server has answered, and when one has.
        self.machine.sh("mkdir -p /run/systemd/timesync")
        if knows_time:
            self.machine.sh("touch /run/systemd/timesync/synchronized")
        self.machine.sh(f"umount /media/card; mkdir -p {STATE}/callbox && chmod 700 {STATE}")
        self.machine.sh(f"mount -t vfat -o umask=000,quiet,flush /dev/ubda {STATE}/callbox")
        self.machine.write("/etc/callbox/conf.d/10-test.yaml", SETTINGS)
        self.machine.install(package)
        self.machine.until("systemctl is-active callbox", 60)

    def set(self, *words):
        """Set an alarm over the broker, which is dead afterwards."""
        self.machine.sh(f"mosquitto -d -p {BROKER_PORT}")
        self.machine.until(f"callbox timers add {' '.join(words)}", 60)
        self.machine.sh("pkill mosquitto")

    def rings(self, within_s):
        """When the bell began, UNIX time."""
        self.machine.until(
            f"grep -q 1 /sys/devices/platform/gpio-sim.*/gpiochip*/sim_gpio{BELL}/value", within_s, "the bell"
        )
        return time.time()

    def hold(self):
        """Stop what rings."""
        self.machine.sh(self.machine.python("tests.system.hardware.gpio_actor", "press", "17", "1.5"))
        self.machine.until("journalctl -u callbox -o cat --no-pager | grep -q ': stopped'", 60)
        assert self.machine.level(BELL) == 0

    def listing(self):
        """What its file keeps."""
        return json.loads(self.machine.sh(f"STATE_DIRECTORY={STATE}/callbox callbox timers --json 2>/dev/null"))

    def assert_closed(self):
        assert self.machine.level(MICROPHONE_LAMP) == 0
        assert self.machine.sh(CAPTURES) == "0\n"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.machine.__exit__()  # the power is cut


def local(unix_s):
    return datetime.fromtimestamp(unix_s, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def test_an_alarm_rings_after_a_power_cut_until_it_is_stopped(packages, tmp_path):
    package, card = packages(), tmp_path / "card.img"
    with Pi(card, package, knows_time=True) as pi:
        due_s = int(time.time()) + 240
        pi.set(local(due_s), "Wake", "--id", "wake")
        pi.set("4000", "Tea", "--id", "tea")
    with Pi(card, package, knows_time=True) as pi:
        print(f"the bell began {pi.rings(within_s=300) - due_s:.2f} s after its time")
        assert time.time() > due_s
        pi.assert_closed()
        pi.hold()
        assert [alarm["id"] for alarm in pi.listing()["alarms"]] == ["tea"]


def test_a_box_that_does_not_know_the_time_rings_by_elapsed_time_after_a_reboot(packages, tmp_path):
    package, card = packages(), tmp_path / "card.img"
    with Pi(card, package, knows_time=False) as pi:
        pi.set("60", "Tea", "--id", "tea")
        code, printed = pi.machine.run(f"mosquitto -d -p {BROKER_PORT}; callbox timers add 07:00; pkill mosquitto")
        assert "clock of this box isn't set" in printed, (code, printed)
        pi.machine.sh("systemctl stop callbox; sync")
    booted_s = time.time()
    with Pi(card, package, knows_time=False) as pi:
        began_s = pi.rings(within_s=120)
        print(f"it rang {began_s - booted_s:.1f} s after the boot began")
        pi.assert_closed()
        pi.hold()
        assert pi.listing()["total"] == 0
