"""Upgrades from a signed repository, by the real apt, dpkg and systemd: on trial, accepted, given up. In this order."""

import json
import shlex

import pytest
from tests.system.package.apt_repository import Repository
from tests.system.package.conftest import BOT_PORT, SETTINGS, boot_machine
from tests.system.package.machine import PYTHON, Failed

pytestmark = [pytest.mark.vpi_host, pytest.mark.timeout(3000)]

BROKER_PORT = 18830
FLEET = f"""
device: {{id: gate}}
mqtt: {{host: 127.0.0.1, port: {BROKER_PORT}}}
fleet: {{healthy_for_s: 5, give_up_after_s: 60}}
"""
FOLDER = "/var/lib/callbox-upgrade"
APT = (
    "apt-get -q -y -o Dir::Etc::sourcelist=/etc/apt/sources.list.d/callbox.sources -o Dir::Etc::sourceparts=/dev/null"
    " -o APT::Get::List-Cleanup=0 -o APT::Sandbox::User=root"
)
ALERT = (
    f'timeout 60 {PYTHON} -c "import paho.mqtt.subscribe as m;'
    f" print(m.simple('callbox/gate/alert/internal', port={BROKER_PORT}).payload.decode())\""
)
CRASHES = ("usr/bin/callbox", "sys.exit(main())", 'sys.exit(1 if sys.argv[1:] == ["run"] else main())')
REFUSES_SETTINGS = (CRASHES[0], CRASHES[1], 'sys.exit(78 if sys.argv[1:] == ["run"] else main())')
WITHOUT_BROKER = (
    "usr/lib/callbox/callbox/mqtt/client.py",
    "await reconnect_forever(self.one_connection, self._broker.retry_s)",
    "await asyncio.sleep(86400)",
)
NOT_CONFIGURED = ("DEBIAN/postinst", "set -e\n", 'set -e\nif [ "$1" = configure ]; then exit 1; fi\n')


class Fleet:
    """One box of a fleet, with its repository, broker and bot."""

    def __init__(self, pi, repository, packages):
        self.pi, self._repository, self._packages = pi, repository, packages

    def publish(self, version, *changes):
        self._packages.changed(version, *changes).rename(self._repository.packages / f"callbox_{version}_amd64.deb")
        self._repository.publish()
        self.pi.sh("echo 3 >/proc/sys/vm/drop_caches")  # the host's files have changed beneath
        self.pi.sh(f"cp {self._repository.repo}/callbox.asc /usr/share/keyrings/")
        self.pi.sh(f"{APT} update")

    def upgrade(self):
        """As unattended-upgrades does; the exit code, and what apt printed."""
        return self.pi.run(f"DEBIAN_FRONTEND=noninteractive {APT} upgrade", 900)

    @property
    def version(self):
        return self.pi.sh("dpkg-query -W -f '${db:Status-Abbrev} ${Version}' callbox")

    @property
    def record(self):
        return json.loads(self.pi.sh(f"cat {FOLDER}/rollout.json"))

    def until(self, state, version, within_s=900):
        """The gate has decided, and has done what it decided."""
        decided = f"""grep -q '"state": "{state}"' {FOLDER}/rollout.json && ! [ -e {FOLDER}/gate ]"""
        try:
            self.pi.until(decided, within_s, state)
        except Failed as late:
            status = "systemctl status --no-pager callbox-upgrade; journalctl --no-pager -u callbox-upgrade"
            raise Failed(f"{late}\n{self.record}\n{self.pi.run(status)[1]}") from None
        assert self.version == f"ii  {version}"
        self.pi.until("systemctl is-active callbox && ! systemctl is-active callbox-upgrade", 300)
        assert self.pi.sh("callbox --version") == f"callbox {version}\n"
        assert self.pi.sh(f"ls {FOLDER}") == "rollout.json\n"

    def until_alert(self, *texts):
        """The broker has kept it."""
        for text in texts:
            self.pi.until(f"{ALERT} | grep -qF {shlex.quote(text)}", 300)


