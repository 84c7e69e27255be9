"""Commands that install an extra's libraries."""

import shlex
import sys
import tomllib
from pathlib import Path

import pytest

from callbox.cli import main
from callbox.system.extras import (
    LIBRARIES,
    MODULES,
    Interpreter,
    install_command,
    missing_module,
    this_interpreter,
)

ROOT = Path(__file__).parents[3]
EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]


@pytest.mark.parametrize("extra", LIBRARIES)
def test_libraries_are_those_of_the_project_file(extra):
    requested = libraries_of("demo" if extra == "rich" else extra)
    assert set(LIBRARIES[extra]) <= requested
    assert extra in ("rich", "metrics") or set(LIBRARIES[extra]) == requested


def libraries_of(extra):
    """Libraries of an extra in the project file, and of the extras that it names."""
    found = set()
    for need in EXTRAS[extra]:
        named = need.removeprefix("callbox[").removesuffix("]").split(",") if need.startswith("callbox[") else []
        found |= set().union(*map(libraries_of, named)) if named else {need}
    return found


def test_every_module_that_may_be_missing_belongs_to_an_extra():
    assert set(MODULES.values()) <= set(LIBRARIES)


def test_a_command_without_its_libraries_says_how_to_get_them(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "yaml", None)
    for name in [name for name in sys.modules if name.startswith("callbox.config")]:
        monkeypatch.delitem(sys.modules, name)
    assert main(["check", "/nowhere"]) == 64
    complaint = capsys.readouterr().err
    assert complaint.startswith("callbox check: needs yaml, which is not installed: ")
    assert complaint.count("\n") == 1
    assert "'PyYAML>=6.0.2,<7'" in complaint


def test_a_defect_is_not_taken_for_a_missing_library():
    assert missing_module(ModuleNotFoundError("", name="callbox.nothing")) is None


@pytest.mark.parametrize("extra", LIBRARIES)
@pytest.mark.parametrize(
    "interpreter",
    [
        Interpreter("/home/pi/my box/bin/python", is_environment=True, has_pip=True),
        Interpreter("/v/bin/python", is_environment=True, has_pip=False),
        Interpreter("/usr/bin/python3", is_environment=False, has_pip=False),
    ],
)
def test_no_command_asks_an_index_for_callbox(extra, interpreter):
    command = install_command(extra, interpreter)
    assert "callbox" not in command
    words = shlex.split(command)
    assert interpreter.executable in words or "apt" in words
    assert set(LIBRARIES[extra]) <= set(words) or words[:3] == ["sudo", "apt", "install"]


def test_commands():
    environment = Interpreter("/v/bin/python", is_environment=True, has_pip=True)
    assert install_command("echo", environment) == "/v/bin/python -m pip install 'pywebrtc-audio>=0.2,<0.3'"
    without_pip = Interpreter("/v/bin/python", is_environment=True, has_pip=False)
    assert install_command("rich", without_pip) == "uv pip install -p /v/bin/python 'rich>=13'"
    debian = Interpreter("/usr/bin/python3", is_environment=False, has_pip=True)
    assert install_command("rich", debian) == "sudo apt install python3-rich"
    assert "--break-system-packages" in install_command("daily", debian)


def test_this_interpreter():
    assert this_interpreter().executable == sys.executable
