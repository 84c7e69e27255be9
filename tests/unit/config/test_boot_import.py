"""A settings file from the boot partition: what becomes of it, of its secrets, and of the power."""

import os
import shutil
import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.rig.crash_injection import NOW

from callbox.cli import main
from callbox.config import SettingsError, load_all
from callbox.config.boot_file import is_half_blanked, is_half_wiped, is_ours
from callbox.config.boot_import import Import, ImportResult
from callbox.config.schema import LampSettings
from callbox.config.secrets import SecretRef
from callbox.system.files import Disk

ROOT = Path(__file__).parents[3]
OLD = "bot: {start_url: http://old/start}\nmqtt: {host: old, password: old-s3cr3t}\n"
NEW = """\
# The new one; password new-s3cr3t, says Ann
bot:
  start_url: http://new/start
  headers:
    Authorization: Bearer new-k3y   # from the portal
    X-Room: "kitchen-1"
mqtt:
  host: new
  password: 'new-s3cr3t'
"""
BOT = "bot: {start_url: http://a/start}\n"
SECRETS = ("old-s3cr3t", "new-s3cr3t", "new-k3y", "kitchen-1")


class Card:
    """A boot partition and a /etc/callbox."""

    def __init__(self, folder):
        self.folder, self.boot, self.etc = folder, folder / "boot", folder / "etc"
        self.file = self.boot / "callbox.yaml"

    def prepared(self):
        self.boot.mkdir(parents=True)
        self.etc.mkdir()
        return self

    def put(self, text):
        self.file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return self.run()

    def run(self, now=NOW):
        return Import(self.file, self.etc, now).run()

    def fetched(self):
        """The settings that a box would have, with their secrets."""
        os.environ["CREDENTIALS_DIRECTORY"] = str(self.etc / "credentials")
        settings = load_all(self.etc / "callbox.yaml", (), {}).settings
        password = settings.mqtt and settings.mqtt.password and settings.mqtt.password.fetch()
        headers = {
            name: value.fetch() if isinstance(value, SecretRef) else value
            for name, value in settings.all_bots["bot",].headers.items()
        }
        return settings.all_bots["bot",].start_url, settings.mqtt and settings.mqtt.host, password, headers

    def tree(self, folder=None):
        return {
            str(path.relative_to(self.folder)): path.read_bytes()
            for path in sorted((folder or self.folder).rglob("*"))
            if path.is_file()
        }

    @property
    def secrets_on_boot(self):
        return [secret for secret in SECRETS if secret.encode() in b"".join(self.tree(self.boot).values())]


OLD_FETCHED: tuple = ("http://old/start", "old", "old-s3cr3t", {})
NEW_FETCHED = ("http://new/start", "new", "new-s3cr3t", {"Authorization": "Bearer new-k3y", "X-Room": "kitchen-1"})


@pytest.fixture(autouse=True)
def credentials(monkeypatch):
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", "/none")


@pytest.fixture
def card(tmp_path):
    return Card(tmp_path / "card").prepared()


def test_a_file_is_taken_over_once_and_its_secrets_leave_the_card(card):
    assert card.put(NEW).end is ImportResult.IMPORTED
    assert card.fetched() == NEW_FETCHED
    kept = (card.etc / "conf.d/50-boot.yaml").read_text()
    assert card.file.read_text() == kept
    assert kept.startswith("# imported 2026-11-25T07:00:00Z, sha256 ")
    assert kept.split("\n", 1)[1] == (
        NEW.replace("Bearer new-k3y", "{credential: bot.headers.authorization}")
        .replace('"kitchen-1"', "{credential: bot.headers.x-room}")
        .replace("'new-s3cr3t'", "{credential: mqtt.password}")
        .replace("new-s3cr3t", "•••")
    )
    assert not card.secrets_on_boot
    folder = card.etc / "credentials"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {(path.name, stat.S_IMODE(path.stat().st_mode)) for path in folder.iterdir()} == {
        (name, 0o600) for name in ("mqtt.password", "bot.headers.authorization", "bot.headers.x-room")
    }
    assert stat.S_IMODE((card.etc / "conf.d/50-boot.yaml").stat().st_mode) == 0o644
    assert sorted(path.name for path in card.boot.iterdir()) == ["callbox.yaml"]
    before = card.tree()
    assert card.run(datetime(2027, 1, 1, tzinfo=UTC)).end is ImportResult.KNOWN
    assert card.tree() == before


