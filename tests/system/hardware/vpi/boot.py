"""Boot a virtual Pi, run a command in it, and have its exit code and output.

ended = boot(["ls", "/dev"], Guest(systemd=True))
with Running(["sleep", "60"]) as guest:
    guest.kill()  # the power is cut
"""

import contextlib
import os
import resource
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from tests.system.hardware.vpi import ports
from tests.system.hardware.vpi.kernel import NoKernel, device_tree, kernel

SOURCE = Path(__file__).parents[4]
GUEST = Path(__file__).with_name("guest")
TIMED_OUT, NO_ANSWER = 124, 125
"""Exit codes of our own: the time was up; the guest ended without one (its console is in `Ended.console`)."""
DISK_BYTES = 4 << 30
PASSED_ON = ("CI", "HOME", "LANG", "LC_ALL", "PATH", "PYTHONPATH", "TERM", "VIRTUAL_ENV")
"""Environment variables that the command gets from this process; besides, ``VPI=1``."""


@dataclass(frozen=True, slots=True)
class Guest:
    """What machine it is."""

    memory_mb: int = 1024
    systemd: bool = False
    """Whether systemd is the first process and the command a service of it."""
    user: str = "root"
    """Who runs the command; anyone but root is put into the groups ``audio`` and ``gpio``."""
    folder: Path | None = None
    """The command's working directory; None: this process's own."""
    environment: Mapping[str, str] = field(default_factory=dict)
    writable: tuple[Path, ...] = ()
    """Folders of this machine that the guest writes to in truth."""
    gpio: bool = True
    sound: bool = True
    vfat: Path | None = None
    """Where in the guest a FAT file system is mounted, as a Pi's boot partition is at /boot/firmware."""
    vfat_image: Path | None = None
    """The file that it is in, made if need be; None: a new one each time."""
    ports: tuple[int, ...] = ()
    """TCP ports of this machine that the guest reaches as the same ports of its own 127.0.0.1: see `ports`."""
    disk: Path | None = None
    """A file with an ext4 file system, made if need be, that keeps what is written, as a Pi's card; None: memory."""
    backing: Path | None = None
    """Such a file, which `disk`, made if need be, holds the changes of; it is only read."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How it went."""

    exit_code: int
    stdout: str
    stderr: str
    console: str
    """What the kernel, and with `Guest.systemd` also systemd, had to say."""


def _raise_file_limit() -> None:
    """Let the guest hold a host descriptor for each file that its kernel caches: `apt` and `mandb` reach 20 000."""
    wanted = 1 << 18
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted:
        with contextlib.suppress(ValueError, PermissionError):  # not root: as far as the hard limit
            resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted, hard), hard))
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, max(wanted, hard)))


class Running:
    """A guest that runs `command`. Leaving the context ends it. One thread; raises `NoKernel`."""

    def __init__(self, command: Sequence[str], guest: Guest = Guest(), *, interactive: bool = False) -> None:
        program = kernel()
        if not program.exists():
            raise NoKernel(f"there is no kernel for the virtual Pi ({program}): run `make vpi`.")
        self.run = Path(tempfile.mkdtemp(prefix="vpi-"))
        self.run.chmod(0o755)  # a user of the guest's own reads the command here
        self._interactive = interactive
        _write_run(self.run, command, guest, interactive)
        arguments = [str(program), *_arguments(self.run, guest)]
        with (self.run / "console").open("wb") as console:
            arguments.append(f"con0=null,fd:{console.fileno()}")
            if interactive:
                arguments.append("con1=fd:0,fd:1")
            ours, theirs = socket.socketpair()
            arguments.append(f"con{ports.CONSOLE}=fd:{theirs.fileno()}")
            _raise_file_limit()
            with theirs:
                self._process = subprocess.Popen(
                    arguments,
                    stdin=None if interactive else subprocess.DEVNULL,
                    stdout=None if interactive else console,
                    stderr=console,
                    pass_fds=[console.fileno(), theirs.fileno()],
                    start_new_session=not interactive,  # the guest's processes are this machine's: ended as one group
                )
        # Ends with the guest, which holds the other end.
        threading.Thread(target=ports.serve, args=[ours.detach(), guest.ports], daemon=True).start()

    def wait(self, timeout_s: float | None = None) -> int:
        """Until the command has ended: its exit code, or `TIMED_OUT` or `NO_ANSWER`. The guest is gone then."""
        end_s = time.monotonic() + timeout_s if timeout_s else float("inf")
        while self._process.poll() is None and not (self.run / "ended").exists():
            if time.monotonic() > end_s:
                self.kill()
                return TIMED_OUT
            self.on_wait()
            time.sleep(0.02)
        self.kill()
        self.on_wait()
        return int((self.run / "ended").read_text()) if (self.run / "ended").exists() else NO_ANSWER

    def until(self, printed: str, timeout_s: float = 60) -> bool:
        """Until the command has written `printed` to its standard output; False if it doesn't. It goes on running."""
        end_s = time.monotonic() + timeout_s
        while printed.encode() not in self.read("stdout"):
            if time.monotonic() > end_s or self._process.poll() is not None or (self.run / "ended").exists():
                return False
            time.sleep(0.02)
        return True

    @property
    def has_ended(self) -> bool:
        """Whether the guest is gone, or its command has ended."""
        return self._process.poll() is not None or (self.run / "ended").exists()

    def on_wait(self) -> None:
        """Called now and then by `wait`: for who wants to follow."""

    def read(self, name: str) -> bytes:
        """What there is so far of ``stdout``, ``stderr`` or ``console``."""
        return (self.run / name).read_bytes()

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        """Nothing runs there meanwhile: a copy of `Guest.disk` is what a power cut leaves. Its clock goes on."""
        # Not the group: who traces the guest's processes would take that signal for one of theirs.
        self._process.send_signal(signal.SIGSTOP)
        try:
            while _is_busy(self._process.pid):
                time.sleep(0.01)
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """Cut the power: nothing more is written or sent."""
        with contextlib.suppress(ProcessLookupError):
            if self._interactive:
                self._process.kill()
            else:
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        shutil.rmtree(self.run, ignore_errors=True)


