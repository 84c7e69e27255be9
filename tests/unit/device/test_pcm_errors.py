"""Every row of the tables of PCM errors, reached through the real alsa-lib by microphone or loudspeaker: by its own plugins where
they give the error; else a call of alsa-lib returns the errno that the kernel returns for a card, which isn't here.
"""

import errno
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from docs.generate import pcm_causes

from callbox_device.interfaces import BoardError, PartBusy, PartFailed, PartMissing
from callbox_device.model import pcm_errors
from callbox_device.model.pcm_errors import ENDED, OPEN

CARD, PLUGIN = "plughw:CARD=Device,DEV=0", "plugin"
CONFIG = """\
<{system}>
pcm.plugin {{ type file slave.pcm {{ type null }} file /dev/null infile {folder}/sound.raw format raw }}
pcm.!plughw {{
  @args [ CARD DEV ]
  @args.CARD {{ type string default "" }}
  @args.DEV {{ type string default "" }}
  type file slave.pcm {{ type null }} file /dev/null infile {folder}/sound.raw format raw
}}
pcm.forbidden {{ type file slave.pcm {{ type null }} file /dev/null infile {folder}/forbidden/sound.raw format raw }}
pcm.looping {{ type file slave.pcm {{ type null }} file /dev/null infile {folder}/looping format raw }}
pcm.locked {{ type file slave.pcm {{ type null }} file /dev/null infile {folder}/locked format raw }}
pcm.without_slave {{ type plug }}
pcm.digital {{ type iec958 slave {{ pcm "null" format S16_LE }} }}
pcm.daemon_ended {{ type shm server ended pcm "null" }}
server.ended {{ host localhost socket {folder}/ended }}
pcm.daemon_hangs {{ type shm server hangs pcm "null" }}
server.hangs {{ host localhost socket {folder}/hangs }}
"""
PROGRAM = """
import contextlib, fcntl, json, os, resource, socket, struct, termios, threading
from pathlib import Path
from callbox_device.alsa import devices, libasound
from callbox_device.interfaces import BoardError
from callbox_device.model import stall

folder, library = Path(os.environ["FOLDER"]), libasound.load()
sockets = [socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)]
for server, name in zip(sockets, ("ended", "hangs")):
    server.bind(str(folder / name))
sockets[1].listen()  # it accepts, and never answers
(folder / "looping").symlink_to("looping")
(folder / "forbidden").mkdir(mode=0)
terminal, replica = os.openpty()
(folder / "locked").symlink_to(os.ttyname(replica))
os.close(replica)
fcntl.ioctl(terminal, termios.TIOCSPTLCK if hasattr(termios, "TIOCSPTLCK") else 0x40045431, struct.pack("i", 1))
messages = {}

@contextlib.contextmanager
def returning(number, *functions):
    kept = {name: getattr(library, name) for name in functions}
    for name in functions:
        setattr(library, name, lambda *_: -number)
    yield
    for name, function in kept.items():
        setattr(library, name, function)

@contextlib.contextmanager
def another_user():
    if os.geteuid():  # not root: the folder's mode is enough
        yield
        return
    os.seteuid(65534)
    yield
    os.seteuid(0)

@contextlib.contextmanager
def without_descriptors():
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    first_free = os.dup(0)
    os.close(first_free)
    resource.setrlimit(resource.RLIMIT_NOFILE, (first_free, limits[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, limits)

@contextlib.contextmanager
def shortened(module, name, value):
    kept = getattr(module, name)
    setattr(module, name, value)
    yield
    setattr(module, name, kept)

def tell(row, device, circumstance=contextlib.nullcontext(), direction="capture"):
    part = devices.AlsaMicrophone(device) if direction == "capture" else devices.AlsaSpeaker(device)
    callback = (lambda *_: None) if direction == "capture" else (lambda _: bytes(960))
    ended, errors = threading.Event(), []
    def failed(error):
        errors.append(error)
        ended.set()
    with circumstance:
        try:
            part.start(callback, failed).result(60)
            assert ended.wait(60), row
            part.stop().result(60)
        except BoardError as error:
            errors.append(error)
    messages[row] = (type(errors[0]).__name__, errors[0].sound_server, str(errors[0]))

CARD = "plughw:CARD=Device,DEV=0"
"""
ROWS = """
tell("missing", "of_another_box")
tell("busy", CARD, returning(16, "snd_pcm_open"))
tell("forbidden", "forbidden", another_user())
tell("server down", "daemon_ended")
tell("usb", CARD, returning(71, "snd_pcm_hw_params"))
tell("usb bandwidth", CARD, returning(28, "snd_pcm_hw_params"))
tell("configuration", "without_slave")
tell("resources", "plugin", without_descriptors())
tell("input/output", "locked")
tell("other", "looping")
tell("format", "digital", direction="playback")
open_messages, messages = messages, {}
tell("gone", CARD, returning(19, "snd_pcm_readi"))
tell("disconnected", CARD, returning(77, "snd_pcm_writei"), "playback")
tell("server ended", "plugin", returning(32, "snd_pcm_readi", "snd_pcm_prepare"))
tell("usb", CARD, returning(71, "snd_pcm_readi"))
tell("suspended", CARD, returning(86, "snd_pcm_writei"), "playback")
tell("input/output", CARD, returning(5, "snd_pcm_readi"))
tell("other", "plugin", returning(12, "snd_pcm_readi"))
for row, device in (("card stands still", CARD), ("server stands still", "plugin")):
    with shortened(stall, "STALL_S", 0.1):
        tell(row, device, returning(11, "snd_pcm_readi"))
with shortened(devices, "HANG_S", 0.2), shortened(devices, "STOP_S", 0.2):
    ended_messages, messages = messages, {}
    tell("hangs", "daemon_hangs")
print(json.dumps([open_messages | messages, ended_messages]), flush=True)
os._exit(0)
"""
OPEN_MESSAGES: dict[str, tuple[type[BoardError], str | None, str]] = {
    "missing": (PartMissing, None, "There is no microphone 'of_another_box'. "),
    "busy": (PartBusy, None, f"The microphone '{CARD}' is held by another program. `fuser"),
    "forbidden": (PartMissing, None, "No permission for the microphone 'forbidden': add this user to the group `audio`."),
    "server down": (PartMissing, "down", "The sound server behind the microphone 'daemon_ended' does not run (Connection refused)."),
    "usb": (PartFailed, None, f"The microphone '{CARD}' does not answer on USB (Protocol error). Pull it out"),
    "usb bandwidth": (PartFailed, None, f"The USB bus has no bandwidth left for the microphone '{CARD}'."),
    "configuration": (PartFailed, None, "The microphone 'without_slave' can't be opened: Invalid argument. Its name, or ALSA's configuration"),
    "resources": (PartFailed, None, "The microphone 'plugin' can't be opened: Too many open files. This machine has no memory or no"),
    "input/output": (PartFailed, None, "The microphone 'locked' can't be opened: Input/output error. Pull it out"),
    "other": (PartFailed, None, "The microphone 'looping' can't be opened: Too many levels of symbolic links."),
    "hangs": (PartFailed, "hangs", "The microphone 'daemon_hangs' does not answer: its sound server hangs."),
    "format": (PartFailed, None, "The loudspeaker 'digital' gives "),
}  # fmt: skip
ENDED_MESSAGES: dict[str, tuple[type[BoardError], str | None, str]] = {
    "gone": (PartFailed, None, f"The microphone '{CARD}' is gone: was it pulled out?"),
    "disconnected": (PartFailed, None, f"The loudspeaker '{CARD}' is gone: was it pulled out?"),
    "server ended": (PartFailed, "down", "The sound server behind the microphone 'plugin' has ended (Broken pipe)."),
    "usb": (PartFailed, None, f"The microphone '{CARD}' does not answer on USB any more (Protocol error). Pull it out"),
    "suspended": (PartFailed, None, f"The sound card behind '{CARD}' was suspended."),
    "input/output": (PartFailed, None, f"The sound card behind '{CARD}' stopped working: Input/output error. Pull it out"),
    "other": (PartFailed, None, "The sound card behind 'plugin' stopped working: Cannot allocate memory."),
    "card stands still": (PartFailed, None, f"The microphone '{CARD}' has moved no sound for 2 s."),
    "server stands still": (PartFailed, "hangs", "The microphone 'plugin' has moved no sound for 2 s."),
}  # fmt: skip


