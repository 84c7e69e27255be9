"""Commands that install an extra's libraries."""

import shlex
import sys
import tomllib
from pathlib import Path

import pytest

from callbox.system.extras import LIBRARIES, Interpreter, install_command, this_interpreter

ROOT = Path(__file__).parents[3]
EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]


@pytest.mark.parametrize("extra", LIBRARIES)
def test_libraries_are_those_of_the_project_file(extra):
    requested = EXTRAS["demo" if extra == "rich" else extra]
    assert set(LIBRARIES[extra]) <= set(requested)
    assert extra == "rich" or set(LIBRARIES[extra]) == set(requested)


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
