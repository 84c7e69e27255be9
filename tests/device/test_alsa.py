"""Microphone and loudspeaker through the real pyalsaaudio and alsa-lib, at a card's pace."""

import json
import os
import subprocess
import sys

import pytest
from tests.rig.alsa import SoundCard

from callbox_device import alsa
from callbox_device.alsa import missing_card

RECORDING = bytes(value % 251 for value in range(48_000))  # half a second
PROGRAM = """
import json, sys, time
from callbox_device import pcm
from callbox_device.alsa import AlsaMicrophone, AlsaSpeaker
from callbox_device.board import BoardError

microphone, speaker = AlsaMicrophone("callbox_mic"), AlsaSpeaker("callbox_speaker")
captured, failures, filled = [], [], []

def deliver(period, captured_s):
    captured.append(period)

def fill(heard_s):
    filled.append(len(filled) + 1)
    return filled[-1].to_bytes(2, "little") * pcm.PLAYBACK_PERIOD_FRAMES

def tell(**facts):
    print(json.dumps(facts), flush=True)
"""


@pytest.fixture(scope="module")
def card(tmp_path_factory):
    with SoundCard(tmp_path_factory.mktemp("card"), RECORDING) as sound_card:
        yield sound_card


@pytest.fixture
def program(card):
    """Runs code after `PROGRAM` in a process of its own, as alsa-lib reads its configuration once; what it told."""

    def run(code):
        env = {**os.environ, **card.env, "PYTHONPATH": os.pathsep.join(sys.path)}
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM + code], env=env, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    return run


def test_what_is_recorded_arrives_byte_for_byte_in_periods_at_a_cards_pace(program, tmp_path):
    [told] = program(f"""
microphone.start(deliver, failures.append).result()
time.sleep(2)
microphone.stop().result()
open({str(tmp_path / "captured")!r}, "wb").write(b"".join(captured))
tell(count=len(captured), sizes=sorted(set(map(len, captured))), failures=len(failures), overruns=microphone.overruns)
""")
    heard = (tmp_path / "captured").read_bytes()
    assert heard[: len(RECORDING)] == RECORDING
    assert set(heard[len(RECORDING) :]) == {0}
    assert told["sizes"] == [1920]
    assert (told["failures"], told["overruns"]) == (0, 0)
    assert 80 <= told["count"] <= 120  # 100 in 2 s; the machine may be busy


def test_what_is_filled_in_is_played_byte_for_byte(program, card):
    [told] = program("""
speaker.start(fill, failures.append).result()
time.sleep(2)
speaker.stop().result()
tell(count=len(filled), failures=len(failures), underruns=speaker.underruns)
""")
    played = card.played
    count = len(played) // 960
    assert played == b"".join(number.to_bytes(2, "little") * 480 for number in range(1, count + 1))
    assert 160 <= told["count"] <= 250
    assert told["count"] - count <= 1  # the period that was being written
    assert (told["failures"], told["underruns"]) == (0, 0)


def test_a_pcm_is_open_between_start_and_stop_and_at_no_other_time(program):
    told = program("""
tell(microphone=microphone.is_open, speaker=speaker.is_open)
for _ in range(3):
    for part, work in ((microphone, deliver), (speaker, fill)):
        part.start(work, failures.append).result()
    tell(microphone=microphone.is_open, speaker=speaker.is_open)
    for part in (microphone, speaker):
        part.stop().result()
        part.stop().result()
    tell(microphone=microphone.is_open, speaker=speaker.is_open)
    count = len(captured)
    time.sleep(0.1)
    assert len(captured) == count
""")
    assert [row["microphone"] for row in told] == [False, True, False, True, False, True, False]
    assert [row["speaker"] for row in told] == [False, True, False, True, False, True, False]


def test_misuse_and_breakage(program):
    told = program("""
microphone.start(deliver, failures.append).result()
try:
    microphone.start(deliver, failures.append)
except RuntimeError as error:
    tell(twice=str(error))
microphone.stop().result()

def broken(heard_s):
    raise OSError("the cable is out")

speaker.start(broken, failures.append).result()
while not failures:
    time.sleep(0.01)
tell(failed=str(failures[0]), kind=type(failures[0]).__name__, open=speaker.is_open)
speaker.stop().result()
speaker.start(fill, failures.append).result()
speaker.stop().result()
tell(failures=len(failures))
""")
    assert told == [
        {"twice": "callbox_mic is already started"},
        {
            "failed": "The sound card behind 'callbox_speaker' stopped working: the cable is out.",
            "kind": "PartFailed",
            "open": False,
        },
        {"failures": 1},
    ]


def test_a_device_that_is_not_there(program):
    told = program("""
for part in (AlsaMicrophone("no_such_pcm"), AlsaSpeaker("plughw:CARD=NoSuch")):
    try:
        part.start(fill, failures.append).result()
    except BoardError as error:
        tell(kind=type(error).__name__, text=str(error))
""")
    assert [row["kind"] for row in told] == ["PartMissing", "PartMissing"]
    assert told[0]["text"].startswith("There is no microphone 'no_such_pcm'.")
    assert told[1]["text"].startswith("There is no loudspeaker 'plughw:CARD=NoSuch'.")


def test_pyalsaaudio_itself_may_be_missing(program):
    [told] = program("""
sys.modules["alsaaudio"] = None
try:
    microphone.start(deliver, failures.append).result()
except BoardError as error:
    tell(text=str(error))
""")
    assert "pip install 'callbox[alsa]'" in told["text"]


@pytest.mark.parametrize(
    ("device", "cards", "missing"),
    [
        ("default", [], False),
        ("callbox_mic", [], False),
        ("plughw:CARD=USB", ["Headphones", "USB"], False),
        ("plughw:CARD=USB,DEV=0", ["USB"], False),
        ("hw:1", ["Headphones", "USB"], False),
        ("hw:2,0", ["Headphones", "USB"], True),
        ("plughw:USB", ["USB"], False),
        ("plughw:CARD=USB", ["Headphones"], True),
        ("hw", [], True),
    ],
)
def test_a_name_tells_whether_its_card_can_be_there(device, cards, missing):
    text = missing_card(device, cards)
    assert (text is not None) is missing
    if missing and cards:
        assert f"The cards here are: {', '.join(cards)}." in text


PI = [
    "null", "default", "hw:CARD=vc4hdmi,DEV=0", "plughw:CARD=vc4hdmi,DEV=0", "sysdefault:CARD=Device",
    "hw:CARD=Device,DEV=0", "plughw:CARD=Device,DEV=0", "plughw:CARD=Device,DEV=1", "surround51:CARD=Device,DEV=0",
]  # fmt: skip


def test_the_choice_is_default_and_each_card_by_its_name():
    assert [(device.name, device.label) for device in alsa.choices(PI)] == [
        ("default", "whatever ALSA's configuration calls default"),
        ("plughw:CARD=vc4hdmi,DEV=0", "vc4hdmi, device 0"),
        ("plughw:CARD=Device,DEV=0", "Device, device 0"),
        ("plughw:CARD=Device,DEV=1", "Device, device 1"),
    ]


@pytest.mark.parametrize(
    ("names", "best"),
    [
        (PI, "plughw:CARD=Device,DEV=0"),
        (["default", "plughw:CARD=vc4hdmi,DEV=0"], "default"),
        (["plughw:CARD=vc4hdmi,DEV=0"], "plughw:CARD=vc4hdmi,DEV=0"),
        (["default"], "default"),
        ([], None),
    ],
)
def test_what_is_recommended_is_no_screen(names, best):
    found = alsa.recommended(alsa.choices(names))
    assert (found.name if found else None) == best