def test_a_changed_file_is_imported_again_with_the_secrets_it_has_on_the_box(card):
    card.put(NEW)
    card.put(card.file.read_text().replace("host: new", "host: newer"))
    assert card.fetched() == (NEW_FETCHED[0], "newer", *NEW_FETCHED[2:])
    assert card.file.read_text().count("# imported") == 1
    card.put(card.file.read_text().replace("{credential: mqtt.password}", "changed-s3cr3t"))
    assert card.fetched()[2] == "changed-s3cr3t"
    assert "{credential: mqtt.password.2}" in card.file.read_text()
    assert (card.etc / "credentials/mqtt.password").exists(), "the settings before may be the last good ones"
    card.put(card.file.read_text().replace("host: newer", "host: newest"))
    assert not (card.etc / "credentials/mqtt.password").exists()
    assert card.fetched()[1:3] == ("newest", "changed-s3cr3t")


@pytest.mark.parametrize(
    "written",
    [
        NEW.replace("\n", "\r\n"),
        b"\xef\xbb\xbf" + NEW.encode(),
        NEW.replace("'new-s3cr3t'", '"new-\\x733cr3t"'),
        NEW.replace("'new-s3cr3t'", "|-\n    new-s3cr3t") + "log: {level: info}\n",
        NEW.replace("'new-s3cr3t'", "!!str new-s3cr3t"),
        NEW.replace("'new-s3cr3t'", "&p new-s3cr3t\n  username: *p"),
        NEW.replace("\nmqtt:\n  host: new\n  password: 'new-s3cr3t'", "\nmqtt: {host: new, password: new-s3cr3t}"),
    ],
    ids=["CRLF", "BOM", "escape", "block", "tag", "alias", "flow"],
)
def test_however_it_is_written(card, written):
    if b"*p" in (written if isinstance(written, bytes) else written.encode()):
        # The password is a name elsewhere: it stays there, for that is what the file says.
        assert card.put(written).end is ImportResult.IMPORTED
        assert card.fetched() == NEW_FETCHED
        return
    assert card.put(written).end is ImportResult.IMPORTED
    assert card.fetched() == NEW_FETCHED
    assert not card.secrets_on_boot
    assert card.run().end is ImportResult.KNOWN


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", "callbox.yaml: is empty"),
        ("bot: {start_url: 5}\n", "line 1, column 18: bot.start_url: must be a text"),
        (NEW.replace("'new-s3cr3t'", "123456"), "line 9, column 13: mqtt.password: must be a text; put it in quotes"),
        (NEW.replace("'new-s3cr3t'", "'new-s3cr3t '"), "mqtt.password: begins or ends with a space"),
        (NEW.replace("'new-s3cr3t'", "''"), "mqtt.password: is empty"),
        (
            NEW.replace("'new-s3cr3t'", "{credential: mqtt.password.7}"),
            "there is no credential mqtt.password.7 on this box",
        ),
        (NEW.replace("'new-s3cr3t'", "*new-s3cr3t"), "line 9, column 13: nothing in this file has the name"),
        (NEW.replace("'new-s3cr3t'", "!new-s3cr3t"), "a text that begins with ! needs quotes"),
        (
            NEW.replace("'new-s3cr3t'", "'new-s3cr3t'\n  port: 99999"),
            "line 10, column 9: mqtt.port: must be a whole number",
        ),
        (NEW + "log: new-s3cr3t\n", "line 10, column 6: log: must be a section with keys of its own, not a text"),
        (NEW.encode("utf-16"), "line 1, column 1: byte 0xff is not UTF-8; save the file in the encoding UTF-8"),
        ("bot:\n\tstart_url: x\n", "line 2, column 1: a tab; YAML indents with spaces only"),
    ],
)
def test_a_wrong_file_is_rejected_in_words_for_any_pc(card, text, wanted):
    card.put(OLD)
    outcome = card.put(text)
    assert outcome.end is ImportResult.REJECTED
    assert card.fetched() == OLD_FETCHED
    assert sorted(path.name for path in card.boot.iterdir()) == ["callbox.yaml.error.txt", "callbox.yaml.rejected"]
    printed = (card.boot / "callbox.yaml.error.txt").read_bytes()
    assert printed.startswith(b"\xef\xbb\xbf")
    assert printed.count(b"\n") == printed.count(b"\r\n")
    assert wanted in printed.decode()
    assert "Save it as callbox.yaml" in printed.decode()
    for secret in SECRETS:
        assert secret not in printed.decode() + str(outcome.lines)
    assert card.run().end is ImportResult.NOTHING
    assert card.put(NEW).end is ImportResult.IMPORTED, "put right"
    assert sorted(path.name for path in card.boot.iterdir()) == ["callbox.yaml"]


