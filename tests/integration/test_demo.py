"""The demo as a person sees it: in a terminal of its own."""

import os
import pty
import re
import shlex
import signal
import subprocess
import sys
import termios
import threading
from pathlib import Path

import pytest
from tests.rig import command_line
from tests.rig.mosquitto import wait_for
from tests.rig.ports import free_port

ROOT = Path(__file__).parents[2]
ENV = {**os.environ, "PYTHONPATH": f"{ROOT / 'firmware'}:{ROOT / 'device'}", "TERM": "xterm", "COLUMNS": "100"}
DEMO = [sys.executable, "-m", "callbox", "demo"]


class Terminal:
    """A person at a terminal: `keys` in, `screen` out."""

    def __init__(self, command):
        self.ours, theirs = pty.openpty()
        self.before = termios.tcgetattr(theirs)
        self.process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=ENV)
        self.theirs = theirs
        self.screen = ""
        threading.Thread(target=self._read, daemon=True).start()

    def press(self, key):
        self.screen = ""
        os.write(self.ours, key.encode())

    def shows(self, text, within_s=60):
        return wait_for(lambda: text in self.screen, within_s)

    def _read(self):
        try:
            while data := os.read(self.ours, 4096):
                self.screen += data.decode(errors="replace")
        except OSError:  # closed
            pass


@pytest.fixture
def terminal(tmp_path):
    person = Terminal([*DEMO, "--terminal", "--wav", str(tmp_path / "answer.wav")])
    yield person
    person.process.terminate()
    person.process.wait(60)


def test_a_person_calls_by_the_space_bar_listens_and_leaves(terminal, tmp_path):
    assert terminal.shows("disconnected"), terminal.screen
    terminal.press(" ")
    assert terminal.shows("listening"), terminal.screen
    assert terminal.shows("I heard you for"), terminal.screen
    terminal.press("\n")
    assert terminal.shows("disconnected"), terminal.screen
    terminal.press("q")
    assert terminal.process.wait(60) == 0
    assert termios.tcgetattr(terminal.theirs) == terminal.before  # the terminal is as it was
    assert (tmp_path / "answer.wav").stat().st_size > 48_000


def test_a_bot_that_is_not_there_ends_the_demo_with_1_and_says_why(tmp_path):
    command = [*DEMO, "--bot", f"http://127.0.0.1:{free_port()}/start", "--wav", str(tmp_path / "answer.wav")]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, env=ENV, check=False)
    assert done.returncode == 1
    assert "problem: Nobody answers at http://127.0.0.1:" in done.stdout
    assert "FAILED: the bot did not become ready" in done.stdout


def test_control_c_ends_it(terminal):
    assert terminal.shows("disconnected")
    terminal.process.send_signal(signal.SIGINT)
    assert terminal.process.wait(60) == 0


def test_meters_are_silent_after_hanging_up_in_mid_speech(terminal):
    assert terminal.shows("disconnected"), terminal.screen
    terminal.press(" ")
    assert terminal.shows("speaking"), terminal.screen
    wait_for(lambda: re.search(r"loudspeaker.{1,80} -\d+ dBFS", plain(terminal.screen)), 30)
    terminal.press(" ")
    assert terminal.shows("disconnected"), terminal.screen
    terminal.screen = ""

    def meters():
        return re.findall(r"(?:microphone|loudspeaker)\s+[█·]+\s+(silent|-?\d+ dBFS)", plain(terminal.screen))

    assert wait_for(lambda: meters()[-2:] == ["silent", "silent"]), plain(terminal.screen)
    terminal.press("\x04")  # Ctrl-D leaves, too
    assert terminal.process.wait(60) == 0
    assert termios.tcgetattr(terminal.theirs) == terminal.before


def plain(screen):
    """Without control sequences."""
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", screen)


@pytest.mark.parametrize("ends", [signal.SIGINT, signal.SIGHUP], ids=["Ctrl-C", "closed terminal"])
def test_without_a_browser_it_says_how_to_open_the_page_and_how_to_end(ends, tmp_path):
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # which nohup ignores, for its children too
    environment = {name: value for name, value in ENV.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")}
    environment["TMPDIR"] = str(tmp_path)
    command = [*DEMO, "--panel"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, cwd=tmp_path) as demo:
        assert demo.stdout is not None
        lines = []
        for line in demo.stdout:
            lines.append(line[11:].strip())
            if "Ctrl-C" in line:
                break
        text = "\n".join(lines)
        tunnel = re.search(r"ssh (?:-p \d+ )?-L (\d+):127\.0\.0\.1:(\d+) \S+@\S+", text)
        assert tunnel, text
        assert f"http://127.0.0.1:{tunnel[1]}/#token=" in text
        named = re.search(r"in this terminal instead: (.*)", text)
        assert named, text
        helped = subprocess.run(
            [*shlex.split(named[1]), "--help"], capture_output=True, env=environment, cwd=tmp_path, check=False
        )
        assert helped.returncode == 0
        demo.send_signal(ends)
        assert demo.wait(60) == 0
    assert not list(tmp_path.glob("callbox-demo-*"))


@pytest.mark.parametrize(
    ("where", "setting", "code", "wanted"),
    [
        ("--panel", "board.button.on_press=dance", 78, 'board.button.on_press: must be "none", "call_or_hang_up"'),
        ("--by-itself", "calls.idle_s=15", 64, "--set is for the box in the browser"),
    ],
)
def test_settings_of_the_box_in_the_browser(where, setting, code, wanted):
    done = command_line.callbox("demo", where, "--set", setting)
    assert done.returncode == code
    assert wanted in done.stderr
