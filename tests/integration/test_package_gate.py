"""Upgrades on trial with the real dpkg, in a root of its own: accepted, given up, broken off. Time and systemd are played."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from callbox.control.rollout import MAX_STARTS, RolloutState
from callbox.upgrade.dpkg import Dpkg
from callbox.upgrade.gate import Gate, Systemd, UnitState
from callbox.upgrade.records import HEALTH, HealthReport, Record
from callbox.upgrade.steps import Package, Step

ROOT = Path(__file__).parents[2]
OLD, NEW, NEWER = "0.1.0+20261130.1.gabc", "0.1.0+20261130.2.gabc", "0.2.0"
RUNNING = UnitState("active", "success", 0)
CUT = '[ ! -e "$DPKG_ROOT/cut" ] || kill -9 $PPID'
"""Maintainer script: dpkg is gone as when the power is cut, if that file is there."""
FAILS = '[ ! -e "$DPKG_ROOT/fails" ]'


class PlayedSystemd(Systemd):
    def __init__(self):
        self.unit = RUNNING
        self.calls = []

    def state(self):
        return self.unit

    def start_gate(self):
        self.calls.append("start")

    def restart_box(self):
        self.calls.append("restart")


class Box:
    """The root of a box in `folder`, and packages of the name callbox."""

    def __init__(self, folder, monkeypatch):
        monkeypatch.setenv("DPKG_FORCE", "not-root,bad-path,script-chrootless")
        monkeypatch.setenv("PATH", f"{os.environ['PATH']}:/usr/sbin:/sbin")
        self.root, self._debs = folder / "root", folder / "debs"
        for place in ("var/lib/dpkg/info", "var/lib/dpkg/updates", "usr/lib", "run/callbox", "etc/apt/preferences.d"):
            (self.root / place).mkdir(parents=True)
        (self.root / "var/lib/dpkg/status").touch()
        (self.root / "lib").symlink_to("usr/lib")
        self._debs.mkdir()
        self.folder, self.pin = self.root / "var/lib/callbox-upgrade", self.root / "etc/apt/preferences.d/callbox.pref"
        self.runtime = self.root / "run/callbox"
        self.dpkg, self.systemd, self.now_s = Dpkg(self.root), PlayedSystemd(), 0.0
        self.program = folder / "program"
        self.program.write_text("the gate of the old version")
        self.gate = self.new_gate()
        self.install(OLD)
        self.report(OLD)

    def new_gate(self):
        """As after a reboot."""
        return Gate(
            self.dpkg,
            self.systemd,
            self.program,
            self.folder,
            self.runtime,
            self.pin,
            clock=lambda: self.now_s,
        )

    def deb(self, version, more="", **scripts):
        tree = self._debs / version
        for place in ("DEBIAN", "lib/systemd/system", "usr/lib/callbox", "etc/callbox/credentials", "usr/share/doc"):
            (tree / place).mkdir(parents=True, exist_ok=True)
        (tree / "etc/callbox/credentials").chmod(0o700)
        (tree / "usr/lib/callbox/VERSION").write_text(version)
        (tree / "usr/lib/callbox" / version).write_text("a file that only this version has")
        (tree / "lib/systemd/system/callbox.service").write_text(f"# {version}")
        (tree / "usr/lib/callbox/program").write_text("#!/bin/sh\n")
        (tree / "usr/lib/callbox/program").chmod(0o755)
        (tree / "usr/share/doc/callbox").symlink_to("../../lib/callbox")
        (tree / "DEBIAN/control").write_text(
            f"Package: callbox\nVersion: {version}\nArchitecture: all\nMaintainer: Fleet <fleet@example.net>\n"
            f"Installed-Size: 42\n{more}Description: A box\n Of two lines,\n .\n or three.\n"
        )
        (tree / "DEBIAN/md5sums").write_text("d41d8cd98f00b204e9800998ecf8427e  usr/lib/callbox/VERSION\n")
        for name, script in scripts.items():
            (tree / "DEBIAN" / name).write_text(f"#!/bin/sh\n{script}\n")
            (tree / "DEBIAN" / name).chmod(0o755)
        file = self._debs / f"{version}.deb"
        subprocess.run(["dpkg-deb", "--root-owner-group", "--build", "-Znone", tree, file], check=True)
        shutil.rmtree(tree)
        return file

    def dpkg_does(self, *arguments):
        subprocess.run(["dpkg", f"--root={self.root}", *arguments], check=True, stdout=subprocess.DEVNULL)

    def install(self, version, **scripts):
        self.dpkg_does("--install", str(self.deb(version, **scripts)))

    def upgrade(self, version):
        """What dpkg does: the prerm of the version that is there, then the new one."""
        self.gate.begin(version)
        self.install(version)

    def report(self, version=NEW, problem=None, broker=True):
        (self.runtime / HEALTH).write_bytes(bytes(HealthReport(version, 10, 60, problem, broker)))

    def turn(self, after_s=0.0):
        self.now_s += after_s
        return self.gate._turn()

    def cut(self, version, **scripts):
        """The power is cut in the script that is `CUT`."""
        (self.root / "cut").touch()
        with pytest.raises(subprocess.CalledProcessError, match="SIGKILL"):
            self.install(version, **scripts)
        (self.root / "cut").unlink()
        # As callbox-upgrade.service asks for, if there was no time to make more.
        assert any((self.root / "var/lib/dpkg/updates").iterdir())

    def break_off(self, status, before="ok installed"):
        """The power went: dpkg's words for it."""
        file = self.root / "var/lib/dpkg/status"
        assert f"install {before}" in file.read_text()
        file.write_text(file.read_text().replace(f"install {before}", f"install {status}"))

    @property
    def rollout(self):
        return Record.parse((self.folder / "rollout.json").read_bytes()).rollout

    @property
    def has_old(self):
        """Whether the old version is there, whole, and nothing of the new one."""
        lib = self.root / "usr/lib"
        return (
            self.dpkg.state() == Package("installed", OLD)
            and (lib / "callbox/VERSION").read_text() == OLD
            and {file.name for file in (lib / "callbox").iterdir()} == {"VERSION", OLD, "program"}
            and (lib / "systemd/system/callbox.service").read_text() == f"# {OLD}"
            and (lib / "callbox/program").stat().st_mode & 0o777 == 0o755
            and (self.root / "etc/callbox/credentials").stat().st_mode & 0o777 == 0o700
            and (self.root / "usr/share/doc/callbox").readlink() == Path("../../lib/callbox")
            and (self.root / "lib").is_symlink()
        )

    @property
    def has_ended(self):
        return {file.name for file in self.folder.iterdir()} == {"rollout.json"}


