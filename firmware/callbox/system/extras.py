"""Commands that install what an extra of this package needs, where it runs.

No package index has callbox itself, so the advice names the libraries; Debian's Python takes none from pip (PEP 668).
"""

import importlib.util
import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass

LIBRARIES = {
    "box": ("paho-mqtt>=2.2,<3", "PyYAML>=6.0.2,<7"),
    "echo": ("pywebrtc-audio>=0.2,<0.3",),
    "websocket": ("websockets>=15,<18", "protobuf>=5,<8"),
    "panel": ("websockets>=15,<18",),
    "wake": ("pymicro-wakeword>=2.5,<3",),
    "metrics": ("prometheus-client>=0.21,<1",),
    "daily": ("daily-python>=0.36,<0.37",),
    "rich": ("rich>=13",),
    "demo": (
        "rich>=13",
        "aiohttp>=3.11,<4",
        "websockets>=15,<18",
        "paho-mqtt>=2.2,<3",
        "PyYAML>=6.0.2,<7",
    ),
}
"""As in pyproject.toml, which a test compares: an installation from the Debian package has no metadata to read."""
MODULES = {
    "paho": "box",
    "yaml": "box",
    "websockets": "websocket",
    "google": "websocket",
    "pymicro_wakeword": "wake",
    "prometheus_client": "metrics",
    "rich": "demo",
    "aiohttp": "demo",
    "daily": "daily",
}
"""The extra that brings a module, by its top name."""
DEBIAN = {"metrics": "python3-prometheus-client", "rich": "python3-rich"}
"""Debian's packages of them that are new enough in Debian 12. The package callbox brings the others but daily and
wake."""


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


def missing_module(error: ModuleNotFoundError) -> str | None:
    """Missing module and the command that installs it, as the end of a sentence; None: no extra of this package
    brings the module.
    """
    name = error.name or ""
    extra = MODULES.get(name.partition(".")[0])
    return extra and f"needs {name}, which is not installed: {install_command(extra)}"


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