@pytest.fixture(scope="module")
def messages():
    """What a process with all these PCMs printed, by row."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)  # pytest's own are root's: another user reads ALSA's configuration too
        (folder / "asound.conf").write_text(CONFIG.format(system="/usr/share/alsa/alsa.conf", folder=folder))
        (folder / "sound.raw").write_bytes(bytes(9600))
        paths = {"ALSA_CONFIG_PATH": str(folder / "asound.conf"), "PYTHONPATH": os.pathsep.join(sys.path)}
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM + ROWS],
            env={**os.environ, **paths, "FOLDER": name},
            capture_output=True,
            text=True,
            timeout=200,
        )
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""  # alsa-lib's own lines, some ten an error
        return json.loads(done.stdout)


def test_each_row_of_what_cannot_be_opened_is_reached(messages):
    assert messages[0].keys() == OPEN.keys()
    assert_messages(messages[0], OPEN_MESSAGES)


def test_each_row_of_what_ended_is_reached(messages):
    assert messages[1].keys() == ENDED.keys()
    assert_messages(messages[1], ENDED_MESSAGES)


def assert_messages(messages, expected):
    for row, (kind, server, text) in expected.items():
        assert messages[row][:2] == [kind.__name__, server], (row, messages[row])
        assert messages[row][2].startswith(text), (row, messages[row])


@pytest.mark.parametrize(
    ("device", "cards", "forbidden", "is_reported"),
    [
        ("plughw:CARD=A,DEV=0", ["A", "B"], ["A", "B"], True),
        ("hw:A", ["A", "B"], ["A"], True),
        ("default", ["A", "B"], ["A", "B"], True),
        ("plughw:CARD=C", ["A", "B"], ["A", "B"], False),
        ("plughw:CARD=A", ["A", "B"], [], False),
        ("default", [], [], False),
    ],
)
def test_a_card_that_alsa_calls_missing_because_this_user_may_not_use_it(device, cards, forbidden, is_reported):
    error = pcm_errors.unopened("capture", device, errno.ENOENT, cards, forbidden)
    assert type(error) is PartMissing
    assert ("add this user to the group `audio`" in str(error)) is is_reported


@pytest.mark.parametrize(
    ("cards", "text"),
    [(["A", "B"], "The cards here are: A, B. For example: plughw:CARD=A"), ([], "no sound card at all")],
)
def test_the_message_about_a_missing_card_has_those_that_are_there(cards, text):
    assert text in str(pcm_errors.unopened("playback", "hw:X", errno.ENODEV, cards, []))


@pytest.mark.parametrize(
    ("number", "device", "is_server"),
    [
        (errno.EHOSTDOWN, "default", True),  # PipeWire's plugin without its daemon
        (errno.EIO, "default", True),  # PulseAudio's plugin when its daemon ends
        (errno.EIO, "hw:A", False),
        (errno.EPIPE, "hw:A", False),  # a USB endpoint that stalls
    ],
)
def test_only_what_has_no_card_of_its_own_has_a_sound_server(number, device, is_server):
    assert (pcm_errors.broken("capture", device, number).sound_server == "down") is is_server


def test_an_exception_that_is_no_error_of_alsa_has_its_own_words():
    assert str(pcm_errors.failed("capture", "hw:A", "a bug")) == "The sound card behind 'hw:A' stopped working: a bug."


def test_the_documentation_has_each_row():
    page = pcm_causes.markdown()
    assert page.count("\n") == 2 + len(OPEN) + len(ENDED)
    assert "| open of a plugin without a card: ECONNREFUSED, ECONNRESET, EHOSTDOWN, EPIPE |" in page
    assert "{" not in page
