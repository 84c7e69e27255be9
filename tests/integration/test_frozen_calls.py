"""A name server, sound card, sound server or disk that hangs: button, lamp and status live, and SIGTERM ends the process.

What hangs never returns, so a process that waits for it never ends.
"""

import os
import signal
import socket

import pytest
from tests.rig.service import ENV, Service

FREEZE = {
    "name server": ("socket", "getaddrinfo"),
    "sound card": ("callbox_device.alsa.libasound", "Pcm"),
    "disk": ("os", "fsync"),
    "file lock": ("fcntl", "flock"),
}
PROGRAM = """
import importlib, os, threading
from callbox_device.simulated import SimulatedLamp
module, name, flag, entered, lamp = {!r}, {!r}, {!r}, {!r}, {!r}
set_lamp = SimulatedLamp.set
def note(self, brightness):
    set_lamp(self, brightness)
    with open(lamp, "a") as changes:
        changes.write("*")
SimulatedLamp.set = note
module = importlib.import_module(module)
real = getattr(module, name)
def freeze(*args, **kwargs):
    if os.path.exists(flag):
        if not threading.current_thread().name.startswith("paho"):
            open(entered, "w").close()
        threading.Event().wait()
    return real(*args, **kwargs)
setattr(module, name, freeze)
"""
SETTINGS = """
bot: {{start_url: "{url}", standby: armed}}
board: {{kind: simulated}}
mqtt: {{host: broker.invalid}}
"""


@pytest.mark.parametrize("what", FREEZE)
def test_what_hangs_stops_neither_button_nor_status_nor_the_end(tmp_path, what):
    (tmp_path / "asound.conf").write_text("pcm.!default { type null }\nctl.!default { type null }\n")
    flag, entered, lamp = tmp_path / "frozen", tmp_path / "entered", tmp_path / "lamp"
    (tmp_path / "sitecustomize.py").write_text(PROGRAM.format(*FREEZE[what], *map(str, (flag, entered, lamp))))
    if what == "name server":  # hangs when the box starts, too
        flag.touch()
    state = tmp_path / "state"
    state.mkdir()
    config = tmp_path / "callbox.yaml"
    server = socket.create_server(("127.0.0.1", 0))  # takes connections, and answers nothing: the call stays on
    url = "http://bot.invalid/start" if what == "name server" else f"http://127.0.0.1:{server.getsockname()[1]}/start"
    config.write_text(SETTINGS.format(url=url))
    path = os.pathsep.join([str(tmp_path), ENV["PYTHONPATH"]])
    with Service(config, PYTHONPATH=path, STATE_DIRECTORY=str(state), WATCHDOG_USEC="600000") as service:
        service.until("READY=1")
        flag.touch()
        service.process.send_signal(signal.SIGUSR1)  # presses the simulated button
        service.until("STATUS=initializing" if what == "sound card" else "STATUS=authenticating")
        if what not in ("disk", "file lock"):  # those are used at the end
            for _ in range(300):
                if entered.exists():
                    break
                service.until("WATCHDOG=1")
            assert entered.exists()
        changes = lamp.stat().st_size
        for _ in range(300):  # it blinks while it calls
            service.until("WATCHDOG=1")
            if lamp.stat().st_size >= changes + 4:
                break
        assert lamp.stat().st_size >= changes + 4
        service.process.send_signal(signal.SIGUSR1)
        service.until("STATUS=disconnect")
        code, log = service.end()
    server.close()
    assert code == 0, log
