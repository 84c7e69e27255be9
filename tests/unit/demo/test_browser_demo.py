"""What the demo prints after the page's address."""

import sys

import pytest

from callbox.demo import browser_demo
from callbox.demo.browser_demo import next_steps, own_command


def test_with_a_browser_only_the_end_is_named():
    assert next_steps(8067, "callbox", {"DISPLAY": ":0"}) == ["Ctrl-C ends it"]


def test_without_a_browser_the_tunnel_and_the_terminal_are_named():
    lines = next_steps(9000, ".venv/bin/callbox", {"USER": "ada", "SSH_CONNECTION": "10.0.0.9 5000 10.0.0.2 22"})
    text = "\n".join(lines)
    assert "ssh -L 9000:127.0.0.1:9000 ada@10.0.0.2" in text
    assert ".venv/bin/callbox demo --terminal" in text
    assert lines[-1] == "Ctrl-C ends it"


@pytest.mark.parametrize(
    ("connection", "command"),
    [
        ("10.0.0.9 5000 10.0.0.2 2222", "ssh -p 2222 -L 1:127.0.0.1:1 pi@10.0.0.2"),
        ("fe80::9 5000 fe80::2 22", "ssh -L 1:127.0.0.1:1 pi@fe80::2"),
        ("", f"ssh -L 1:127.0.0.1:1 pi@{browser_demo.socket.gethostname()}"),  # type: ignore[attr-defined]
        ("nonsense", f"ssh -L 1:127.0.0.1:1 pi@{browser_demo.socket.gethostname()}"),  # type: ignore[attr-defined]
    ],
)
def test_tunnel(connection, command):
    assert any(command in line for line in next_steps(1, "callbox", {"SSH_CONNECTION": connection}))


def test_own_settings_are_not_advised_to_another_command():
    assert not any("--terminal" in line for line in next_steps(1, "callbox", {}, is_demo=False))


def test_own_command(tmp_path, monkeypatch):
    program = tmp_path / "a b" / "callbox"
    program.parent.mkdir()
    program.touch(mode=0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", "/nowhere")
    assert own_command([str(program)]) == "'a b/callbox'"
    monkeypatch.chdir("/usr")
    assert own_command([str(program)]) == f"'{program}'"
    monkeypatch.chdir(program.parent)
    assert own_command([str(program)]) == "./callbox"
    monkeypatch.setenv("PATH", str(program.parent))
    assert own_command([str(program)]) == "callbox"
    assert own_command(["/usr/lib/python3/callbox/__main__.py"]) == f"{sys.executable} -m callbox"