@pytest.fixture
def box(tmp_path, monkeypatch):
    return Box(tmp_path, monkeypatch)


def test_a_healthy_version_is_accepted(box):
    box.upgrade(NEW)
    assert (box.folder / "gate").read_text() == "the gate of the old version"
    assert box.systemd.calls == ["start"]
    box.report()
    assert [box.turn(after_s=5) for _ in range(4)] == [Step.WATCH, Step.WATCH, Step.WATCH, Step.END]
    assert (box.rollout.state, box.rollout.version) == (RolloutState.ACCEPTED, NEW)
    assert box.dpkg.state() == Package("installed", NEW)
    assert box.has_ended


def given_up(box, *reasons):
    """The box goes back."""
    assert box.rollout.state is RolloutState.ROLLED_BACK
    assert all(reason in box.rollout.reason for reason in reasons), box.rollout.reason
    assert box.turn() is Step.REINSTALL
    assert box.has_old
    assert box.pin.read_text().count(f"Pin: version {NEW}\n") == 1
    assert box.turn() is Step.END
    assert box.has_ended


@pytest.mark.parametrize(
    ("report", "reason"),
    [
        ({"broker": False}, "no connection with the broker"),
        ({"problem": "no_microphone"}, "the box reports no_microphone"),
        ({"version": OLD}, f"version {OLD} is running"),
        (None, "it doesn't report how it is"),
    ],
)
def test_a_version_that_is_not_healthy_is_given_up(box, report, reason):
    box.upgrade(NEW)
    (box.runtime / HEALTH).unlink()
    if report:
        box.report(**report)
    for _ in range(13):
        assert box.turn(after_s=5) is Step.WATCH
    given_up(box, "for 60 s the box was never healthy for 10 s", reason)


