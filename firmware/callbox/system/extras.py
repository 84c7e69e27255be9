"""Commands that install what an extra of this package needs, where it runs.

No package index has callbox itself, so the advice names the libraries; Debian's Python takes none from pip (PEP 668).
"""

import importlib.util
import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass

LIBRARIES = {
    "echo": ("pywebrtc-audio>=0.2,<0.3",),
    "websocket": ("websockets>=15,<18", "protobuf>=5,<8"),
    "panel": ("websockets>=15,<18",),
    "metrics": ("prometheus-client>=0.21,<1",),
    "daily": ("daily-python>=0.36,<0.37",),
    "rich": ("rich>=13",),
}
"""As in pyproject.toml, which a test compares: an installation from the Debian package has no metadata to read."""
DEBIAN = {"metrics": "python3-prometheus-client", "rich": "python3-rich"}
"""Debian's packages of them that are new enough in Debian 12. The package callbox brings the others but daily."""


@dataclass(frozen=True, slots=True)
class Interpreter:
    """The Python that runs this."""

    executable: str
    is_environment: bool
    """A virtual environment, into which libraries may be installed."""
    has_pip: bool


def this_interpreter() -> Interpreter:
    """The Python of this process."""
    has_pip = importlib.util.find_spec("pip") is not None
    return Interpreter(sys.executable or "python3", sys.prefix != sys.base_prefix, has_pip)


def install_command(extra: str, interpreter: Interpreter | None = None) -> str:
    """The shell command that installs the libraries of `extra`, a key of `LIBRARIES`; None: for this process."""
    interpreter = interpreter or this_interpreter()
    return _command(LIBRARIES[extra], DEBIAN.get(extra), interpreter)


def _command(libraries: Sequence[str], package: str | None, interpreter: Interpreter) -> str:
    wanted = " ".join(map(shlex.quote, libraries))
    python = shlex.quote(interpreter.executable)
    if interpreter.is_environment:
        return f"{python} -m pip install {wanted}" if interpreter.has_pip else f"uv pip install -p {python} {wanted}"
    if package is not None:
        return f"sudo apt install {package}"
    pip = "" if interpreter.has_pip else "sudo apt install python3-pip && "
    # pip leaves Debian's own packages alone: it puts them into /usr/local.
    return f"{pip}sudo {python} -m pip install --break-system-packages {wanted}"
