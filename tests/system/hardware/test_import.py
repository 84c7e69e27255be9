"""`callbox import` on a real FAT partition, from outside: what is left in its blocks, and the power cut at each step."""

import shutil
import stat
import sys
from pathlib import Path

import pytest
from tests.system.hardware.vpi.boot import Guest, Running, boot

pytestmark = pytest.mark.vpi_host

ROOT = Path(__file__).parents[3]
BOOT = Path("/boot/firmware")
SECRETS = (b"new-s3cr3t", b"new-k3y")
NEW = (
    "\ufeff# from Notepad, new-s3cr3t\r\nbot:\r\n  start_url: http://new/start\r\n  headers: {Authorization: Bearer new-k3y}\r\n"
    "mqtt:\r\n  host: new\r\n  password: new-s3cr3t\r\n"
)
OLD = "bot: {start_url: http://old/start}\nmqtt: {host: old, password: old-s3cr3t}\n"
PATHS = f"import os, sys; sys.path[:0] = {[str(ROOT), str(ROOT / 'firmware'), str(ROOT / 'device')]!r}\n"
IMPORT = (
    PATHS
    + "from callbox.cli import main; print('ended with', main(['import', '--into', sys.argv[1]]), sorted(os.listdir('/boot/firmware')))"
)
WAIT_AT_A_STEP = (
    PATHS
    + """
import time
from tests.rig.crash_injection import NOW, CrashingDisk, Import, Path
class Waiting(CrashingDisk):
    def _step(self, torn=None):
        self._count += 1
        if self._count == self._at:
            print("here", flush=True)
            time.sleep(600)
Import(Path("/boot/firmware/callbox.yaml"), Path(sys.argv[1]), NOW, Waiting(int(sys.argv[2]), "whole")).run()
print("done", flush=True)
time.sleep(600)
"""
)


class Card:
    """A Pi's boot partition in a file, and its /etc/callbox here."""

    def __init__(self, folder):
        self.image, self.etc = folder / "card.img", folder / "etc"
        self.etc.mkdir(parents=True, exist_ok=True)
        self.guest = Guest(vfat=BOOT, vfat_image=self.image, writable=(self.etc,), gpio=False, sound=False)

    def put(self, name, text):
        put = f"{PATHS}open(f'{BOOT}/{{sys.argv[1]}}', 'wb').write({text.encode()!r})"
        self.run(put, name)

    def run(self, code, *arguments):
        ended = boot([sys.executable, "-c", code, *map(str, arguments)], self.guest)
        assert ended.exit_code == 0, ended.stderr + ended.stdout
        return ended.stdout

    def names(self):
        return sorted(boot(["ls", "-A", str(BOOT)], self.guest).stdout.split())

    def import_(self):
        return self.run(IMPORT, self.etc)

    @property
    def kept(self):
        return (self.etc / "conf.d/50-boot.yaml").read_text()


@pytest.mark.parametrize("name", ["callbox.yaml", "CALLBOX.YAML", "Callbox.yaml.txt"])
def test_no_secret_is_left_in_any_block(tmp_path, name):
    card = Card(tmp_path)
    card.put(name, NEW)
    assert all(secret in card.image.read_bytes() for secret in SECRETS)
    assert "imported\nended with 0" in card.import_()
    assert card.names() == [name]
    assert not [secret for secret in SECRETS if secret in card.image.read_bytes()]
    assert (card.etc / "credentials/mqtt.password").read_text() == "new-s3cr3t\n"
    assert stat.S_IMODE((card.etc / "credentials/mqtt.password").stat().st_mode) == 0o600
    before = card.kept
    assert "was imported before\nended with 0" in card.import_()
    assert card.kept == before


def test_a_wrong_one_is_rejected(tmp_path):
    card = Card(tmp_path)
    card.put("callbox.yaml", "bot: 5\r\n")
    assert "not imported\nended with 78" in card.import_()
    assert card.names() == ["callbox.yaml.error.txt", "callbox.yaml.rejected"]
    assert b"line 1, column 6: bot: must be a section" in card.image.read_bytes()


@pytest.mark.timeout(900)
def test_the_power_is_cut_at_each_step(tmp_path):
    template = Card(tmp_path / "template")
    template.put("callbox.yaml", OLD)
    template.import_()
    template.put("callbox.yaml", NEW)
    step = done = 0
    while not done:
        step += 1
        shutil.copytree(tmp_path / "template", tmp_path / str(step))
        card = Card(tmp_path / str(step))
        with Running([sys.executable, "-c", WAIT_AT_A_STEP, str(card.etc), str(step)], card.guest) as guest:
            assert guest.until("\n"), guest.read("console")
            done = b"done" in guest.read("stdout")
        assert ("http://old/start" in card.kept) != ("http://new/start" in card.kept)
        assert "ended with 0 ['callbox.yaml']" in card.import_(), step
        assert "http://new/start" in card.kept
        assert not [secret for secret in SECRETS if secret in card.image.read_bytes()], step
    assert step > 15