def test_a_problem_that_was_there_before_does_not_count(box):
    box.report(OLD, problem="no_speaker")
    box.upgrade(NEW)
    box.report(problem="no_speaker")
    for _ in range(4):
        box.turn(after_s=5)
    assert box.rollout.state is RolloutState.ACCEPTED


def test_a_version_that_crashes_is_given_up_after_some_starts(box):
    box.upgrade(NEW)
    box.systemd.unit = UnitState("activating", "exit-code", MAX_STARTS - 2)
    box.turn()
    assert box.rollout.state is RolloutState.TRIAL
    box.systemd.unit = UnitState("activating", "exit-code", MAX_STARTS - 1)
    box.turn(after_s=5)
    given_up(box, f"started {MAX_STARTS} times")


def test_a_version_that_does_not_start_with_these_settings_is_given_up_at_once(box):
    box.upgrade(NEW)
    box.systemd.unit = UnitState("failed", "exit-code", 0)
    box.turn()
    given_up(box, "is not started again: exit-code")


def test_reboots_are_starts(box):
    box.upgrade(NEW)
    for _ in range(MAX_STARTS):
        box.gate = box.new_gate()
        box.turn()
    given_up(box, f"started {MAX_STARTS} times")


def test_while_the_service_is_stopped_the_trial_waits(box):
    box.upgrade(NEW)
    (box.runtime / HEALTH).unlink()
    box.systemd.unit = UnitState("inactive", "success", 0)
    assert {box.turn(after_s=50) for _ in range(4)} == {Step.WATCH}
    assert box.rollout.state is RolloutState.TRIAL


def test_the_next_version_is_tried_and_unpins_when_it_is_accepted(box):
    test_a_version_that_does_not_start_with_these_settings_is_given_up_at_once(box)
    box.systemd.unit = RUNNING
    box.upgrade(NEWER)
    box.report(NEWER)
    box.turn()
    assert box.pin.exists()
    for _ in range(3):
        box.turn(after_s=5)
    assert (box.rollout.state, box.rollout.version) == (RolloutState.ACCEPTED, NEWER)
    assert box.has_ended
    assert not box.pin.exists()


def test_of_two_versions_in_one_trial_the_one_before_both_is_kept(box):
    box.upgrade(NEW)
    box.turn()
    box.upgrade(NEWER)
    assert (box.rollout.version, box.rollout.previous) == (NEWER, OLD)
    box.systemd.unit = UnitState("failed", "exit-code", 0)
    box.turn()
    box.turn()
    assert box.has_old


@pytest.mark.parametrize("reported", [True, False])
def test_of_a_version_that_is_given_up_and_still_there_nothing_is_kept(box, reported):
    """The next one comes before the way back: that waits for a pause, for another program, or for room on the disk."""
    box.upgrade(NEW)
    box.report()
    box.systemd.unit = UnitState("failed", "exit-code", 0)
    box.turn()
    assert box.rollout.state is RolloutState.ROLLED_BACK
    if not reported:
        (box.runtime / HEALTH).unlink()
    box.systemd.unit = RUNNING
    box.upgrade(NEWER)
    assert (box.rollout.state, box.rollout.version, box.rollout.previous) == (RolloutState.TRIAL, NEWER, OLD)
    box.systemd.unit = UnitState("failed", "exit-code", 0)
    box.turn()
    assert box.turn() is Step.REINSTALL
    assert box.has_old
    assert all(box.pin.read_text().count(f"Pin: version {version}\n") == 1 for version in (NEW, NEWER))


def test_what_was_wrong_before_does_not_count_for_a_version_that_comes_before_the_way_back(box):
    box.report(OLD, problem="no_speaker")
    box.upgrade(NEW)
    box.report(problem="no_speaker")
    box.systemd.unit = UnitState("failed", "exit-code", 0)
    box.turn()
    assert box.rollout.state is RolloutState.ROLLED_BACK
    box.systemd.unit = RUNNING
    box.upgrade(NEWER)
    box.report(NEWER, problem="no_speaker")
    for _ in range(4):
        box.turn(after_s=5)
    assert (box.rollout.state, box.rollout.version) == (RolloutState.ACCEPTED, NEWER)


