"""Power cuts while a package is installed, is on trial, accepted or given up: the virtual Pi boots with a whole version, and talks.

One upgrades to a good version, then another one to a version that crashes. All that it writes is on an ext4 file system in a file,
as on a Pi's card. While it stands still the file is copied, again and again: what it has not written is not there, as when its
power is cut. From so many of these copies a Pi boots, as many of each state of dpkg and the trial as of another:
`make test-upgrade-cuts CUTS=50`; `SEED=N`: others of them.
"""

import collections
import itertools
import json
import os
import random
import re
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.system.package.conftest import BOT_PORT, SETTINGS, boot_machine
from tests.system.package.test_upgrades import BROKER_PORT, CRASHES, FLEET, FOLDER

CUTS = int(os.environ.get("CUTS", "6"))
SEED = int(os.environ.get("SEED", "25"))
PATIENCE_S = 900
PAUSE_S = 2.0
"""At most, from one copy to the next."""
MOST_OF_A_STATE = CUTS // 12 + 1
BEFORE, GOOD, BAD = "9.1", "9.2", "9.3"

pytestmark = [pytest.mark.vpi_host, pytest.mark.timeout(3000 + 600 * CUTS)]


@dataclass(frozen=True)
class Cut:
    """One moment of an upgrade to `version`."""

    disk: Path
    version: str
    after_s: float
    dpkg: str
    """Its flag and status of the package, and the version."""
    trial: str
    """State of the trial."""


@dataclass(frozen=True)
class Boot:
    """What came of it."""

    did: str
    """What the gate did before the box started, or while it ran."""
    version: str
    trial: str
    talked_after_s: float
    """From power to the call."""


def boot(**how):
    """A Pi with power, with a broker and a bot."""
    pi = boot_machine(**how)
    pi.sh(f"mosquitto -d -p {BROKER_PORT}")
    pi.sh(f"{pi.python('callbox.demo.bot', '--port', str(BOT_PORT))} >/run/bot 2>&1 &")
    return pi


def start(pi):
    """What starts at boot; not multi-user.target, which starts all of Debian here."""
    pi.run("systemctl start callbox-upgrade callbox-import callbox", PATIENCE_S)


@pytest.fixture(scope="module")
def card(packages, tmp_path_factory):
    """A box of a fleet, as it is before the upgrade."""
    file = tmp_path_factory.mktemp("card") / "card.img"
    with boot(disk=file) as pi:
        pi.write("/etc/callbox/conf.d/10-test.yaml", SETTINGS + FLEET.replace("fleet: {", "fleet: {check_bot: false, "))
        pi.write("/etc/callbox/credentials/bot-key", "secret", 0o600)
        pi.install(packages.changed(BEFORE))
        pi.sh("sync")
    yield file
    shutil.rmtree(file.parent)


def look(pi):
    """What dpkg and the gate say."""
    printed = pi.sh(
        "dpkg-query -W -f '${db:Status-Eflag} ${db:Status-Status} ${Version}\\n' callbox;"
        f"ls {FOLDER} 2>/dev/null | tr '\\n' ' '; echo; cat {FOLDER}/rollout.json 2>/dev/null || echo '{{}}'"
    )
    dpkg, files, record = printed.split("\n", 2)
    trial = json.loads(record).get("rollout", {}).get("state", "none")
    return dpkg.removeprefix("ok "), trial, "gate" in files.split()


