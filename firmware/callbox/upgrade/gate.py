"""The gate of package upgrades: begins a trial, watches it, and goes back.

    gate begin VERSION    the prerm of the installed version, before dpkg unpacks VERSION
    gate run              callbox-upgrade.service, as long as there is a trial

In `FOLDER`: the record, ``kept`` with the files of the version before, and ``gate``, this program as that version has
it. ``gate`` is the first to be there and the last to be removed. Who changes the record holds dpkg's lock.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from callbox.control.rollout import HealthTimer, Readings, RolloutAction, RolloutEvent, RolloutState
from callbox.system.files import Disk, read_regular
from callbox.system.systemd import Notifier
from callbox.upgrade.dpkg import Dpkg
from callbox.upgrade.records import FOLDER, HEALTH, MAX_REPORT_BYTES, RECORD, HealthReport, Record
from callbox.upgrade.steps import Step, due, is_still_there

PERIOD_S = 5.0
RETRY_S = 60.0
"""After an error."""
RUNTIME = Path("/run/callbox")
PIN = Path("/etc/apt/preferences.d/callbox-refused.pref")
_CHANGES = (Step.CONFIGURE, Step.CONFIGURE_FLAGGED, Step.REINSTALL)
_ATTEMPTS = 4
"""Steps before the box starts; what then is still not right is tried again while it runs."""


@dataclass(frozen=True, slots=True)
class UnitState:
    """State of the box's service in systemd's words."""

    active: str
    """``active``, ``activating``, ``inactive``, ``failed``."""
    result: str
    """Why it ended last: ``exit-code``, ``watchdog``."""
    restarts: int
    """By systemd, since somebody started it."""


class Systemd:
    """The service manager. One thread."""

    def state(self) -> UnitState:
        """State of callbox.service."""
        names = ("ActiveState", "Result", "NRestarts")
        printed = self._call("show", "callbox.service", *(f"--property={name}" for name in names))
        values = {name: value for name, _, value in (line.partition("=") for line in printed.splitlines())}
        restarts = values.get("NRestarts", "")
        return UnitState(
            values.get("ActiveState", ""), values.get("Result", ""), int(restarts) if restarts.isdecimal() else 0
        )

    def start_gate(self) -> None:
        """Start the gate, and don't wait."""
        self._call("start", "--no-block", "callbox-upgrade.service")

    def restart_box(self) -> None:
        """Let the box run with what is installed now, if it runs; don't wait: at boot it starts after the gate."""
        self._call("daemon-reload")
        self._call("try-restart", "--no-block", "callbox.service")

    def _call(self, *arguments: str) -> str:
        command = ["systemctl", *arguments]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, check=False)  # noqa: S603
        return done.stdout


