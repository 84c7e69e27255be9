"""Microphone and loudspeaker through the real alsa-lib, at a card's pace."""

import json
import os
import subprocess
import sys
import threading
from statistics import median

import pytest
from tests.rig.alsa import SoundCard
from tests.rig.run_delay import run_delay_s

from callbox_device.model import pcm

pytestmark = pytest.mark.pulseaudio

BUSY_S = 0.1
"""Of two seconds."""
RECORDING = bytes(value % 251 for value in range(48_000))  # half a second
PROGRAM = """
import json, sys, time
from callbox_device.model import pcm
from callbox_device.alsa import devices
from callbox_device.alsa.devices import AlsaMicrophone, AlsaSpeaker
from callbox_device.interfaces import BoardError
from callbox_device.model import stall
from tests.rig.run_delay import run_delay_s

def allow(stall_s, hang_s):
    stall.STALL_S, devices.HANG_S = stall_s, hang_s

allow(3600.0, 60.0)  # a busy machine is no card that stands still
microphone, speaker = AlsaMicrophone("callbox_mic"), AlsaSpeaker("callbox_speaker")
captured, failures, filled = [], [], []

def deliver(period, captured_s):
    captured.append(period)

def fill(heard_s):
    filled.append(len(filled) + 1)
    return filled[-1].to_bytes(2, "little") * pcm.PLAYBACK_PERIOD_FRAMES

def tell(**facts):
    print(json.dumps(facts), flush=True)

def let(happen):
    tell(now=happen)
    input()

def until(done):
    give_up_s = time.monotonic() + 150
    while not done():
        assert time.monotonic() < give_up_s, (len(captured), len(filled), failures)
        time.sleep(0.01)

def start(part):
    return part.start(deliver if part is microphone else fill, failures.append).result()
"""


@pytest.fixture(scope="module")
def card(tmp_path_factory):
    with SoundCard(tmp_path_factory.mktemp("card"), RECORDING) as sound_card:
        yield sound_card


@pytest.fixture
def program(card):
    """Runs code after `PROGRAM` in a process of its own, as alsa-lib reads its configuration once; what it reported.

    The code may `let` the card do something.
    """

    def run(code):
        env = {**os.environ, **card.env, "PYTHONPATH": os.pathsep.join(sys.path)}
        command, pipe, results = [sys.executable, "-c", PROGRAM + code], subprocess.PIPE, []
        with subprocess.Popen(command, env=env, stdin=pipe, stdout=pipe, text=True) as process:
            guard = threading.Timer(200, process.kill)  # of a program that hangs
            guard.start()
            assert process.stdin is not None
            assert process.stdout is not None
            for line in process.stdout:
                results.append(json.loads(line))
                if "now" in results[-1]:
                    getattr(card, results.pop()["now"])()
                    process.stdin.write("\n")
                    process.stdin.flush()
            guard.cancel()
        assert process.returncode == 0
        return results

    return run


def was_busy(result, server_s, machine):
    """Whether a thread of the program or of the sound server, which waited for `server_s`, may have come too late."""
    return machine.share > 0 or result["starved_s"] + server_s > BUSY_S


def test_what_is_recorded_arrives_byte_for_byte_in_periods_at_a_cards_pace(program, card, tmp_path, machine):
    before_s = run_delay_s(card.pid)
    [result] = program(f"""
microphone.start(deliver, failures.append).result()
began_s = time.monotonic()
time.sleep(2)
starved_s = run_delay_s()
microphone.stop().result()
took_s = time.monotonic() - began_s
open({str(tmp_path / "captured")!r}, "wb").write(b"".join(captured))
sizes = sorted(set(map(len, captured)))
tell(per_s=len(captured) / took_s, sizes=sizes, failures=len(failures), overruns=microphone.overruns, starved_s=starved_s)
""")
    recorded = (tmp_path / "captured").read_bytes()
    assert recorded[: len(RECORDING)] == RECORDING
    assert set(recorded[len(RECORDING) :]) == {0}
    assert result["sizes"] == [1920]
    assert result["failures"] == 0
    is_busy = was_busy(result, run_delay_s(card.pid) - before_s, machine)
    assert result["overruns"] == 0 or is_busy
    assert 40 <= result["per_s"] <= 60 or is_busy