@pytest.mark.parametrize("status", ["reinstreq half-installed", "ok half-installed"])
def test_what_was_broken_off_while_it_was_unpacked_is_the_old_version_again(box, status):
    box.gate.begin(NEW)
    box.break_off(status)
    version = box.root / "usr/lib/callbox/VERSION"  # one file of the new version is there
    version.unlink()
    version.write_text(NEW)
    assert box.turn() is Step.REINSTALL
    assert box.has_old
    assert box.turn() is Step.END
    assert (box.rollout.state, box.rollout.version, box.pin.exists()) == (RolloutState.ACCEPTED, OLD, False)
    assert box.has_ended
    box.upgrade(NEW)
    assert box.rollout.state is RolloutState.TRIAL, "it is no fault of the version"


def test_a_cut_in_the_preinst_is_one_while_it_was_unpacked(box):
    box.gate.begin(NEW)
    box.cut(NEW, preinst=CUT)
    assert box.dpkg.state() == Package("half-installed", OLD, interrupted=True, reinstall=True)
    assert box.turn() is Step.REINSTALL
    assert box.turn() is Step.END
    assert box.has_old


@pytest.mark.parametrize("when", ["of no fleet", "before it is kept", "on trial"])
def test_a_cut_in_the_prerm_leaves_the_version_that_is_there(box, when):
    box.install(OLD, prerm=CUT)
    if when != "of no fleet":
        box.gate.begin(NEW)
    if when == "before it is kept":
        (box.folder / "kept").rename(box.folder / "kept.new")
        (box.folder / "rollout.json").unlink()
    box.cut(NEW)
    assert box.dpkg.state() == Package("half-configured", OLD, interrupted=True, reinstall=True)
    assert box.turn() is Step.CONFIGURE_FLAGGED
    assert box.has_old
    assert box.turn() is Step.END
    if when == "on trial":
        assert (box.rollout.state, box.rollout.version) == (RolloutState.ACCEPTED, OLD)
    assert not box.folder.exists() or {file.name for file in box.folder.iterdir()} <= {"rollout.json"}
    box.upgrade(NEW)
    assert box.rollout.state is RolloutState.TRIAL
    assert box.dpkg.state() == Package("installed", NEW)


@pytest.mark.parametrize("version", [OLD, NEW])
@pytest.mark.parametrize("status", ["unpacked", "half-configured"])
def test_a_version_that_is_whole_is_configured_though_dpkg_wants_it_again(box, version, status):
    box.gate.begin(NEW)
    if version == NEW:
        box.dpkg_does("--unpack", str(box.deb(NEW)))
    box.break_off(f"reinstreq {status}", "ok unpacked" if version == NEW else "ok installed")
    assert box.turn() is Step.CONFIGURE_FLAGGED
    assert box.dpkg.state() == Package("installed", version)
    assert box.turn() is (Step.WATCH if version == NEW else Step.END)


def test_that_the_version_before_cannot_be_configured_is_no_fault_of_the_new_one(box, capsys):
    box.install(OLD, prerm=CUT, postinst=FAILS)
    box.gate.begin(NEW)
    box.cut(NEW)
    (box.root / "fails").touch()
    assert box.turn() is None
    assert f"version {OLD}, the one before, can't be configured" in capsys.readouterr().err
    (box.root / "fails").unlink()
    assert box.turn() is Step.CONFIGURE_FLAGGED
    assert box.turn() is Step.END
    assert (box.rollout.state, box.has_old) == (RolloutState.ACCEPTED, True)


def test_what_cannot_be_removed_is_tried_again(box, capsys):
    box.upgrade(NEW)
    box.report()
    for _ in range(3):
        box.turn(after_s=5)
    kept, aside = box.folder / "kept", box.root / "kept"
    kept.rename(aside)
    kept.touch()  # no folder
    assert box.turn() is None
    assert str(kept) in capsys.readouterr().err
    assert (box.folder / "gate").exists()
    kept.unlink()
    aside.rename(kept)
    assert box.turn() is Step.END
    assert box.has_ended


