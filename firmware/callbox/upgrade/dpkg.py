"""dpkg as its frontend uses it, which holds its lock meanwhile. See dpkg's doc/frontend-api and "frontend locking"."""

import fcntl
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import IO

from callbox.text import one_line
from callbox.upgrade.steps import Package

PACKAGE = "callbox"
_ERROR = re.compile(r"^dpkg: error(?:: | processing .*:\n *)(.*)", re.MULTILINE)
_OWN_FIELDS = ("status", "config-version", "conffiles", "triggers-pending", "triggers-awaited")
"""Fields that dpkg adds to a package's when it is installed."""


class Dpkg:
    """The package in the system below `root`. One thread. Raises OSError."""

    def __init__(self, root: Path = Path("/")) -> None:
        self._root = root
        self._admin = root / "var/lib/dpkg"
        self._where = [] if root == Path("/") else [f"--root={root}"]

    def try_lock(self) -> IO[str] | None:
        """The lock of all programs that install: close it afterwards. None: another one has it."""
        file = (self._admin / "lock-frontend").open("a")
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return None
        return file

    def state(self) -> Package:
        """State of the package."""
        done = self._run(
            "dpkg-query", "--show", "--showformat=${db:Status-Status} ${db:Status-Eflag} ${Version}", PACKAGE
        )
        status, flag, version = f"{done.stdout.decode(errors='replace')}  ".split(" ", 2)
        interrupted = any((self._admin / "updates").iterdir())
        return Package(
            status if done.returncode == 0 else "not-installed", version.strip(), interrupted, flag == "reinstreq"
        )

    def is_newer(self, version: str, other: str) -> bool:
        """Whether `version` is above `other`."""
        return self._run("dpkg", "--compare-versions", version, "gt", other).returncode == 0

    def configure(self, *, flagged: bool, offline: bool) -> str | None:
        """Finish what was broken off. None: done; else what dpkg printed last. `flagged`: also what has the flag
        ``reinstreq``; `offline`: no service is (re)started.
        """
        force = ["--force-remove-reinstreq"] if flagged else []  # as deferred_configure() in its configure.c names it
        return self._change([*force, "--configure", "-a"], offline=offline)

    def install(self, archive: Path, *, offline: bool) -> str | None:
        """Install a .deb, in place of whatever version is there. As `configure`."""
        return self._change(["--force-downgrade", "--install", str(archive)], offline=offline)

    def keep(self, tree: Path) -> None:
        """Make `tree`, a folder that isn't there, of the installed package: its files as hard links, which a new
        version that takes their place leaves alone. `build` makes a .deb of it.
        """
        _make_folder(tree)
        listed = self._printed("dpkg-query", "--listfiles", PACKAGE).decode(errors="surrogateescape").splitlines()
        paths = [path for path in listed if path.startswith("/") and path != "/."]
        parents = {os.path.dirname(path) for path in paths}  # noqa: PTH120 - texts, as dpkg writes them
        for path in paths:
            source, target = self._root / path[1:], tree / path[1:]
            try:
                _link(source, target, is_folder=path in parents or (source.is_dir() and not source.is_symlink()))
            except FileNotFoundError:  # somebody has removed it
                continue
        control = tree / "DEBIAN"
        _make_folder(control)
        for name in self._printed("dpkg-query", "--control-list", PACKAGE).decode().split():
            file = control / name
            file.write_bytes(self._printed("dpkg-query", "--control-show", PACKAGE, name))
            file.chmod(0o755 if name in ("preinst", "postinst", "prerm", "postrm", "config") else 0o644)
        (control / "control").write_text(_control(self._printed("dpkg-query", "--status", PACKAGE).decode()))

    def build(self, tree: Path, archive: Path) -> None:
        """Make the .deb `archive` of a `tree` that `keep` made. Raises OSError."""
        self._printed("dpkg-deb", "--build", "-Znone", str(tree), str(archive))

    def _change(self, arguments: list[str], *, offline: bool) -> str | None:
        keep_settings = ["--force-confdef", "--force-confold"]
        environment = {"DPKG_FRONTEND_LOCKED": "1", "DEBIAN_FRONTEND": "noninteractive"}
        if offline:
            environment["SYSTEMD_OFFLINE"] = "1"
        done = self._run("dpkg", *keep_settings, *arguments, stderr=subprocess.STDOUT, **environment)
        printed = done.stdout.decode(errors="replace")
        print(printed, end="", flush=True)  # for the journal
        if done.returncode == 0:
            return None
        error = _ERROR.search(printed)
        return one_line(error[1] if error else f"exit code {done.returncode}", 200)

    def _printed(self, *command: str) -> bytes:
        done = self._run(*command)
        if done.returncode:
            raise OSError(f"{' '.join(command)}: {one_line(done.stderr, 200)}")
        return done.stdout

    def _run(
        self, program: str, *arguments: str, stderr: int = subprocess.PIPE, **environment: str
    ) -> "subprocess.CompletedProcess[bytes]":
        where = self._where if program != "dpkg-deb" else []
        return subprocess.run(  # noqa: S603 - programs of dpkg
            [program, *where, *arguments],
            env={**os.environ, "LC_ALL": "C.UTF-8", **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=stderr,
            check=False,
        )


def _make_folder(path: Path) -> None:
    path.mkdir()
    path.chmod(0o755)  # whatever the umask


def _link(source: Path, target: Path, *, is_folder: bool) -> None:
    if is_folder:
        status = source.stat()  # /lib may be a link to usr/lib, and is a folder for the package
        target.mkdir()
        os.chown(target, status.st_uid, status.st_gid)
        target.chmod(status.st_mode & 0o7777)
    elif source.is_symlink():
        target.symlink_to(source.readlink())
    else:
        try:
            target.hardlink_to(source)
        except FileNotFoundError:
            raise
        except OSError:  # another file system
            shutil.copy2(source, target)
            os.chown(target, source.stat().st_uid, source.stat().st_gid)


def _control(status: str) -> str:
    """The control file of a package, from what dpkg says of it."""
    kept: list[str] = []
    is_kept = True
    for line in status.splitlines():
        if not line.startswith((" ", "\t")):
            is_kept = line.partition(":")[0].lower() not in _OWN_FIELDS
        if is_kept and line:
            kept.append(line)
    return "\n".join(kept) + "\n"
