"""A whole box on PipeWire: a call, the daemon's end in mid-call, a daemon that isn't completely up."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.rig.box import MICROPHONE_LAMP, STATUS_LAMP, RunningBox
from tests.rig.mosquitto import Listener, Mosquitto, wait_for
from tests.rig.pipewire import PipeWire
from tests.system.soak.world import Bot

from callbox_device.wav import read_wav

pytestmark = pytest.mark.pipewire

SPEECH = read_wav(Path(__file__).parents[3] / "firmware/callbox/assets/speech.wav")
LEAD_S = 1
TICKS_PER_S = os.sysconf("SC_CLK_TCK")


class Call:
    """A box, its broker and its bot; what it has reported."""

    def __init__(self, folder, env):
        self._folder, self._env = folder, env

    def __enter__(self):
        self.bot, self.broker = Bot(), Mosquitto(self._folder)
        self.bot.start()
        self.broker.start()
        config = self._folder / "callbox.yaml"
        config.write_text(
            f"bot: {{start_url: {self.bot.url}}}\n"
            "microphone: {device: callbox_mic}\nspeaker: {device: callbox_speaker}\nsound: {echo: 'off'}\n"
            f"mqtt: {{host: 127.0.0.1, port: {self.broker.port}}}\ndevice: {{id: pw}}\n"
        )
        self._listener = Listener(self.broker.port)
        self.box = RunningBox(config, self._env)
        assert wait_for(lambda: self._listener.of("callbox/pw/status") == [b"online"]), self.box.log
        return self

    def __exit__(self, *_):
        self.box.__exit__()
        self._listener.close()
        self.broker.stop()
        self.bot.kill()

    def click(self):
        self.box.click()

    @property
    def states(self):
        return [json.loads(payload) for payload in self._listener.of("callbox/pw/state")]

    @property
    def state(self):
        return self.states[-1]

    @property
    def session_events(self):
        return [json.loads(payload)["event_type"] for payload in self._listener.of("callbox/pw/event/session")]

    @property
    def processor_s(self):
        fields = Path(f"/proc/{self.box.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS_PER_S


@pytest.fixture
def pipewire(tmp_path):
    folder = tmp_path / "pipewire"
    folder.mkdir(mode=0o700)
    with PipeWire(folder, bytes(LEAD_S * 96_000) + SPEECH) as pipewire:
        yield pipewire


@pytest.fixture
def call(tmp_path, pipewire):
    with Call(tmp_path, pipewire.env) as call:
        yield call


def test_a_call_survives_the_daemons_end(call, pipewire, machine):
    call.click()
    assert wait_for(lambda: call.state["transport"] == "ready"), (call.state, call.box.log)
    assert wait_for(lambda: machine.received(SPEECH, pipewire.played)), (call.state, call.box.log)

    pipewire.end()
    assert wait_for(lambda: call.state["problem"]), (call.state, call.box.log)
    assert call.state["transport"] == "ready"
    processor_s, since_s = call.processor_s, time.monotonic()
    time.sleep(5)  # what it costs meanwhile, and whether it goes on trying
    share = (call.processor_s - processor_s) / (time.monotonic() - since_s)
    assert share <= 0.1
    assert "does not run (Host is down)" in call.box.log

    pipewire.start()
    back_s = time.monotonic()
    assert wait_for(lambda: call.state["problem"] is None and call.state["mic_live"]), (call.state, call.box.log)
    assert time.monotonic() - back_s <= 5 or machine.share > 0
    assert wait_for(lambda: machine.received(SPEECH, pipewire.played)), (call.state, call.box.log)

    assert call.session_events == ["started", "ready"]
    call.click()
    assert wait_for(lambda: call.state["transport"] == "disconnected"), (call.states, call.box.log)
    assert call.box.end() == 0, call.box.log
    brightness = [value for _, value in call.box.lamps[MICROPHONE_LAMP]]
    assert brightness[:3] == [0, 1, 0]  # dark while the microphone is closed; each attempt to open it is shown
    assert brightness[-2:] == [1, 0]


@pytest.mark.parametrize("state", ["frozen", "without a session manager", "listening only"])
def test_a_press_while_pipewire_is_not_completely_up(call, pipewire, state):
    if state == "frozen":
        pipewire.freeze()
    else:
        pipewire.end()
        pipewire.listen_only() if state == "listening only" else pipewire.start_daemon()
    call.click()
    # PipeWire 1.4 makes opening a PCM wait, 0.3.65 the first frame.
    assert wait_for(lambda: call.state["problem"] and call.state["transport"] in ("ready", "error")), (
        call.states,
        call.box.log,
    )
    assert any(
        sentence in call.box.log
        for sentence in (
            "does not answer: its sound server hangs",
            "moved no sound for 2 s",
            "taken nothing for 2 s",
        )
    )
    if call.state["transport"] == "ready":  # else it is error: the next press dials again
        call.click()
        assert wait_for(lambda: call.state["transport"] == "disconnected"), (call.states, call.box.log)

    if state == "frozen":
        pipewire.thaw()
    elif state == "listening only":
        pipewire.close_listener()
        pipewire.start()
    else:
        pipewire.start_session_manager()
    call.click()
    assert wait_for(lambda: call.state["transport"] == "ready" and not call.state["problem"]), (
        call.states,
        call.box.log,
    )
    assert call.box.end() == 0, call.box.log


@pytest.mark.parametrize(
    ("state", "code"),
    [("ended", "SOUND-SERVER-DOWN"), ("frozen", "SOUND-SERVER-HANGS"), ("listening only", "SOUND-SERVER-HANGS")],
)
def test_the_doctor_names_a_sound_server_that_is_down_or_hangs(tmp_path, pipewire, state, code):
    config = tmp_path / "callbox.yaml"
    config.write_text("bot: {start_url: http://127.0.0.1/}\nmicrophone: {device: pipewire_mic}\n")
    if state == "frozen":
        pipewire.freeze()
    else:
        pipewire.end()
        if state == "listening only":
            pipewire.listen_only()
    command = [
        sys.executable,
        "-m",
        "callbox",
        "doctor",
        "--config",
        config,
        "--only",
        "microphone",
        "--quick",
        "--json",
    ]
    done = subprocess.run(command, env={**os.environ, **pipewire.env}, capture_output=True, text=True, check=False)
    assert [finding["code"] for finding in json.loads(done.stdout)["checks"][0]["findings"]] == [code]


def test_the_button_the_lamp_and_sigterm_live_while_pipewire_hangs(call, pipewire):
    pipewire.freeze()
    for _ in range(3):
        presses = call.states
        call.click()
        assert wait_for(lambda presses=presses: len(call.states) > len(presses)), (call.states, call.box.log)
    call.click()
    assert call.box.end() == 0, call.box.log
    assert len(call.box.lamps[STATUS_LAMP]) > 3
