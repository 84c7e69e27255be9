"""Power cuts while a package is installed, is on trial and is given up: the virtual Pi boots with a whole version, and talks.

All that the guest writes is on an ext4 file system in a file of this machine's, as on a Pi's card; what it has not written there is
lost with its memory. Each third version is one that crashes.
`make test-upgrade-cuts CUTS=50`: so many cuts; `SEED=N`: other moments.
"""

import collections
import json
import os
import random
import time

import pytest
from tests.system.package.conftest import BOT_PORT, SETTINGS, boot_machine
from tests.system.package.test_upgrades import BROKER_PORT, CRASHES, FLEET, FOLDER

CUTS = int(os.environ.get("CUTS", "3"))
SEED = int(os.environ.get("SEED", "25"))
PATIENCE_S = 900
MOMENTS = {
    "begun": ("", 20.0),
    "unpacking": ("^Preparing to unpack .*callbox", 20.0),
    "unpacked": ("^Setting up callbox", 40.0),
    "configured": ("^done", 15.0),
}
"""What apt has printed when the upgrade has come so far; the power is cut up to so many seconds later."""

pytestmark = [pytest.mark.vpi_host, pytest.mark.timeout(600 + 1800 * CUTS)]


def is_bad(version):
    return version % 3 == 0


def build(packages, version):
    """The package of version 9.`version`."""
    return packages.changed(f"9.{version}", *([CRASHES] if is_bad(version) else []))


def boot(disk):
    """A Pi with power, with a broker and a bot."""
    pi = boot_machine(disk=disk)
    pi.sh(f"{pi.python('callbox.demo.bot', '--port', str(BOT_PORT))} >/run/bot 2>&1 &")
    pi.sh(f"mosquitto -d -p {BROKER_PORT}")
    pi.until("grep -q http /run/bot", PATIENCE_S)
    return pi


def furnish(pi, package):
    """A box of a fleet, as it is before the first upgrade."""
    pi.write("/etc/callbox/conf.d/10-test.yaml", SETTINGS + FLEET.replace("fleet: {", "fleet: {check_bot: false, "))
    pi.write("/etc/callbox/credentials/bot-key", "secret", 0o600)
    pi.install(package)
    pi.sh("sync")


def talk(pi):
    """The version that is installed, whole, and runs: a press becomes a call."""
    # Not multi-user.target, which starts all of Debian here.
    pi.run("systemctl start callbox-upgrade callbox-import callbox", PATIENCE_S)
    pi.until("systemctl is-active callbox", PATIENCE_S, "the box runs")
    pi.until('[ -z "$(dpkg --audit)" ]', PATIENCE_S, "no package is half installed")
    status = pi.sh("dpkg-query -W -f '${db:Status-Abbrev}${Version}' callbox")
    assert status.startswith("ii 9."), status
    version = int(status.partition(".")[2])
    assert pi.sh("dpkg --verify callbox", PATIENCE_S) == "", "each file is that of this version"
    assert pi.sh("callbox --version") == f"callbox 9.{version}\n"
    pi.call()
    pi.press()
    pi.until_state("disconnected")
    return version


def rollout(pi):
    """State and version of the last trial."""
    code, printed = pi.run(f"cat {FOLDER}/rollout.json")
    record = json.loads(printed)["rollout"] if code == 0 else {}
    return record.get("state", "none"), record.get("version", "")


def upgrade(pi, package, printed):
    """Begin it, and return when apt has printed that."""
    pi.until("[ -s /run/callbox/health.json ]", PATIENCE_S)
    pi.sh(f"(dpkg --configure -a; apt-get install -y -q {package}; echo done) >/run/apt 2>&1 </dev/null &")
    pi.until(f"grep -q '{printed}' /run/apt", PATIENCE_S)


def test_the_pi_boots_and_talks_after_each_cut(tmp_path, packages):
    chance = random.Random(SEED)
    disk = tmp_path / "card.img"
    with boot(disk) as pi:
        furnish(pi, build(packages, 1))
    accepted, before = 1, "installed"
    found: collections.Counter[str] = collections.Counter()
    for cut in range(CUTS + 1):
        with boot(disk) as pi:
            began_s = time.monotonic()
            version = talk(pi)
            state, tried = rollout(pi)
            took_s = time.monotonic() - began_s
            print(f"{before}; 9.{version} talks after {took_s:.0f} s, {tried} is {state}", flush=True)
            assert version >= accepted, "never behind what was accepted"
            assert not is_bad(version)
            if state == "accepted":
                accepted = max(accepted, version)
            if cut == CUTS:
                break
            package = build(packages, cut + 2)
            moment = chance.choice(list(MOMENTS))
            printed, within_s = MOMENTS[moment]
            after_s = chance.uniform(0, within_s)
            upgrade(pi, package, printed)
            time.sleep(after_s)
            status, (state, _) = pi.sh("dpkg-query -W -f '${db:Status-Status}' callbox"), rollout(pi)
        package.unlink()
        found[f"{status}, {state}"] += 1
        before = f"cut {cut + 1}, 9.{cut + 2} {moment} for {after_s:.1f} s: {status}, {state}"
    print(f"{CUTS} cuts, {CUTS} boots with a whole version and a call; dpkg and the trial at the cut: {dict(found)}")