def copies(card, package, version, chance):
    """Cuts of one whole upgrade by their states: `MOST_OF_A_STATE`, any of them as likely as another."""
    disk = card.with_name(f"{version}.cow")
    states: dict[tuple[str, ...], list[Cut]] = {}
    seen: collections.Counter[tuple[str, ...]] = collections.Counter()
    with boot(disk=disk, backing=card) as pi:
        start(pi)
        pi.until("[ -s /run/callbox/health.json ]", PATIENCE_S)
        pi.sh(f"apt-get install -y -q {package} >/run/apt 2>&1 </dev/null &")
        began_s, is_over = time.monotonic(), False
        while not is_over:
            dpkg, trial, is_watched = look(pi)
            some = states.setdefault((version, dpkg, trial), [])
            seen[dpkg, trial] += 1
            place = len(some) if len(some) < MOST_OF_A_STATE else chance.randrange(seen[dpkg, trial])
            if place < MOST_OF_A_STATE:
                file = card.with_name(f"{version}-{sum(seen.values())}.cow")
                pi.copy_disk(disk, file)
                for cut in some[place : place + 1]:
                    cut.disk.unlink()
                some[place : place + 1] = [Cut(file, version, time.monotonic() - began_s, dpkg, trial)]
            is_over = trial in ("accepted", "rolled back") and not is_watched
            time.sleep(chance.uniform(0, PAUSE_S))
    print(f"{version}: {sum(seen.values())} moments in {time.monotonic() - began_s:.0f} s, {dict(seen)}", flush=True)
    return states


def choose(states, chance):
    """`CUTS` of them, of each state as many as of another if there are as many."""
    turns = [chance.sample(some, len(some)) for some in states.values()]
    return [cut for turn in itertools.zip_longest(*turns) for cut in turn if cut][:CUTS]


def after(cut, card):
    """Boot from it: the version that is installed, whole, runs, and a press becomes a call."""
    began_s = time.monotonic()
    with boot(disk=cut.disk, backing=card) as pi:
        start(pi)
        pi.until("systemctl is-active callbox", PATIENCE_S, "the box runs")
        pi.until("grep -q http /run/bot", PATIENCE_S)
        pi.call()
        talked_after_s = time.monotonic() - began_s
        # The box is started before dpkg is done with the way back.
        pi.until('[ -z "$(dpkg --audit)" ]', PATIENCE_S, "no package is half installed")
        dpkg, trial, _ = look(pi)
        status, version = dpkg.split()
        assert status == "installed"
        assert pi.sh("dpkg --verify callbox", PATIENCE_S) == "", "each file is that of this version"
        pi.until(
            f"""grep -F '"version": "{version}"' /run/callbox/health.json""", PATIENCE_S, "it is the one that runs"
        )
        journal = pi.sh("journalctl --no-pager -o cat -u callbox-upgrade")
    did = re.findall(
        r"^(?:Setting up callbox|Version \S+ (?:is|was) \w+(?: up| installed| again)?)", journal, re.MULTILINE
    )
    return Boot(", ".join(did).replace("Setting up callbox", "configured") or "–", version, trial, talked_after_s)


def test_the_pi_boots_and_talks_after_each_cut(card, packages):
    chance = random.Random(SEED)
    states: dict[tuple[str, ...], list[Cut]] = {}
    for version, *changes in ((GOOD,), (BAD, CRASHES)):
        package = packages.changed(version, *changes)
        states |= copies(card, package, version, chance)
        package.unlink()
    chosen = choose(states, chance)
    assert len(chosen) == CUTS
    print(
        "| cut | dpkg | trial | the gate did | then | trial | call after |\n|---|---|---|---|---|---|---|", flush=True
    )
    for number, cut in enumerate(chosen):
        found = after(cut, card)
        before = f"{number + 1}: {cut.version}, {cut.after_s:.1f} s | {cut.dpkg} | {cut.trial}"
        print(
            f"| {before} | {found.did} | {found.version} | {found.trial} | {found.talked_after_s:.0f} s |", flush=True
        )
        assert found.version in (BEFORE, GOOD if cut.version == GOOD else BEFORE)
        if cut.version == GOOD and cut.trial == "accepted":
            assert found.version == GOOD, "never behind what was accepted"
        cut.disk.unlink()
    print(f"{CUTS} cuts, {CUTS} boots with a whole version and a call")
