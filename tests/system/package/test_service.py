"""The installed service: who it is, what it may, what it says, and that a press becomes a call."""

import json
import re

import pytest
from tests.system.package.conftest import SECRET

pytestmark = [pytest.mark.vpi_host, pytest.mark.timeout(400)]

MICROPHONE_LAMP = 27
RUNNING = "cat /proc/asound/card*/pcm*c/sub*/status | grep -c RUNNING || true"
"""How many captures the kernel has running."""


def test_press_and_the_bot_answers_press_and_the_microphone_is_closed(box):
    assert (box.level(MICROPHONE_LAMP), box.sh(RUNNING)) == (0, "0\n")
    box.call()
    assert (box.level(MICROPHONE_LAMP), box.sh(RUNNING)) == (1, "1\n")
    box.press()
    box.until_state("disconnected")
    assert (box.level(MICROPHONE_LAMP), box.sh(RUNNING)) == (0, "0\n")
    journal = box.journal()
    assert "initializing, connecting, microphone open" in journal
    assert "can't be kept" not in journal


def test_it_is_a_user_of_its_own_with_two_groups_and_no_rights(box):
    status = box.sh(f"cat /proc/{box.show('MainPID')}/status")
    fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    groups = {box.sh(f"getent group {group}").split(":")[2] for group in ("audio", "gpio")}
    own = fields["Uid"].split()[0]
    assert int(own) >= 61184  # systemd's range of dynamic users
    assert set(fields["Groups"].split()) - {own} == groups
    assert {fields[name] for name in ("CapEff", "CapPrm", "CapBnd", "CapAmb")} == {"0" * 16}
    assert fields["NoNewPrivs"] == "1"
    assert fields["Seccomp"] == "2"


def test_its_exposure_is_what_the_unit_says(box):
    printed = box.sh("systemd-analyze security callbox")
    exposure = re.search(r"Overall exposure level for callbox.service: ([\d.]+)", printed)
    assert exposure is not None
    assert float(exposure[1]) <= 2.0
    # What is open, is open for a reason that deploy/README.md gives.
    assert set(re.findall(r"^✗ (\S+?)=", printed, re.MULTILINE)) == {
        "DeviceAllow",
        "IPAddressDeny",
        "MemoryDenyWriteExecute",
        "PrivateDevices",
        "PrivateNetwork",
        "ProcSubset",
        "RestrictAddressFamilies",
        "RootDirectory",
        "SupplementaryGroups",
    }


def test_the_secret_is_the_services_alone(box):
    box.call()
    pid = box.show("MainPID")
    assert SECRET not in box.journal()
    assert SECRET not in box.sh(f"tr '\\0' '\\n' </proc/{pid}/cmdline; tr '\\0' '\\n' </proc/{pid}/environ")
    assert SECRET not in box.sh("systemctl show callbox; systemctl status callbox; callbox config show")
    assert box.run(f"setpriv --reuid=65534 --clear-groups -- grep -r {SECRET} /etc/callbox /run/credentials")[0] != 0
    assert SECRET in box.sh(f"grep -r {SECRET} /run/credentials/callbox.service")  # it is there, for the service


def test_the_journal_has_priorities(box):
    box.sh("journalctl --rotate --vacuum-time=1s -q")
    box.write(
        "/run/systemd/system/callbox.service.d/test.conf",
        "[Service]\nEnvironment=CALLBOX__BOT__START_URL=http://127.0.0.1:9/start",
    )
    box.sh("systemctl daemon-reload")
    box.hang_up()
    box.press()
    box.until("journalctl -u callbox -p warning --output=cat --no-pager | grep -q 127.0.0.1:9", 60)
    printed = [json.loads(line) for line in box.sh("journalctl -u callbox _COMM=callbox -o json").splitlines()]
    by_priority = {priority: [m["MESSAGE"] for m in printed if m["PRIORITY"] == priority] for priority in "3467"}
    assert any("disconnected, idle" in text for text in by_priority["6"])
    assert any("127.0.0.1:9" in text for text in by_priority["4"]), by_priority
    assert not any(text.startswith("<") for texts in by_priority.values() for text in texts)


def test_wrong_settings_are_an_error_in_the_journal_and_the_last_good_ones_go_on(box):
    box.write("/etc/callbox/conf.d/99-wrong.yaml", "speaker: {volume: 300}")
    try:
        box.sh("systemctl reload callbox")
        box.until("journalctl -u callbox -p err --output=cat --no-pager | grep -q 99-wrong.yaml:1:", 60)
        box.hang_up()  # a start, too
        box.call()
    finally:
        box.sh("rm /etc/callbox/conf.d/99-wrong.yaml")


def test_settings_are_read_again_without_a_restart(box):
    pid = box.show("MainPID")
    box.write("/etc/callbox/conf.d/99-new.yaml", "bot: {start_url: http://127.0.0.1:9/start}")
    try:
        box.sh("systemctl reload callbox")
        box.until("journalctl -u callbox --output=cat --no-pager | grep -q 'in force now: bot.start_url'", 60)
    finally:
        box.sh("rm /etc/callbox/conf.d/99-new.yaml; systemctl reload callbox")
    box.call()
    assert box.show("MainPID") == pid


def test_a_file_on_the_boot_partition_is_taken_over_at_the_next_boot(box):
    box.write("/boot/firmware/callbox.yaml", f"bot: {{headers: {{X-Key: {SECRET}-2}}}}\nlog: {{level: debug}}\n")
    box.sh("systemctl restart callbox-import callbox")  # as at a boot: the import goes first
    assert box.show("ActiveState") == "active"
    assert SECRET not in box.sh("cat /boot/firmware/callbox.yaml /etc/callbox/conf.d/50-boot.yaml")
    assert SECRET in box.sh("cat /etc/callbox/credentials/bot.headers.x-key")
    assert "conf.d/50-boot.yaml" in box.sh("callbox config show --origin")
    box.call()
    box.write("/boot/firmware/callbox.yaml", "bot: {start_url: [1]}\n")
    assert box.run("systemctl restart callbox-import callbox")[0] != 0  # the import says that it failed; the box starts
    assert "start_url" in box.sh("cat /boot/firmware/callbox.yaml.error.txt")
    box.call()  # with the settings that it had