def test_a_comment_that_may_be_a_part_of_a_secret_leaves_the_card(card):
    report = card.put(f"{BOT}mqtt:\n  host: h\n  username: u\n  password: abcd #s3cr3t\n  port: 1883 #default\n")
    assert report.end is ImportResult.IMPORTED
    place = "callbox.yaml:5:13: mqtt.password: "
    assert report.lines == [f"{place}the # behind it begins a comment; a text with # in it needs quotes"]
    for text in (card.file.read_text(), (card.etc / "conf.d/50-boot.yaml").read_text()):
        assert "s3cr3t" not in text
        assert "{credential: mqtt.password} # a comment, which may be a part of the secret, is left out\n" in text
        assert "port: 1883 #default" in text


def test_a_secret_that_begins_with_the_sign_of_a_comment_is_rejected(card):
    report = card.put(f"{BOT}mqtt:\n  host: h\n  password: #s3cr3t\n")
    assert report.end is ImportResult.REJECTED
    place = "callbox.yaml:4:12: mqtt.password: "
    assert report.lines == [f"{place}the # behind it begins a comment; a text with # in it needs quotes"]


def test_it_is_checked_together_with_the_box_s_own_files(card):
    (card.etc / "conf.d").mkdir()
    (card.etc / "callbox.yaml").write_text("bot: {start_url: http://own/start}\n")
    (card.etc / "conf.d/60-pins.yaml").write_text("board: {button: {pin: 22}, lamps: {status: {pin: 5}}}\n")
    outcome = card.put("board: {lamps: {microphone: {pin: 22}}}\n")
    assert outcome.lines == [
        "callbox.yaml:1:35: board.lamps.microphone.pin: GPIO 22 is used twice; the other one is board.button.pin "
        f"({card.etc}/conf.d/60-pins.yaml:1:23)"
    ]
    assert card.put("board: {lamps: {microphone: {pin: 6}}}\n").end is ImportResult.IMPORTED
    lamp = load_all(card.etc / "callbox.yaml", (), {}).settings.board.lamps.microphone
    assert isinstance(lamp, LampSettings)
    assert lamp.pin == 6


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("CALLBOX.YAML", ImportResult.IMPORTED),
        ("callbox.yaml.txt", ImportResult.IMPORTED),
        ("._callbox.yaml", ImportResult.NOTHING),
    ],
)
def test_names_that_other_systems_give(card, name, wanted):
    (card.boot / name).write_text(NEW)
    assert card.run().end is wanted
    assert [path.name for path in card.boot.iterdir()] == [name]
    assert bool(card.secrets_on_boot) == (wanted is ImportResult.NOTHING)