class Gate:
    """One box's gate. `program`: the file with it. One thread."""

    def __init__(
        self,
        dpkg: Dpkg,
        systemd: Systemd,
        program: Path,
        folder: Path = FOLDER,
        runtime: Path = RUNTIME,
        pin: Path = PIN,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._dpkg, self._systemd, self._program, self._clock = dpkg, systemd, program, clock
        self._folder, self._runtime, self._pin = folder, runtime, pin
        self._disk = Disk()
        self._kept, self._gate = folder / "kept", folder / "gate"
        self._record = Record()
        self._timer: HealthTimer | None = None
        self._watched: str | None = None
        """The version that the timer is of."""
        self._restarts = 0
        self._missing = ""
        self._pause_s = PERIOD_S

    # -- begin -------------------------------------------------------------------------------------

    def begin(self, version: str) -> None:
        """Put `version`, which dpkg is about to unpack, on trial. Not if it isn't above the one that is installed, or
        if the box doesn't report how it is. Raises OSError; then the upgrade is without a trial.
        """
        package = self._dpkg.state()
        installed = package.version
        if not self._dpkg.is_newer(version, installed):
            return
        record, report = self._read(), self._report()
        is_unproved = record.rollout.state is RolloutState.TRIAL or is_still_there(record.rollout, package)
        if is_unproved and self._kept.exists() and self._gate.exists():  # what is kept is of the version before it
            rollout, _ = record.rollout.on(RolloutEvent.NEW_VERSION, version, record.rollout.known)
            self._write(replace(record, rollout=rollout))
        elif report and report.version == installed:
            self._keep()
            known = [report.problem] if report.problem else []
            rollout, _ = replace(record.rollout, state=RolloutState.ACCEPTED, version=installed).on(
                RolloutEvent.NEW_VERSION, version, known
            )
            self._write(Record(rollout, report.healthy_for_s, report.give_up_after_s, record.refused))
        else:
            return
        print(f"callbox: version {version} is on trial, {rollout.previous} is kept", flush=True)
        self._systemd.start_gate()

    def _keep(self) -> None:
        self._disk.make_folder(self._folder, 0o755)
        self._folder.chmod(0o755)  # whatever the umask: the box reads the record
        self._disk.put(self._gate, self._program.read_bytes(), 0o755)
        fresh = self._folder / "kept.new"
        for folder in (fresh, self._kept):
            _remove_tree(folder)
        self._dpkg.keep(fresh)
        os.sync()
        fresh.rename(self._kept)
        self._disk.sync(self._folder)

    # -- run ---------------------------------------------------------------------------------------

    def run(self, notifier: Notifier) -> None:
        """Finish what was broken off, then let the box start, and watch it until nothing is left to do."""
        steps = [self._turn(starting=True)]
        while steps[-1] in _CHANGES and len(steps) < _ATTEMPTS:
            steps.append(self._turn(starting=True))
        if steps[0] in _CHANGES:
            self._systemd.restart_box()
        notifier.ready()
        step = steps[-1]
        while step is not Step.END:
            time.sleep(self._pause_s)
            step = self._turn()

    def _turn(self, *, starting: bool = False) -> Step | None:
        """Take the next step, and return which one it was; None: another program installs something, or an error."""
        self._pause_s = PERIOD_S
        try:
            lock = self._dpkg.try_lock()
            if lock is None:
                return None
            with lock:
                return self._step(starting=starting)
        except OSError as error:
            print(f"The package's upgrade: {error}", file=sys.stderr, flush=True)
            self._pause_s = RETRY_S
            return None

    def _step(self, *, starting: bool) -> Step:
        self._record = self._read()
        rollout, package = self._record.rollout, self._dpkg.state()
        step = due(rollout, package)
        if step is Step.REINSTALL and not self._kept.exists():
            print("Nothing was kept of the version before: sudo apt-get install --reinstall callbox", file=sys.stderr)
            step = Step.END
        match step:
            case Step.CONFIGURE | Step.CONFIGURE_FLAGGED:
                error = self._dpkg.configure(flagged=step is Step.CONFIGURE_FLAGGED, offline=starting)
                if error and self._dpkg.state().status != "installed":
                    return self._on_unconfigured(package.version, error)
            case Step.REINSTALL:
                self._reinstall(offline=starting)
            case Step.WATCH:
                if not starting:
                    self._watch()
            case Step.END:
                self._on(RolloutEvent.BROKEN_OFF)
                self._remove_kept()
        return step

    def _on_unconfigured(self, version: str, error: str) -> Step:
        rollout = self._record.rollout
        if rollout.state is RolloutState.ACCEPTED:  # there is no trial, and who installed it was told
            return Step.END
        if rollout.state is RolloutState.TRIAL and version == rollout.version:
            self._on(RolloutEvent.UNUSABLE, f"dpkg can't configure it: {error}")
            return Step.CONFIGURE
        raise OSError(f"version {version}, the one before, can't be configured: {error}")

    def _reinstall(self, *, offline: bool) -> None:
        if self._record.refused:
            self._disk.put(self._pin, self._record.pin.encode(), 0o644)
        archive = self._folder / "kept.deb"
        self._dpkg.build(self._kept, archive)
        if error := self._dpkg.install(archive, offline=offline):
            raise OSError(f"the version before can't be installed: {error}")
        print(f"Version {self._dpkg.state().version} is installed again", flush=True)

    def _remove_kept(self) -> None:
        _remove_tree(self._kept)
        _remove_tree(self._folder / "kept.new")
        self._disk.remove(self._folder / "kept.deb")
        self._disk.remove(self._gate)

    def _watch(self) -> None:
        now_s, version = self._clock(), self._record.rollout.version
        unit = self._systemd.state()
        starts = 0
        if self._watched != version:  # its first start, or the first one after the power was back
            self._watched, self._timer, self._missing, self._restarts, starts = version, None, "", 0, 1
        starts += unit.restarts - self._restarts if unit.restarts >= self._restarts else unit.restarts
        self._restarts = unit.restarts
        for _ in range(starts):
            self._on(RolloutEvent.STARTED)
        if unit.active == "failed":
            self._on(RolloutEvent.UNUSABLE, f"its service has ended and is not started again: {unit.result}")
        if self._record.rollout.state is not RolloutState.TRIAL:
            return
        if self._timer is None or unit.active == "inactive":  # stopped by somebody: the trial waits
            self._timer = HealthTimer(self._record.healthy_for_s, self._record.give_up_after_s, now_s)
        missing = self._what_is_missing(self._report())
        self._missing = missing or self._missing
        self._timer, event = self._timer.at(now_s, healthy=missing is None)
        if event:
            gave_s, healthy_s = self._record.give_up_after_s, self._record.healthy_for_s
            self._on(event, f"for {gave_s} s the box was never healthy for {healthy_s} s, {self._missing}")

    def _what_is_missing(self, report: HealthReport | None) -> str | None:
        if report is None:
            return "it doesn't report how it is"
        if report.version != self._record.rollout.version:
            return f"version {report.version} is running"
        return Readings(report.problem, report.broker, report.bot).missing(self._record.rollout.known)

    def _on(self, event: RolloutEvent, reason: str = "") -> None:
        """Record what becomes of the upgrade by `event`."""
        before = self._record.rollout
        rollout, action = before.on(event, reason=reason)
        refused = self._record.refused
        match action:
            case None:
                return
            case RolloutAction.GO_BACK:
                refused = (*refused, str(before.version))
                print(f"Version {before.version} is given up: {rollout.reason}", file=sys.stderr, flush=True)
            case RolloutAction.ACCEPT:
                refused = ()
                print(f"Version {before.version} is accepted", flush=True)
            case RolloutAction.KEEP:
                print(f"Version {before.version} was not installed; {before.previous} stays", flush=True)
        self._write(replace(self._record, rollout=rollout, refused=refused))
        if action is RolloutAction.ACCEPT:
            self._disk.remove(self._pin)

    # -- files -------------------------------------------------------------------------------------

    def _report(self) -> HealthReport | None:
        try:
            return HealthReport.parse(read_regular(self._runtime / HEALTH, MAX_REPORT_BYTES))
        except (OSError, ValueError):  # its writer is another user: whatever is wrong with it, it is no report
            return None

    def _read(self) -> Record:
        try:
            return Record.parse(self._disk.read(self._folder / RECORD) or b"")
        except ValueError:
            return Record()

    def _write(self, record: Record) -> None:
        self._disk.put(self._folder / RECORD, bytes(record), 0o644)
        self._record = record


def _remove_tree(folder: Path) -> None:
    """Remove `folder`, if it is there. Raises OSError."""
    if folder.exists():
        shutil.rmtree(folder)


def main() -> None:
    """Run one command of the gate."""
    parser = argparse.ArgumentParser(prog="gate", description="Puts upgrades of the Callbox package on trial.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("begin", help="put a version on trial").add_argument("version")
    commands.add_parser("run", help="watch the trial, and end it")
    options = parser.parse_args()
    gate = Gate(Dpkg(), Systemd(), Path(sys.argv[0]).resolve())
    if options.command == "run":
        gate.run(Notifier())
        return
    try:
        gate.begin(options.version)
    except OSError as error:
        sys.exit(f"callbox: version {options.version} can't be put on trial: {error}")