def test_what_is_filled_in_is_played_byte_for_byte(program, card, machine):
    before_s = run_delay_s(card.pid)
    [result] = program("""
speaker.start(fill, failures.append).result()
began_s = time.monotonic()
time.sleep(2)
starved_s = run_delay_s()
speaker.stop().result()
took_s = time.monotonic() - began_s
tell(count=len(filled), per_s=len(filled) / took_s, failures=len(failures), underruns=speaker.underruns, starved_s=starved_s)
""")
    played = card.played
    count = len(played) // 960
    assert played == b"".join(number.to_bytes(2, "little") * 480 for number in range(1, count + 1))
    is_busy = was_busy(result, run_delay_s(card.pid) - before_s, machine)
    assert 80 <= result["per_s"] <= 125 or is_busy
    assert result["count"] - count <= 1  # the period that was being written
    assert result["failures"] == 0
    assert result["underruns"] == 0 or is_busy


def test_what_has_no_mixer_is_made_quieter_here(program, card):
    """The `file` plugin is no card."""
    program("""
loud = (10_000).to_bytes(2, "little") * pcm.PLAYBACK_PERIOD_FRAMES

def loud_fill(heard_s):
    fill(heard_s)
    return loud

speaker.volume_percent = 50
speaker.start(loud_fill, failures.append).result()
until(lambda: len(filled) > 100)
speaker.volume_percent = 100
until(lambda: len(filled) > 200)
speaker.stop().result()
""")
    values = pcm.samples(card.played)
    assert (values[0], values[-1]) == (1250, 10_000)


