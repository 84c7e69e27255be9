"""Rights that the service has though it would look better without: each is shown to be needed."""

import pytest
from tests.system.package.machine import Failed

pytestmark = [pytest.mark.vpi_host, pytest.mark.timeout(400)]

NEEDED = {
    # setting: what stops working
    "MemoryDenyWriteExecute=yes": "DTLS: pyOpenSSL's callbacks are code that libffi writes",
    "PrivateDevices=yes": "/dev/snd and /dev/gpiochip",
    "RestrictAddressFamilies=~AF_NETLINK": "aioice asks for the interfaces",
    "RestrictAddressFamilies=~AF_UNIX": "sd_notify",
    "PrivateNetwork=yes": "the bot",
}


@pytest.mark.parametrize("setting", NEEDED)
def test_without_the_right_there_is_no_call(furnished, setting):
    furnished.write("/run/systemd/system/callbox.service.d/test.conf", f"[Service]\nRestart=no\n{setting}")
    furnished.sh("systemctl daemon-reload; systemctl kill -s KILL callbox")
    if furnished.run("timeout 15 systemctl restart callbox")[0] == 0:
        furnished.press()
        with pytest.raises(Failed):  # with the right there is: test_service.py
            furnished.until_state("ready", 8)


@pytest.mark.parametrize("file", ["/proc/cpuinfo", "/proc/meminfo", "/proc/asound/cards"])
def test_with_a_subset_of_proc_nothing_says_which_pi_and_which_cards_there_are(furnished, file):
    # Not the service itself: in the virtual Pi gpiozero's file is one that this setting can't bear at all.
    look = f"systemd-run --quiet --wait --pipe -p DynamicUser=yes -p ProtectProc=invisible {{}} cat {file}"
    furnished.sh(look.format(""))
    with pytest.raises(Failed, match="No such file"):
        furnished.sh(look.format("-p ProcSubset=pid"))