class Grave(Disk):
    """Remembers what was in files when they were removed: their blocks are free, and can still be read."""

    def __init__(self):
        self.left = b""

    def remove(self, path):
        if path.parent.name == "boot":
            self.left += self.read(path) or b""
        super().remove(path)


def test_no_secret_is_left_in_free_blocks(card):
    grave = Grave()
    for rejected in (NEW + "log: 5\n", NEW + "log: 6\n"):
        card.file.write_text(rejected)
        assert Import(card.file, card.etc, NOW, grave).run().end is ImportResult.REJECTED
    card.file.write_text(NEW)
    assert Import(card.file, card.etc, NOW, grave).run().end is ImportResult.IMPORTED
    assert b" " * len(NEW) in grave.left
    assert not [secret for secret in SECRETS if secret.encode() in grave.left]


class ReadOnlyBoot(Disk):
    def create(self, path, content, mode):
        self._refuse(path)
        super().create(path, content, mode)

    def overwrite(self, path, content):
        self._refuse(path)
        super().overwrite(path, content)

    def remove(self, path):
        self._refuse(path)
        super().remove(path)

    def _refuse(self, path):
        if path.parent.name == "boot":
            raise OSError(30, "Read-only file system")


def test_a_read_only_boot_partition_is_imported_once_with_a_message(card):
    card.file.write_text(NEW)
    for end in (ImportResult.IMPORTED, ImportResult.KNOWN, ImportResult.KNOWN):
        outcome = Import(card.file, card.etc, NOW, ReadOnlyBoot()).run()
        assert outcome.end is end
        assert outcome.lines == [
            "callbox.yaml is imported, but its secrets are still readable on the boot partition: Read-only file system"
        ]
    assert card.fetched() == NEW_FETCHED
    assert stat.S_IMODE((card.etc / ".boot-blanking").stat().st_mode) == 0o600
    (card.etc / "conf.d/50-boot.yaml").rename(card.etc / "aside")
    assert Import(card.file, card.etc, NOW, ReadOnlyBoot()).run().end is ImportResult.KNOWN, "who took it away meant it"
    (card.etc / "aside").rename(card.etc / "conf.d/50-boot.yaml")
    assert card.run().end is ImportResult.KNOWN
    assert not card.secrets_on_boot, "as soon as it can be written"
    assert not (card.etc / ".boot-blanking").exists()
    card.put("bot: 5")
    card.file.write_text("bot: 5")
    assert Import(card.file, card.etc, NOW, ReadOnlyBoot()).run().end is ImportResult.REJECTED


def test_the_command(card, capsys):
    arguments = ["import", "--from", str(card.file), "--into", str(card.etc)]
    assert main(arguments) == 0
    assert capsys.readouterr().out == f"{card.file}: there is nothing to import\n"
    card.file.write_text(NEW)
    assert main(arguments) == 0
    assert capsys.readouterr().out == f"{card.file}: imported\n"
    card.file.write_text("bot: 5")
    assert main(arguments) == 78
    assert (
        capsys.readouterr().err
        == "callbox.yaml:1:6: bot: must be a section with keys of its own, not a number (write {start_url: URL})\n"
    )
    card.file.write_text(NEW)
    shutil.rmtree(card.etc)
    card.etc.write_text("no folder")
    assert main(arguments) == 74
    assert "Not a directory" in capsys.readouterr().err


@pytest.mark.parametrize("edit", [("host: new", "host: own"), ("host: new", "host: n  "), ("'new-s3cr3t'\n", "")])
def test_a_new_file_after_a_cut_is_not_taken_for_a_half_blanked_one(card, edit):
    card.file.write_text(NEW)
    Import(card.file, card.etc, NOW, ReadOnlyBoot()).run()
    card.file.write_text(NEW.replace(*edit))
    assert card.run().end is ImportResult.IMPORTED
    assert card.fetched() != NEW_FETCHED


