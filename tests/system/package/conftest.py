"""The package, built as `make deb` does, and virtual Pis that it is installed in."""

import hashlib
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.system.hardware.vpi.boot import Guest
from tests.system.package.machine import ROOT, Machine

BOT_PORT = 7860
SETTINGS = f"""
bot:
  start_url: http://127.0.0.1:{BOT_PORT}/start
  headers: {{Authorization: {{credential: bot-key, prefix: "Bearer "}}}}
microphone: {{device: "hw:CARD=Loopback,DEV=1"}}
speaker: {{device: "hw:CARD=Loopback,DEV=1"}}
"""
SECRET = "correct-horse-battery"
_AS_ON_A_PI = """
# The virtual Pi says what it is in a file that is mounted over /proc/cpuinfo; a service with a /proc of its own would
# not see it. A real one says so in the device tree.
[Service]
BindReadOnlyPaths=/run/vpi-cpuinfo:/proc/cpuinfo
"""


class Packages:
    """Builds packages, once a version. Uncompressed: the same files, sooner."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._built: dict[str, Path] = {}

    def __call__(self, version: str = "") -> Path:
        """The package of `version`; without one that of the commit, as `make deb` builds it."""
        if version not in self._built:
            how = {"DEB_VERSION": version, "DEB_COMPRESS": "none", "DEB_DIST": str(self._folder), "DEB_ARCH": "amd64"}
            command = [ROOT / "deploy" / "debian" / "build.sh"]
            done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env={**os.environ, **how})
            self._built[version] = Path(done.stdout.strip())
        return self._built[version]

    def changed(self, version: str, *changes: tuple[str, str, str]) -> Path:
        """The package of the commit as another `version`; `changes`: a file in it, a text there, and what takes its place."""
        tree = self._folder / f"tree-{version}"
        subprocess.run(["dpkg-deb", "--raw-extract", self(), tree], check=True)
        control = tree / "DEBIAN/control"
        control.write_text(re.sub(r"(?m)^Version: .*$", f"Version: {version}", control.read_text()))
        (tree / "usr/lib/callbox/callbox/VERSION").write_text(f"{version}\n")
        for name, text, other in changes:
            content = (tree / name).read_text()
            assert content.count(text) == 1, name
            (tree / name).write_text(content.replace(text, other))
        sums = tree / "DEBIAN/md5sums"
        names = [line.partition("  ")[2] for line in sums.read_text().splitlines()]
        md5 = (hashlib.md5((tree / name).read_bytes(), usedforsecurity=False).hexdigest() for name in names)
        sums.write_text("".join(f"{digest}  {name}\n" for digest, name in zip(md5, names, strict=True)))
        file = self._folder / f"callbox_{version}_amd64.deb"
        subprocess.run(["dpkg-deb", "--root-owner-group", "-Znone", "--build", tree, file], check=True)
        shutil.rmtree(tree)
        return file


@pytest.fixture(scope="session")
def packages(tmp_path_factory):
    subprocess.run([ROOT / "deploy" / "bootstrap.sh", "deb"], check=True)
    return Packages(tmp_path_factory.mktemp("dist"))


def boot_machine(**how) -> Machine:
    """A Pi without Callbox. What this machine forbids its own packages, to start services, is none of the guest's."""
    pi = Machine(Guest(systemd=True, **how))
    pi.sh("rm -f /usr/sbin/policy-rc.d")
    pi.write("/run/systemd/system/callbox.service.d/pi.conf", _AS_ON_A_PI)
    pi.sh("systemctl daemon-reload")  # it is installed on a disk from before
    return pi


@pytest.fixture(scope="module")
def bare():
    with boot_machine() as pi:
        yield pi


@pytest.fixture(scope="session")
def furnished(packages):
    """A Pi with Callbox installed, settings, a bot that answers, and a FAT boot partition."""
    with boot_machine(vfat=Path("/boot/firmware")) as pi:
        pi.sh(f"{pi.python('callbox.demo.bot', '--port', str(BOT_PORT))} >/tmp/bot 2>&1 &")
        pi.write("/etc/callbox/conf.d/10-test.yaml", SETTINGS)
        pi.write("/etc/callbox/credentials/bot-key", SECRET, 0o600)
        pi.install(packages())
        pi.until("grep -q http /tmp/bot", 60)
        yield pi


@pytest.fixture
def box(furnished):
    """The running box, on the hook."""
    furnished.sh("rm -f /run/systemd/system/callbox.service.d/test.conf; systemctl daemon-reload")
    furnished.hang_up()
    furnished.until("systemctl is-active callbox", 60)
    return furnished
