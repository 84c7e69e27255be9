"""From a Pi without Callbox to one without Callbox: installed, set up, upgraded, removed, purged. In this order."""

import re
import time

import pytest
from tests.system.package.machine import Failed

from callbox import __version__

pytestmark = [pytest.mark.vpi_host, pytest.mark.timeout(400)]

FILES = (
    "{ find /etc /opt /srv /boot /var -xdev \\( -path /var/log -o -path /var/cache -o -path /var/lib/dpkg"
    " -o -path /var/lib/apt \\) -prune -o -print; find / -xdev -maxdepth 1; find /usr -xdev -maxdepth 4; } | sort"
)
"""What a package could leave behind; logs and dpkg's own lists do not count."""


@pytest.fixture(scope="module")
def before(bare):
    return set(bare.sh(FILES, 120).splitlines())


@pytest.fixture(scope="module")
def fresh(bare, before, packages):
    """An older one installed, nothing set; what apt said."""
    bare.sh("chown root:root /dev/gpiochip0; chmod 600 /dev/gpiochip0")
    return bare, bare.install(packages("0.0.1"))


def test_a_fresh_installation_says_what_is_missing(fresh):
    pi, printed = fresh
    assert "/etc/callbox/callbox.yaml" in printed
    assert "bot: is missing" in printed
    assert not re.search(r"error|failed|could not|warning", printed, re.IGNORECASE), printed
    assert pi.sh("systemctl is-enabled callbox callbox-import").split() == ["enabled", "enabled"]
    assert "bot: is missing" in pi.run("systemctl status callbox")[1]
    assert "bot: is missing" in pi.sh("journalctl -u callbox -p err -o cat --no-pager")


def test_wrong_settings_are_no_reason_to_start_again_and_again(fresh):
    pi, _ = fresh
    time.sleep(3)
    assert pi.show("ActiveState") == "failed"
    assert (pi.show("ExecMainStatus"), pi.show("NRestarts")) == ("78", "0")


def test_secrets_have_a_place_for_root_alone(fresh):
    pi, _ = fresh
    assert pi.sh("stat -c '%a %U' /etc/callbox/credentials").strip() == "700 root"


def test_its_group_has_the_pins(fresh):
    pi, _ = fresh
    assert pi.sh("stat -c '%a %G' /dev/gpiochip0").strip() == "660 gpio"


def test_with_a_bot_in_the_settings_it_runs(fresh):
    pi, _ = fresh
    pi.sh("sed -i 's/^# bot:/bot:/; s/^#   start_url/  start_url/' /etc/callbox/callbox.yaml; callbox check")
    pi.sh("systemctl restart callbox")
    assert pi.show("ActiveState") == "active"  # Type=notify: it said so itself
    assert pi.show("StatusText").startswith("disconnected, idle")


def test_an_upgrade_asks_nothing_keeps_the_settings_and_starts_the_new_one(fresh, packages):
    pi, _ = fresh
    settings = pi.sh("cat /etc/callbox/callbox.yaml")
    old = pi.show("MainPID")
    assert pi.sh("callbox --version") == "callbox 0.0.1\n"
    printed = pi.install(packages())
    assert "conffile" not in printed.lower()
    assert "not complete" not in printed
    assert pi.sh("cat /etc/callbox/callbox.yaml") == settings
    assert pi.sh("find /etc -name '*.dpkg-*'") == ""
    assert pi.show("ActiveState") == "active"
    assert pi.show("MainPID") != old
    assert pi.sh("dpkg-query -W -f '${Version}' callbox") == __version__
    assert pi.sh("callbox --version") == f"callbox {__version__}\n"


def test_removed_it_keeps_settings_and_nothing_runs(fresh, before):
    pi, _ = fresh
    pi.sh("apt-get remove -y -q --auto-remove callbox", 120)  # and what came with it: numpy, say
    with pytest.raises(Failed):
        pi.sh("systemctl is-active callbox")
    assert pi.sh("pgrep -f /usr/bin/callbox || true") == ""
    left = {file for file in set(pi.sh(FILES, 120).splitlines()) - before if not file.startswith("/etc/callbox")}
    assert {file for file in left if file.startswith(("/usr", "/lib"))} == set()
    assert pi.sh("test -s /etc/callbox/callbox.yaml && echo kept") == "kept\n"


def test_purged_it_leaves_nothing(fresh, before):
    pi, _ = fresh
    pi.sh("apt-get purge -y -q callbox", 120)
    left = {file for file in set(pi.sh(FILES, 120).splitlines()) - before if "callbox" in file}
    assert left == set()
    assert pi.run("getent passwd callbox")[0] != 0
    assert "callbox" not in pi.sh("systemctl list-unit-files --no-legend")