def test_a_pcm_is_open_between_start_and_stop_and_at_no_other_time(program):
    results = program("""
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
    assert [row["microphone"] for row in results] == [False, True, False, True, False, True, False]
    assert [row["speaker"] for row in results] == [False, True, False, True, False, True, False]


def test_misuse_and_breakage(program):
    results = program("""
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
    assert results == [
        {"twice": "callbox_mic is already started"},
        {
            "failed": "The sound card behind 'callbox_speaker' stopped working: the cable is out.",
            "kind": "PartFailed",
            "open": False,
        },
        {"failures": 1},
    ]


def test_a_card_with_two_channels_is_converted_for(program, card):
    """The recording is the left and the right channel in turn: one of them is captured."""
    results = program("""
import logging
logging.basicConfig(level=logging.INFO, stream=sys.stdout, format='"%(message)s"')
microphone, speaker = AlsaMicrophone("callbox_stereo_mic"), AlsaSpeaker("callbox_stereo_speaker")
def fill(heard_s, next_period=fill):
    time.sleep(0.001)  # the PCM takes any number at once
    return next_period(heard_s)
for _ in range(2):
    captured.clear(), filled.clear()
    start(microphone), start(speaker)
    until(lambda: len(captured) > 10 and len(filled) > 50)
    microphone.stop().result(), speaker.stop().result()
tell(captured=b"".join(captured).hex(), failures=len(failures))
""")
    assert results[:-1] == [
        f"callbox_stereo_{part} has 48000 Hz, 2 channels, S16_LE; converted here to 48000 Hz, 1 channel, S16_LE"
        for part in ("mic", "speaker")
    ]
    pairs = pcm.samples(RECORDING)
    recorded = list(pcm.samples(bytes.fromhex(results[-1]["captured"])))
    count = min(len(recorded), len(pairs) // 2)
    assert recorded[:count] in (list(pairs[::2])[:count], list(pairs[1::2])[:count])
    assert results[-1]["failures"] == 0
    played = pcm.samples(card.played)
    assert played[::2] == played[1::2]
    assert list(played[:: 2 * pcm.PLAYBACK_PERIOD_FRAMES]) == list(range(1, len(played) // 960 + 1))


def test_a_format_that_cannot_be_converted_is_reported_with_what_helps(program):
    [result] = program("""
try:
    AlsaSpeaker("callbox_digital_speaker").start(fill, failures.append).result()
except BoardError as error:
    tell(kind=type(error).__name__, text=str(error))
""")
    assert result["kind"] == "PartFailed"
    assert "gives 48000 Hz, 1 channel, IEC958_SUBFRAME_LE, which can't be converted here" in result["text"]
    assert "plughw:" in result["text"]


def test_a_device_that_is_not_there(program):
    results = program("""
for part in (AlsaMicrophone("no_such_pcm"), AlsaSpeaker("plughw:CARD=NoSuch")):
    try:
        part.start(fill, failures.append).result()
    except BoardError as error:
        tell(kind=type(error).__name__, text=str(error))
""")
    assert [row["kind"] for row in results] == ["PartMissing", "PartMissing"]
    assert results[0]["text"].startswith("There is no microphone 'no_such_pcm'.")
    assert results[1]["text"].startswith("There is no loudspeaker 'plughw:CARD=NoSuch'.")


def test_a_card_that_stands_still_is_found_and_does_not_stop_the_program(program, card):
    """The program gets no further than its first line after `freeze`, if it waits for the card in ALSA."""
    try:
        results = program("""
start(microphone), start(speaker)
until(lambda: len(captured) > 5 and len(filled) > 20)
allow(2.0, 3.0)
let("freeze")
frozen_s = time.monotonic()
until(lambda: len(failures) == 2)
tell(failures=sorted(map(str, failures)), late=time.monotonic() - frozen_s < 2, open=[microphone.is_open, speaker.is_open])
for part in (microphone, speaker, microphone):
    try:
        start(part)
    except BoardError as error:
        tell(again=str(error))
allow(3600.0, 60.0)
let("thaw")
start(microphone), start(speaker)
captured.clear(), filled.clear()
until(lambda: len(captured) > 5 and len(filled) > 20)
microphone.stop().result(), speaker.stop().result()
tell(failures=len(failures), open=[microphone.is_open, speaker.is_open])
""")
    finally:
        card.thaw()
    hangs = "does not answer: its sound server hangs."
    assert results == [
        {
            "failures": [
                "The loudspeaker 'callbox_speaker' has moved no sound for 2 s.",
                "The microphone 'callbox_mic' has moved no sound for 2 s.",
            ],
            "late": False,
            "open": [False, False],
        },
        {"again": f"The microphone 'callbox_mic' {hangs}"},
        {"again": f"The loudspeaker 'callbox_speaker' {hangs}"},
        {"again": f"The microphone 'callbox_mic' {hangs}"},
        {"failures": 2, "open": [False, False]},
    ]


def test_hanging_up_does_not_wait_for_a_card_that_stands_still(program, card):
    try:
        results = program("""
start(microphone), start(speaker)
until(lambda: len(captured) > 5 and len(filled) > 20)
let("freeze")
time.sleep(0.5)
speaker.flush()
time.sleep(0.1)
microphone.stop().result(), speaker.stop().result()
tell(failures=len(failures), open=[microphone.is_open, speaker.is_open])
""")
    finally:
        card.thaw()
    assert results == [{"failures": 0, "open": [False, False]}]


def test_a_card_that_was_pulled_out_works_again_when_it_is_back(program):
    results = program("""
start(microphone), start(speaker)
until(lambda: len(captured) > 5 and len(filled) > 20)
let("unplug")
until(lambda: len(failures) == 2)
tell(servers=[failure.sound_server for failure in failures], open=[microphone.is_open, speaker.is_open])
for part in (microphone, speaker):
    try:
        start(part)
    except BoardError as error:
        tell(again=type(error).__name__)
let("plug_in")
start(microphone), start(speaker)
captured.clear(), filled.clear()
until(lambda: len(captured) > 5 and len(filled) > 20)
microphone.stop().result(), speaker.stop().result()
tell(failures=len(failures))
""")
    assert results == [
        {"servers": ["down", "down"], "open": [False, False]},
        {"again": "PartMissing"},
        {"again": "PartMissing"},
        {"failures": 2},
    ]


def test_a_failure_callback_may_start_anew_at_once(program):
    [result] = program("""
again = []

def broken(heard_s):
    raise OSError("the cable is out")

def failed(error):
    again.append(speaker.start(broken if len(again) < 20 else fill, failed))

speaker.start(broken, failed).result()
until(lambda: len(filled) > 20)
speaker.stop().result()
tell(again=len(again))
""")
    assert result == {"again": 21}


def test_the_times_of_sound(program, machine):
    """What the card holds counts: a microphone's period was captured before it was read, a loudspeaker's is to come."""
    [result] = program("""
played = []

def timed_deliver(period, captured_s):
    captured.append((captured_s, time.monotonic()))

def timed_fill(heard_s):
    played.append((heard_s, time.monotonic(), speaker.delay_ms))
    return bytes(pcm.PLAYBACK_PERIOD_BYTES)

began_s = time.monotonic()
closed_ms = speaker.delay_ms
microphone.start(timed_deliver, failures.append).result()
speaker.start(timed_fill, failures.append).result()
until(lambda: len(captured) > 60 and len(played) > 120)
open_ms = speaker.delay_ms
microphone.stop().result(), speaker.stop().result()
tell(
    captured=[captured_s - began_s for captured_s, _ in captured],
    aged=[now_s - captured_s for captured_s, now_s in captured],
    ahead=[heard_s - now_s for heard_s, now_s, _ in played],
    heard=[heard_s - began_s for heard_s, _, _ in played],
    delays=[delay_ms for _, _, delay_ms in played],
    closed=[closed_ms, speaker.delay_ms],
)
""")
    assert result["closed"] == [0, 0]
    assert min(result["aged"]) >= 0.02
    assert result["captured"][0] > -0.08
    with machine.judging():
        # Period follows period, though a single one is reported with the error of a busy machine.
        assert (result["captured"][60] - result["captured"][10]) == pytest.approx(1.0, abs=0.1)
        assert (result["heard"][120] - result["heard"][20]) == pytest.approx(1.0, abs=0.1)
        assert 0 <= max(result["delays"]) <= 80
        assert median(result["delays"]) >= 50
        assert median(result["ahead"]) == pytest.approx(median(result["delays"]) / 1000, abs=0.005)


def test_what_a_speaker_holds_is_dropped_when_it_is_flushed(program, machine):
    [result] = program("""
delays = []

def noted_fill(heard_s):
    delays.append(speaker.delay_ms)
    return fill(heard_s)

speaker.start(noted_fill, failures.append).result()
until(lambda: len(filled) > 50)
before = len(delays)
speaker.flush()
until(lambda: len(filled) > 100)
speaker.stop().result()
tell(failures=len(failures), underruns=speaker.underruns, before=delays[20:before], after=delays[before:])
""")
    assert result["failures"] == 0
    assert result["underruns"] == 0 or machine.share > 0
    assert min(result["before"]) > 0 or machine.share > 0
    assert min(result["after"][:3]) == 0
    assert max(result["after"]) >= 60  # it is filled up again


def test_alsa_lib_itself_may_be_missing(program):
    [result] = program("""
import ctypes

def missing(name):
    raise OSError(f"{name}: cannot open shared object file: No such file or directory")

ctypes.CDLL = missing
try:
    microphone.start(deliver, failures.append).result()
except BoardError as error:
    tell(text=str(error), devices=len(microphone.devices()))
""")
    assert "apt install libasound2" in result["text"]
    assert result["devices"] == 0