@pytest.fixture(scope="module")
def fleet(packages, tmp_path_factory):
    with boot_machine() as pi:
        pi.sh(f"{pi.python('callbox.demo.bot', '--port', str(BOT_PORT))} >/tmp/bot 2>&1 &")
        pi.sh(f"mosquitto -d -p {BROKER_PORT}")
        pi.write("/etc/callbox/conf.d/10-test.yaml", SETTINGS + FLEET)
        pi.write("/etc/callbox/credentials/bot-key", "secret", 0o600)
        pi.until("grep -q http /tmp/bot", 60)
        repository = Repository(tmp_path_factory.mktemp("fleet"))
        pi.write("/etc/apt/sources.list.d/callbox.sources", repository.source("/usr/share/keyrings/callbox.asc"))
        pi.install(packages.changed("9.1"))
        pi.until("[ -s /run/callbox/health.json ]", 300, "the box reports how it is")
        assert pi.run(f"ls {FOLDER}")[0] != 0
        yield Fleet(pi, repository, packages)


def test_a_good_version_is_accepted(fleet):
    fleet.publish("9.2")
    code, printed = fleet.upgrade()
    assert code == 0, printed
    assert "version 9.2 is on trial, 9.1 is kept" in printed
    assert fleet.record["rollout"]["state"] == "trial"
    assert fleet.pi.show("ActiveState") == "active"
    fleet.until("accepted", "9.2")
    fleet.pi.call()
    fleet.pi.press()
    fleet.pi.until_state("disconnected")


@pytest.mark.parametrize(
    ("version", "change", "reason"),
    [
        ("9.3", CRASHES, "started 5 times"),
        ("9.4", REFUSES_SETTINGS, "is not started again: exit-code"),
        ("9.5", WITHOUT_BROKER, "never healthy for 5 s, there is no connection with the broker"),
        ("9.6", NOT_CONFIGURED, "dpkg can't configure it"),
    ],
    ids=["crashes", "refuses the settings", "without its broker", "can't be configured"],
)
def test_a_bad_version_is_given_up_and_not_taken_again(fleet, version, change, reason):
    fleet.publish(version, change)
    code, printed = fleet.upgrade()
    assert (code != 0) == (change is NOT_CONFIGURED), printed
    fleet.until("rolled back", "9.2")
    assert fleet.record["rollout"]["highest"] == version
    assert reason in fleet.record["rollout"]["reason"]
    fleet.until_alert(f"Version {version} of the package was given up, 9.2 is installed again", reason)
    code, printed = fleet.upgrade()
    assert (code, fleet.version) == (0, "ii  9.2"), printed
    assert "dpkg" not in fleet.pi.sh("dpkg --audit; dpkg --verify callbox")
    fleet.pi.call()
    fleet.pi.press()
    fleet.pi.until_state("disconnected")


def test_the_next_good_version_is_taken_and_ends_the_alert(fleet):
    assert fleet.record["refused"] == ["9.3", "9.4", "9.5", "9.6"]
    fleet.publish("9.7")
    code, printed = fleet.upgrade()
    assert code == 0, printed
    fleet.until("accepted", "9.7")
    assert fleet.pi.run("ls /etc/apt/preferences.d/callbox-refused.pref")[0] != 0
    fleet.pi.until(f"! {ALERT.replace('timeout 60', 'timeout 5')}", 60, "the alert is over")


def test_a_box_of_no_fleet_has_no_trial(fleet):
    fleet.pi.sh("sed -i /^fleet:/d /etc/callbox/conf.d/10-test.yaml; systemctl restart callbox")
    fleet.publish("9.8")
    code, printed = fleet.upgrade()
    assert code == 0, printed
    assert "trial" not in printed
    assert fleet.version == "ii  9.8"
    assert fleet.pi.sh(f"ls {FOLDER}") == "rollout.json\n"


def test_purged_it_leaves_nothing_of_it(fleet):
    fleet.pi.write(
        "/etc/apt/preferences.d/callbox-refused.pref", "Package: callbox\nPin: version 9.3\nPin-Priority: -1"
    )
    fleet.pi.sh("apt-get purge -y -q callbox", 120)
    left = "ls -d /var/lib/callbox* /etc/apt/preferences.d/callbox* /etc/systemd/system/*/callbox* /usr/lib/systemd/system/callbox*"
    assert fleet.pi.run(f"{left} 2>/dev/null")[1] == ""
