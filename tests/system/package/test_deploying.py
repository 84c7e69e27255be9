"""deploy/README.md: the blocks from "On the Pi" to "gone", run as they stand there."""

import re

import pytest
from tests.system.package.conftest import boot_machine
from tests.system.package.machine import ROOT

pytestmark = [pytest.mark.vpi_host, pytest.mark.timeout(580)]

README = (ROOT / "deploy" / "README.md").read_text()
BLOCKS = re.findall(r"^```sh\n(.*?)^```$", README[README.index("## On the Pi") :], re.MULTILINE | re.DOTALL)
THERE = """
set -e
cd /home/pi
export SYSTEMD_PAGER=cat DEBIAN_FRONTEND=noninteractive
sudo() { "$@"; }
apt-get() { if [ "$1" != update ]; then command apt-get -y -q "$@"; fi; }  # no network there
callbox() { if [ "$1" = doctor ]; then shift; command callbox doctor --quick --no-press "$@" || [ $? -le 2 ]; else command callbox "$@"; fi; }
"""


@pytest.fixture(scope="module")
def pi(packages):
    """A Pi with the package in a home, a bot and a broker at the addresses that the README takes as examples."""
    with boot_machine() as pi:
        pi.sh("for host in 10 20; do ip addr add 192.168.1.$host/24 dev eth0; done; mkdir -p /home/pi")
        pi.sh(f"cp {packages()} /home/pi/")
        pi.write("/tmp/mosquitto.conf", "listener 1883 192.168.1.10\nallow_anonymous true\n")
        pi.sh("mosquitto -d -c /tmp/mosquitto.conf")
        pi.sh(f"{pi.python('callbox.demo.bot', '--host', '192.168.1.20')} >/tmp/bot 2>&1 &")
        pi.until("grep -q http /tmp/bot", 60)
        yield pi


@pytest.mark.parametrize("number", range(len(BLOCKS)), ids=lambda number: BLOCKS[number].splitlines()[-1].strip())
def test_the_block_does_what_the_docs_say(pi, number):
    block = BLOCKS[number]
    pi.write("/tmp/block", THERE + block)
    printed = pi.sh("bash /tmp/block", 300)
    if "systemctl status" in block:
        assert 'Status: "disconnected, idle, microphone closed"' in printed
        pi.call()
        pi.press()
        pi.until_state("disconnected")
    if "callbox devices" in block:
        assert "Loopback" in printed
        assert "pass     mqtt" in printed, printed
        assert "pass     bot" in printed, printed
    if "credentials" in block:
        assert "the password" not in pi.sh("callbox config show")
        pi.until_state("disconnected")
    if "purge" in block:
        assert pi.sh("ls /etc").count("callbox") == 0


def test_there_are_as_many_blocks_as_were_run():
    assert len(BLOCKS) == 6
