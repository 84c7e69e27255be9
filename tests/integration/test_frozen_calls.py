"""A name server, sound card, mixer, sound server, disk or file lock that hangs: button, lamp and status live, and SIGTERM
ends the process.

What hangs never returns, so a process that waits for it never ends.
"""

import contextlib
import functools
import os
import select
import signal
import socket
import sqlite3

import pytest
from tests.rig.service import Service

from callbox.app import ring_store
from callbox.app.alarm_store import AlarmStore
from callbox.app.ring_store import RingStore
from callbox.cli import main
from callbox.control.rings import Ring, RingOutcome

FREEZE = {
    "name server": ("socket", "getaddrinfo"),
    "sound card": ("callbox_device.alsa.open_pcm", "Pcm"),
    "disk": ("os", "fsync"),
}
ALSA_SERVER = ("mixer", "sound server")
"""alsa-lib itself hangs: its `shm` plugin asks a server that takes connections, and never answers."""
NOTHING = ("os", "no_such_call")
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
real = getattr(module, name, None)
def freeze(*args, **kwargs):
    if os.path.exists(flag):
        if not threading.current_thread().name.startswith("paho"):
            open(entered, "w").close()
        threading.Event().wait()
    return real(*args, **kwargs)
setattr(module, name, freeze)  # of what isn't there: nothing is frozen
"""
LOCK = """
import sqlite3
connect = sqlite3.connect
sqlite3.connect = lambda file, **options: connect(file, timeout=86400, **options)  # SQLite's own limit is 5 s
"""
NOTE = """
import os
connect_later = sqlite3.connect
def note(file, **options):
    if str(file).endswith("rings.sqlite3"):
        open(os.environ["ENTERED"], "w").close()
    return connect_later(file, **options)
sqlite3.connect = note
"""
MIXER = """
from callbox_device.alsa import devices
devices.mixer_of = lambda _: "hangs"  # in place of hw:0
"""
ASOUND = """
server.hangs {{ host localhost socket "{socket}" }}
ctl.hangs {{ type shm server hangs ctl x }}
pcm.hangs {{ type shm server hangs pcm x }}
pcm.!default {default}
ctl.!default {{ type null }}
"""
SETTINGS = """
bot: {{start_url: "{url}", standby: armed}}
board: {{kind: simulated}}
mqtt: {{host: broker.invalid}}
speaker: {{volume_percent: 50}}
"""


def run_after(program, arguments):
    """In the box's process."""
    exec(program, {})
    return main(arguments)


@pytest.mark.parametrize("what", [*FREEZE, *ALSA_SERVER, "file lock"])
def test_what_hangs_stops_neither_button_nor_status_nor_the_end(tmp_path, what):
    flag, entered, lamp = tmp_path / "frozen", tmp_path / "entered", tmp_path / "lamp"
    lamp.touch()
    hanging = socket.socket(socket.AF_UNIX)
    hanging.bind(str(tmp_path / "hangs"))
    hanging.listen()
    hanging.setblocking(False)
    default = "pcm.hangs" if what == "sound server" else "{ type null }"
    (tmp_path / "asound.conf").write_text(ASOUND.format(socket=tmp_path / "hangs", default=default))
    program = PROGRAM.format(*FREEZE.get(what, NOTHING), *map(str, (flag, entered, lamp)))
    program += {"mixer": MIXER, "file lock": LOCK}.get(what, "")
    if what == "name server":  # hangs when the box starts, too
        flag.touch()
    state = tmp_path / "state"
    state.mkdir()
    lock = locked(state) if what == "file lock" else None
    config = tmp_path / "callbox.yaml"
    server = socket.create_server(("127.0.0.1", 0))  # takes connections, and answers nothing: the call stays on
    url = "http://bot.invalid/start" if what == "name server" else f"http://127.0.0.1:{server.getsockname()[1]}/start"
    config.write_text(SETTINGS.format(url=url))
    run = functools.partial(run_after, program)
    with Service(config, run=run, STATE_DIRECTORY=str(state), WATCHDOG_USEC="600000") as service:
        service.until("READY=1")
        if what not in ALSA_SERVER:
            flag.touch()
        service.process.send_signal(signal.SIGUSR1)  # presses the simulated button
        service.until("STATUS=initializing" if what in ("sound card", "sound server") else "STATUS=authenticating")
        if what not in ("disk", "file lock"):  # those are written at the end
            for _ in range(300):
                if entered.exists() or has_request(hanging):
                    break
                service.until("WATCHDOG=1")
            else:
                pytest.fail(f"the {what} was never used")
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
    hanging.close()
    assert code == 0, log
    assert what != "disk" or entered.exists()
    if lock:
        lock.close()
        with contextlib.closing(RingStore(state)) as store:
            rings, _ = store.read()
        assert rings.missed  # the press has seen it, which waits to be written


def test_a_file_that_is_locked_while_the_box_starts_does_not_hold_up_its_end(tmp_path):
    (tmp_path / "asound.conf").write_text("pcm.!default { type null }\nctl.!default { type null }\n")
    config = tmp_path / "callbox.yaml"
    config.write_text("bot: {start_url: http://127.0.0.1:1/start}\nboard: {kind: simulated}\n")
    state = tmp_path / "state"
    state.mkdir()
    lock = locked(state, "EXCLUSIVE")
    entered = tmp_path / "entered"
    os.mkfifo(entered)
    run = functools.partial(run_after, LOCK + NOTE)
    with Service(config, run=run, STATE_DIRECTORY=str(state), ENTERED=str(entered)) as service:
        entered.read_bytes()  # it is about to open the file
        code, log = service.end()
    lock.close()
    assert code == 0, log


def locked(state, kind="IMMEDIATE"):
    """What was kept of a missed ring, locked as another process would that writes."""
    store = RingStore(state)
    store.add(Ring("missed"))
    store.end(Ring("missed"), RingOutcome.MISSED)
    store.close()
    AlarmStore(state).close()
    lock = sqlite3.connect(state / ring_store.NAME, isolation_level=None)
    lock.execute(f"BEGIN {kind}")
    return lock


def has_request(hanging):
    """Whether somebody waits for an answer; who is never accepted waits for ever."""
    return bool(select.select([hanging], [], [], 0)[0])
