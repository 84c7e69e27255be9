"""Microphone and loudspeaker through the real alsa-lib and its `file` plugin, over a PCM without a clock.

The test paces them: its callbacks wait. At a card's pace they are in `test_alsa`.
"""

import array
import json
import math
import os
import subprocess
import sys

import pytest

from callbox_device.alsa import open_pcm
from callbox_device.alsa.devices import AlsaMicrophone
from callbox_device.model import pcm

PERIODS = 50
RECORDING = bytes(value % 251 for value in range(PERIODS * pcm.PERIOD_BYTES))
CONFIG = """\
<{system}>
pcm.card_mic {{ type file slave.pcm {{ type null }} file /dev/null infile {folder}/microphone.raw format raw }}
pcm.card_two {{
  type file
  slave.pcm {{ type multi slaves.a {{ pcm "null" channels 2 }} bindings.0 {{ slave a channel 0 }} bindings.1 {{ slave a channel 1 }} }}
  file /dev/null infile {folder}/two.raw format raw
}}
pcm.!default {{ type plug slave.pcm card_two }}
pcm.card_speaker {{ type file slave.pcm {{ type null }} file {folder}/speaker.raw format raw }}
"""
PROGRAM = """
import json, threading
from callbox_device.model import pcm
from callbox_device.alsa.devices import AlsaMicrophone, AlsaSpeaker
from callbox_device.interfaces import BoardError

failures, enough = [], threading.Event()

def report(**facts):
    print(json.dumps(facts))
"""


@pytest.fixture
def program(tmp_path):
    """Runs code after `PROGRAM` in a process of its own, as alsa-lib reads its configuration once; what it reported."""
    (tmp_path / "asound.conf").write_text(CONFIG.format(system="/usr/share/alsa/alsa.conf", folder=tmp_path))
    (tmp_path / "microphone.raw").write_bytes(RECORDING)

    def run(code):
        paths = {"ALSA_CONFIG_PATH": str(tmp_path / "asound.conf"), "PYTHONPATH": os.pathsep.join(sys.path)}
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM + code],
            env={**os.environ, **paths},
            capture_output=True,
            text=True,
            timeout=200,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


def test_a_recording_arrives_byte_for_byte_in_periods(program, tmp_path):
    result = program(f"""
microphone, captured = AlsaMicrophone("card_mic"), []

def deliver(period, captured_s):
    if len(captured) == {PERIODS}:
        enough.set()
    else:
        captured.append(period)

microphone.start(deliver, failures.append).result()
assert microphone.is_open
assert enough.wait(100)
microphone.stop().result()
open({str(tmp_path / "captured")!r}, "wb").write(b"".join(captured))
report(sizes=sorted(set(map(len, captured))), failures=len(failures), overruns=microphone.overruns, is_open=microphone.is_open)
""")
    assert (tmp_path / "captured").read_bytes() == RECORDING
    assert result == {"sizes": [pcm.PERIOD_BYTES], "failures": 0, "overruns": 0, "is_open": False}


def stereo(*channels):
    return array.array("h", (value for frame in zip(*channels, strict=True) for value in frame)).tobytes()


@pytest.mark.parametrize("device", ["default", "card_two"])
@pytest.mark.parametrize(
    ("left", "right", "channel", "captured"),
    [(1, -1, None, 1), (0, 1, None, 1), (1, 0, None, 1), (1, 0, 2, 0), (0, -1, 1, 0), (1, -1, 2, -1)],
    ids=["inverted", "left dead", "right dead", "right set", "left set", "inverted set"],
)
def test_of_two_channels_one_is_captured_also_where_alsa_would_give_their_mean(
    program, tmp_path, device, left, right, channel, captured
):
    voice = [round(8000 * math.sin(n / 5)) for n in range(10 * pcm.PERIOD_FRAMES)]
    (tmp_path / "two.raw").write_bytes(stereo([left * v for v in voice], [right * v for v in voice]))
    result = program(f"""
microphone, captured = AlsaMicrophone({device!r}, channel={channel}), []

def deliver(period, captured_s):
    captured.append(period)
    if len(captured) >= 5:
        enough.set()

microphone.start(deliver, failures.append).result()
assert enough.wait(100)
microphone.stop().result()
report(captured=b"".join(captured[:5]).hex(), failures=len(failures))
""")
    expected = array.array("h", [captured * v for v in voice[: 5 * pcm.PERIOD_FRAMES]]).tobytes()
    assert bytes.fromhex(result["captured"]) == expected