def test_what_a_cut_leaves_of_a_long_file_is_known():
    old, new = b"o" * 1300, b"n" * 1500
    for half in (
        old,
        old[:512] + b" " * 512 + old[1024:],
        b" " * 1300,
        b" " * 7 + old[7:],
        b" " * 512 + new[512:1024],
        new,
    ):
        assert is_half_blanked(half, old, new)
    assert not is_half_blanked(old[:600] + b" " + old[601:], old, new)
    assert not is_half_wiped(old, old)
    assert not is_half_wiped(old[:-1], old)
    assert is_half_wiped(b" " * 3 + old[3:], old)


@pytest.mark.parametrize(
    ("start", "how"),
    [
        pytest.param(start, how, marks=() if (start, how) == ("rejected before", "torn") else pytest.mark.slow)
        for start in ("nothing", "old", "rejected before")
        for how in ("whole", "torn", "lost")
    ],
)
def test_the_power_goes_at_every_step_and_all_is_old_or_all_is_new(tmp_path, start, how):
    template = Card(tmp_path / "template").prepared()
    before = None
    if start != "nothing":
        template.put(OLD)
        before = OLD_FETCHED
    if start == "rejected before":
        template.put(NEW + "log: 5\n")
    template.file.write_text(NEW)
    steps = cut(template.folder, tmp_path / "cut", how)
    assert steps > 20
    finished = []
    for step in range(1, steps + 1):
        card = Card(tmp_path / "cut" / str(step))
        try:
            now = card.fetched()
        except SettingsError:
            now = None  # as it was with nothing in it; wrong, if there was something
        assert now in (before, NEW_FETCHED), step
        assert card.run().end in (ImportResult.IMPORTED, ImportResult.KNOWN), step
        assert card.fetched() == NEW_FETCHED, step
        assert not card.secrets_on_boot, step
        assert card.run().end is ImportResult.KNOWN, step
        finished.append(card.tree())
    assert all(tree == finished[-1] for tree in finished)


@pytest.mark.parametrize("how", ["whole", "torn", "lost"])
def test_the_power_goes_while_a_file_is_rejected(tmp_path, how):
    template = Card(tmp_path / "template").prepared()
    template.put(OLD)
    template.file.write_text(NEW + "log: 5\n")
    steps = cut(template.folder, tmp_path / "cut", how)
    assert steps >= 7
    for step in range(1, steps + 1):
        card = Card(tmp_path / "cut" / str(step))
        assert card.fetched() == OLD_FETCHED
        card.run()
        assert card.fetched() == OLD_FETCHED
        assert sorted(path.name for path in card.boot.iterdir()) == ["callbox.yaml.error.txt", "callbox.yaml.rejected"]
        assert (card.boot / "callbox.yaml.rejected").read_text() == NEW + "log: 5\n"


def cut(template, folder, how):
    done = subprocess.run(
        [sys.executable, "-m", "tests.rig.crash_injection", template, folder, how],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'firmware'}:{ROOT / 'device'}"},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


# -- what root must not open ---------------------------------------------------------------------------


def test_a_link_is_not_followed_and_its_target_stays(card, tmp_path):
    target = tmp_path / "of-somebody-else"
    target.write_text(NEW)
    card.file.symlink_to(target)
    outcome = card.run()
    assert outcome.end is ImportResult.REJECTED
    assert outcome.lines == ["callbox.yaml: is a symbolic link, which is not followed"]
    assert target.read_text() == NEW
    assert not (card.etc / "conf.d").exists()
    assert "symbolic link" in (card.boot / "callbox.yaml.error.txt").read_text("utf-8-sig")