def boot(command: Sequence[str], guest: Guest = Guest(), *, timeout_s: float | None = 600) -> Ended:
    """Boot, run `command` to its end, and say how it went. Raises `NoKernel`."""
    with Running(command, guest) as running:
        exit_code = running.wait(timeout_s)
        texts = (running.read(name).decode(errors="replace") for name in ("stdout", "stderr", "console"))
        return Ended(exit_code, *texts)


def _is_busy(group: int) -> bool:
    """Whether a process of the kernel's, which writes its disk, is at work; those of the guest are traced ones."""
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            status = (folder / "status").read_text()
            is_kernel = "\nTracerPid:\t0\n" in status and os.getpgid(int(folder.name)) == group
            if is_kernel and ("\nState:\tR" in status or "\nState:\tD" in status):
                return True
    return False


def _write_run(run: Path, command: Sequence[str], guest: Guest, interactive: bool) -> None:
    for script in GUEST.glob("*.sh"):
        shutil.copy(script, run)
    environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    environment |= {"VPI": "1", **guest.environment}
    settings = {
        "VPI_GPIO": int(guest.gpio),
        "VPI_INTERACTIVE": int(interactive),
        "VPI_PORTS": " ".join(map(str, guest.ports)),
        "VPI_PYTHON": sys.executable,
        "VPI_SOURCE": SOURCE,
        "VPI_SYSTEMD": int(guest.systemd),
        "VPI_USER": guest.user,
        "VPI_VFAT": guest.vfat or "",
    }
    (run / "settings").write_text(_shell("", settings))
    (run / "environment").write_text(_shell("export ", environment))
    (run / "writable").write_text("".join(f"{folder.resolve()}\n" for folder in guest.writable))
    (run / "command").write_text(f"cd {shlex.quote(str(guest.folder or Path.cwd()))} && exec {shlex.join(command)}\n")
    for name in ("stdout", "stderr"):
        (run / name).touch()
        (run / name).chmod(0o666)


def _shell(prefix: str, values: Mapping[str, object]) -> str:
    return "".join(f"{prefix}{name}={shlex.quote(str(value))}\n" for name, value in values.items())


def _arguments(run: Path, guest: Guest) -> list[str]:
    """The kernel's command line. A name that the kernel doesn't know becomes an environment variable of init."""
    sound = int(guest.sound)
    words = [
        *(f"mem={guest.memory_mb}M", "root=/dev/root", "rootfstype=hostfs", "rootflags=/", "ro", "quiet"),
        *(f"init={run}/first.sh", f"VPI_RUN={run}", "con=null", f"uml_dir={run}/", "umid=uml"),
        *("panic=-1", "random.trust_cpu=on"),  # a guest whose init ends is over
        *(f"snd_aloop.enable={sound}", "snd_aloop.index=0", "snd_aloop.id=Loopback", "snd_aloop.pcm_substreams=8"),
        *(f"snd_dummy.enable={sound}", "snd_dummy.index=1", "snd_dummy.id=Dummy"),
    ]
    if guest.gpio:
        words.append(f"dtb={device_tree(kernel())}")
    if guest.vfat:
        image = guest.vfat_image or run / "vfat.img"
        if not image.exists():
            with image.open("wb") as file:
                file.truncate(32 << 20)
            subprocess.run(["/usr/sbin/mkfs.vfat", "-n", "bootfs", image], check=True, capture_output=True)
        words.append(f"ubd0={image.resolve()}")
    if guest.disk:
        whole = guest.backing or guest.disk
        if not whole.exists():
            with whole.open("wb") as file:
                file.truncate(DISK_BYTES)
            subprocess.run(["/usr/sbin/mkfs.ext4", "-q", whole], check=True, capture_output=True)
        files = dict.fromkeys((guest.disk.resolve(), whole.resolve()))
        words += [f"ubd1={','.join(map(str, files))}", "VPI_DISK=/dev/ubdb"]
    return words