def test_what_was_unpacked_is_configured_and_tried(box):
    box.gate.begin(NEW)
    box.dpkg_does("--unpack", str(box.deb(NEW)))
    assert box.turn() is Step.CONFIGURE
    assert box.turn() is Step.WATCH
    assert box.dpkg.state() == Package("installed", NEW)


def test_what_never_began_is_over(box):
    box.gate.begin(NEW)
    box.break_off("ok half-configured")
    assert box.turn() is Step.CONFIGURE
    assert box.turn() is Step.END
    assert (box.rollout.state, box.rollout.version) == (RolloutState.ACCEPTED, OLD)
    assert box.has_old
    assert box.has_ended


def test_a_version_that_cannot_be_configured_is_given_up(box):
    box.gate.begin(NEW)
    box.dpkg_does("--unpack", str(box.deb(NEW, "Depends: of-no-archive\n")))
    assert box.turn() is Step.CONFIGURE
    given_up(box, "dpkg can't configure it: dependency problems - leaving unconfigured")


def test_without_a_trial_it_stays_as_it_is(box):
    box.dpkg_does("--unpack", str(box.deb(NEW, "Depends: of-no-archive\n")))
    assert box.turn() is Step.END
    assert box.dpkg.state() == Package("unpacked", NEW)


def test_a_way_back_that_fails_is_tried_again(box, capsys):
    box.upgrade(NEW)
    box.systemd.unit = UnitState("failed", "exit-code", 0)
    box.turn()
    (box.folder / "kept/DEBIAN/control").rename(box.folder / "control")
    assert box.turn() is None
    assert "dpkg-deb" in capsys.readouterr().err
    (box.folder / "control").rename(box.folder / "kept/DEBIAN/control")
    given_up(box, "is not started again")


def test_where_nothing_was_kept_the_gate_ends(box, capsys):
    box.break_off("reinstreq half-installed")
    assert box.turn() is Step.END
    assert "apt-get install --reinstall callbox" in capsys.readouterr().err


def test_an_installation_without_a_trial_is_finished_too(box):
    box.dpkg_does("--unpack", str(box.deb(NEW)))
    assert box.turn() is Step.CONFIGURE
    assert box.turn() is Step.END
    assert box.dpkg.state() == Package("installed", NEW)


def test_a_box_that_reports_nothing_and_an_older_version_are_not_on_trial(box):
    (box.runtime / HEALTH).unlink()
    box.upgrade(NEW)
    assert not box.folder.exists()
    box.report(NEW)
    box.upgrade(OLD)
    box.report(OLD)
    box.gate.begin(OLD)
    assert not box.folder.exists()


def test_a_package_that_was_removed_ends_the_trial(box):
    box.upgrade(NEW)
    box.dpkg_does("--remove", "callbox")
    assert box.turn() is Step.END
    assert box.has_ended


def test_while_another_program_installs_the_gate_waits(box):
    box.upgrade(NEW)
    lock = box.root / "var/lib/dpkg/lock-frontend"
    holder = [
        "python3",
        "-c",
        "import fcntl, sys; f = open(sys.argv[1], 'a'); fcntl.lockf(f, 2); print(flush=True); input()",
    ]
    with subprocess.Popen([*holder, str(lock)], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as apt:
        assert apt.stdout
        apt.stdout.readline()
        assert box.turn() is None
        apt.communicate(b"\n")
    assert box.turn() is Step.WATCH


def test_the_program_is_one_file_that_needs_nothing_of_the_package(tmp_path):
    program = tmp_path / "gate"
    subprocess.run(["python3", ROOT / "deploy/debian/gate.py", program], check=True)
    done = subprocess.run(["/usr/bin/python3", "-I", program, "--help"], cwd="/", capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "begin" in done.stdout
    first = program.read_bytes()
    subprocess.run(["python3", ROOT / "deploy/debian/gate.py", program], check=True)
    assert program.read_bytes() == first