@pytest.mark.parametrize("name", ["callbox.yaml.rejected", "callbox.yaml.error.txt"])
def test_a_link_in_place_of_what_is_written_is_replaced_and_its_target_stays(card, tmp_path, name):
    target = tmp_path / "of-somebody-else"
    target.write_text("untouched")
    (card.boot / name).symlink_to(target)
    card.put("bot: 5")
    card.put(NEW)
    assert target.read_text() == "untouched"


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_what_is_no_regular_file_is_rejected_without_waiting(card, make):
    make(card.file)
    outcome = card.run()
    assert outcome.end is ImportResult.REJECTED
    assert len(outcome.lines) == 1
    assert outcome.lines[0].startswith("callbox.yaml: is ")


def test_a_file_beyond_the_limit_is_left_whole(card):
    content = NEW.encode() + b"#" * (1 << 20)
    outcome = card.put(content)
    assert outcome.end is ImportResult.REJECTED
    assert outcome.lines == [f"callbox.yaml: has {len(content)} bytes, at most 1048576 are read"]
    assert card.file.read_bytes() == content


def test_a_rejected_file_keeps_its_permissions(card):
    card.file.write_text(f"log: 5\n{NEW}")
    card.file.chmod(0o600)
    card.run()
    assert stat.S_IMODE((card.boot / "callbox.yaml.rejected").stat().st_mode) == 0o600


def test_a_credential_that_an_administrator_linked_is_left_alone(card, tmp_path):
    (card.etc / "credentials").mkdir()
    elsewhere = tmp_path / "vault"
    elsewhere.write_text("from the vault\n")
    (card.etc / "credentials/mqtt.password").symlink_to(elsewhere)
    assert card.put(NEW).end is ImportResult.IMPORTED
    assert elsewhere.read_text() == "from the vault\n"
    assert card.fetched() == NEW_FETCHED


def test_the_token_of_the_panel_leaves_the_card_too(card):
    card.put(NEW + "panel: {enabled: true, token: a-token-for-the-panel}\n")
    assert b"a-token-for-the-panel" not in b"".join(card.tree(card.boot).values())
    assert (card.etc / "credentials/panel.token").read_text() == "a-token-for-the-panel\n"
    card.put(NEW)
    card.put(OLD)
    assert not (card.etc / "credentials/panel.token").exists()


@pytest.mark.parametrize(
    "name",
    ["callbox.yml", "Callbox.YML", "callbox.yaml.yaml", "callbox.yml.txt", "CALLBOX.YAML.TXT", "callbox.yaml.yml.txt"],
)
def test_a_name_as_editors_make_it_is_imported(card, name):
    (card.boot / name).write_text(NEW)
    assert card.run().end is ImportResult.IMPORTED
    assert card.secrets_on_boot == []
    assert card.fetched() == NEW_FETCHED
    assert card.run().end is ImportResult.KNOWN


def test_of_several_files_the_named_one_counts(card):
    (card.boot / "callbox.yml").write_text(OLD)
    outcome = card.put(NEW)
    assert outcome.lines == [f"{card.boot / 'callbox.yml'} is there too, and was not read"]
    assert card.fetched() == NEW_FETCHED


def test_the_secrets_of_several_bots_leave_the_card_too(card):
    text = "bots:\n  doctor:\n    start_url: http://new/start\n    headers: {Authorization: new-k3y}\n"
    assert card.put(text).end is ImportResult.IMPORTED
    assert not card.secrets_on_boot
    assert {path.name for path in (card.etc / "credentials").iterdir()} == {"bots.doctor.headers.authorization"}
    os.environ["CREDENTIALS_DIRECTORY"] = str(card.etc / "credentials")
    [bot] = load_all(card.etc / "callbox.yaml", (), {}).settings.all_bots.values()
    reference = bot.headers["Authorization"]
    assert isinstance(reference, SecretRef)
    assert reference.fetch() == "new-k3y"


@pytest.mark.parametrize("number", ["\N{SUPERSCRIPT TWO}", "9" * 5000, "x"])
def test_a_credential_with_another_number_is_not_of_the_import(number):
    assert is_ours("mqtt.password.2")
    assert not is_ours(f"mqtt.password.{number}")