def test_what_is_filled_in_is_played_byte_for_byte(program, tmp_path):
    result = program(f"""
speaker, filled = AlsaSpeaker("card_speaker"), []

def fill(heard_s):
    filled.append(len(filled) + 1)
    if len(filled) == {PERIODS}:
        enough.set()
    if len(filled) > {PERIODS}:
        return bytes(pcm.PLAYBACK_PERIOD_BYTES)
    return len(filled).to_bytes(2, "little") * pcm.PLAYBACK_PERIOD_FRAMES

speaker.start(fill, failures.append).result()
assert enough.wait(100)
speaker.stop().result()
report(failures=len(failures), underruns=speaker.underruns, is_open=speaker.is_open)
""")
    played = (tmp_path / "speaker.raw").read_bytes()
    expected = b"".join(number.to_bytes(2, "little") * pcm.PLAYBACK_PERIOD_FRAMES for number in range(1, PERIODS + 1))
    assert len(played) >= len(expected) - pcm.PLAYBACK_PERIOD_BYTES  # the last was perhaps still to be written
    assert played[: len(expected)] == expected[: len(played)]
    assert result == {"failures": 0, "underruns": 0, "is_open": False}


def test_a_pcm_that_is_not_there_is_named(program):
    result = program("""
for part in (AlsaMicrophone("card_of_another_box"), AlsaSpeaker("card_of_another_box")):
    try:
        part.start(lambda *_: None, failures.append).result()
    except BoardError as error:
        failures.append(error)
report(errors=[str(error) for error in failures])
""")
    assert len(result["errors"]) == 2
    assert all("card_of_another_box" in error for error in result["errors"])


def test_a_card_is_looked_for_by_the_number_that_the_kernel_gave_it(tmp_path, monkeypatch):
    cards = tmp_path / "cards"
    cards.write_text(
        " 1 [Device         ]: USB-Audio - USB Audio Device\n                      USB Audio Device at usb-1\n"
    )
    monkeypatch.setattr(open_pcm, "_CARDS", cards)
    assert AlsaMicrophone("plughw:1,0").missing() is None
    assert "The cards here are: Device." in str(AlsaMicrophone("plughw:0,0").missing())


DESCRIPTORS = """
from callbox_device.alsa import libasound
from callbox_device.model.sample_format import PIPELINE_FORMAT

pcm_ = libasound.Pcm("capture", "card_mic")
pcm_.configure(PIPELINE_FORMAT, 960, 4)
calls = []

class Counting:
    def __init__(self, library):
        self.library = library

    def __getattr__(self, name):
        calls.append(name)
        return getattr(self.library, name)

pcm_._library = Counting(pcm_._library)
for _ in range(3):
    pcm_.poll(0)
report(calls=[name for name in calls if "descriptors" in name])
"""


def test_each_poll_gets_the_descriptors_anew(program):
    """PipeWire's plugin arms them then: those of the last time never block (PipeWire 0.3.65)."""
    calls = program(DESCRIPTORS)["calls"]
    assert calls.count("snd_pcm_poll_descriptors") == 3
    assert calls[0] == "snd_pcm_poll_descriptors"


def test_a_program_that_ends_with_its_pcms_open_ends_their_threads_first(tmp_path):
    """CPython aborts if it ends a thread that is in C++ code, such as the canceller's."""
    code = """
import atexit, threading
atexit.register(lambda: print(sorted(thread.name for thread in threading.enumerate() if thread.name in ("alsa capture", "alsa playback"))))
from callbox_device.alsa.devices import AlsaMicrophone, AlsaSpeaker  # whose exit handler runs before
moved = threading.Semaphore(0)
def play(_):
    moved.release()
    return bytes(960)
AlsaMicrophone("null").start(lambda *_: moved.release(), print).result(60)
AlsaSpeaker("null").start(play, print).result(60)
for _ in range(10):
    assert moved.acquire(timeout=60)
"""
    paths = {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", code], env={**os.environ, **paths}, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "[]\n", "")
