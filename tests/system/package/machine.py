"""A virtual Pi with systemd, told from outside what to do: the tests stay here, what they look at is there."""

import itertools
import shlex
import subprocess
import time
from pathlib import Path
from typing import Self

from tests.system.hardware.vpi.boot import Guest, Running

ROOT = Path(__file__).parents[3]
PYTHON = ROOT / ".venv" / "bin" / "python"
"""The tests' own, with the hands on pins and the bot; the package brings its own libraries."""

_AGENT = """
touch /run/vpi/up
while :; do
    for file in /run/vpi/*.ask; do
        [ -e "$file" ] || continue
        cd /tmp
        sh "$file" >"${file%.ask}.said" 2>&1 </dev/null
        echo $? >"${file%.ask}.part"
        rm "$file"
        mv "${file%.ask}.part" "${file%.ask}.code"
    done
    sleep 0.02
done
"""


class Failed(Exception):
    """A command in the guest ended with something else than 0."""


class Machine:
    """``with Machine() as pi: pi.sh("uname -a")``. One thread."""

    def __init__(self, guest: Guest) -> None:
        self._running = Running(["sh", "-c", _AGENT], guest)
        self._numbers = itertools.count()
        self._wait_for(self._running.run / "up", 300)

    def sh(self, command: str, timeout_s: float = 180) -> str:
        """Run `command` there; what it said. Raises `Failed`, with that, if it doesn't end with 0 in time."""
        code, printed = self.run(command, timeout_s)
        if code:
            raise Failed(f"{command}\nended with {code}:\n{printed}")
        return printed

    def run(self, command: str, timeout_s: float = 180) -> tuple[int, str]:
        """Run `command` there; its exit code, and what it said on either output."""
        place = self._running.run / f"{next(self._numbers)}"
        place.with_suffix(".new").write_text(command + "\n")
        place.with_suffix(".new").rename(place.with_suffix(".ask"))
        self._wait_for(place.with_suffix(".code"), timeout_s)
        return int(place.with_suffix(".code").read_text()), place.with_suffix(".said").read_text(errors="replace")

    def write(self, path: str, text: str, mode: int = 0o644) -> None:
        """A file there."""
        self.sh(f"install -D -m {mode:o} /proc/self/fd/0 {path} <<'__END__'\n{text.rstrip()}\n__END__")

    def copy_disk(self, disk: Path, copy: Path) -> None:
        """Copy the file of its disk as a power cut would leave it now."""
        with self._running.frozen():
            subprocess.run(["cp", "--sparse=always", disk, copy], check=True)

    def python(self, *arguments: str) -> str:
        """A module of the tests' own, as a command line."""
        return f"cd {ROOT} && PYTHONDONTWRITEBYTECODE=1 {PYTHON} -m {shlex.join(arguments)}"

    def until(self, command: str, within_s: float, what: str = "") -> float:
        """Run `command` again and again until it ends with 0; how long that took, in seconds."""
        began_s = time.monotonic()
        while True:
            code, printed = self.run(command)
            took_s = time.monotonic() - began_s
            if code == 0:
                return took_s
            if took_s > within_s:
                raise Failed(f"{what or command}: not within {within_s} s:\n{printed}\n{self.journal()}")
            time.sleep(0.05)

    def install(self, package: Path) -> str:
        """Install or upgrade; what apt said."""
        return self.sh(f"apt-get install -y -q {package}", timeout_s=180)

    def press(self) -> None:
        """The button."""
        self.sh(self.python("tests.system.hardware.gpio_actor", "press", "17"))

    def level(self, pin: int) -> int:
        """Of a pin, whoever drives it."""
        return int(self.sh(self.python("tests.system.hardware.gpio_actor", "get", str(pin))))

    def show(self, name: str) -> str:
        """A property of the service."""
        return self.sh(f"systemctl show --property={name} --value callbox").strip()

    def until_state(self, word: str, within_s: float = 60) -> float:
        """Until the box says that its state is `word` (``ready``, ``disconnected``)."""
        return self.until(f"systemctl show -p StatusText --value callbox | grep -q '^{word},'", within_s)

    def call(self) -> None:
        """Press, and be connected with the bot."""
        self.press()
        self.until_state("ready")

    def hang_up(self) -> None:
        """No call is on afterwards, and the service runs."""
        self.sh("systemctl reset-failed callbox; systemctl restart callbox || { journalctl --no-pager -n 30; false; }")

    def journal(self, *options: str) -> str:
        """What the service told the journal."""
        return self.run(f"journalctl --no-pager --output=cat -u callbox {shlex.join(options)}")[1]

    def _wait_for(self, file: Path, timeout_s: float) -> None:
        end_s = time.monotonic() + timeout_s
        while not file.exists():
            if time.monotonic() > end_s or self._running.has_ended:
                console = self._running.read("console").decode(errors="replace")[-3000:]
                raise Failed(f"no answer within {timeout_s} s; the console:\n{console}")
            time.sleep(0.01)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._running.__exit__()
