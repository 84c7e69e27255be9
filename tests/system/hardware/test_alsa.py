"""Calls through a sound card that the kernel has, in its time: sound both ways, and a card that goes away."""

import signal
import subprocess
import sys
import time
import warnings
from pathlib import Path
from typing import Any

import pytest
from tests.rig.mosquitto import wait_for
from tests.rig.speech import RECEIVED_FROM
from tests.rig.starvation import Starvation
from tests.system.hardware import gpio_actor
from tests.system.hardware.acoustic_loop import IN_THE_BOX, MicrophoneWatch, Room, is_captured, likeness
from tests.system.hardware.box import MICROPHONE_LAMP, WiredBox

from callbox_device.model import pcm
from callbox_device.wav import read_wav

pytestmark = pytest.mark.vpi

SPEECH = read_wav(Path(__file__).parents[3] / "firmware/callbox/assets/speech.wav")
BACKWARDS = pcm.samples(SPEECH)[::-1].tobytes()
PLAIN = {"echo": "off", "noise_suppression": False, "gain_control": False, "opus": {"complexity": 0}}
"""The card is what is tested; a processor that is shared with the bot and the room has enough to do."""
ON_THE_WAY_BYTES = pcm.RATE_HZ * pcm.BYTES_PER_FRAME * 6 // 10
"""More than the jitter buffer and the card hold when the bot has stopped speaking."""
HOLDER = f"""
import sys
import alsaaudio
from tests.system.hardware.acoustic_loop import opened
device = opened(getattr(alsaaudio, sys.argv[1]), {IN_THE_BOX!r})
print(1, flush=True)
sys.stdin.read()
"""


@pytest.fixture(scope="module")
def module_box(bot_process, broker, tmp_path_factory):
    sound: dict[str, Any] = {
        "microphone": {"device": IN_THE_BOX},
        "speaker": {"device": IN_THE_BOX, "buffer_ms": 200},
        "sound": PLAIN,
    }
    folder = tmp_path_factory.mktemp("alsa")
    with WiredBox(folder, bot_process.url, broker.port, **sound) as box:
        yield box


@pytest.fixture
def room():
    with Room() as room:
        yield room


def understand_each_other(box, room):
    """Speech in the room is played back into it by the bot: the same waveform.

    A machine that has other things to do stalls a card's time, and the bot beside it. A try that it may have spoilt is made
    again, and no fault of the box.
    """
    found = []
    for _ in range(4):
        with Starvation() as machine:
            before = len(room.recording)
            room.say(SPEECH)
            box.until(lambda state: state["activity"] == "speaking")
            box.until(lambda state: state["activity"] == "listening")
            played = len(room.recording) + ON_THE_WAY_BYTES
            wait_for(lambda played=played: len(room.recording) >= played)
            recording = bytes(room.recording[before:])
            found.append((likeness(SPEECH, recording), likeness(BACKWARDS, recording), str(machine)))
            if found[-1][0] >= RECEIVED_FROM:
                assert found[-1][1] < 0.45  # the measure tells this speech from another
                return
            assert machine.may_have_spoilt(found[-1][0]), f"{found}\n{box.sounds[-1]}"
            assert any(recording), box.sounds[-1]
    warnings.warn(f"speech not compared: {found}", stacklevel=2)


def test_speech_reaches_the_bot_and_its_echo_the_room(box, room):
    box.button.press()
    box.until("ready")
    understand_each_other(box, room)


def test_the_microphone_lamp_is_lit_exactly_while_the_kernel_captures(box):
    with MicrophoneWatch(MICROPHONE_LAMP) as watch:
        for _ in range(3):
            box.button.press()
            box.until("ready")
            assert wait_for(is_captured)
            time.sleep(1)
            box.hang_up()
            assert wait_for(lambda: not is_captured())
            time.sleep(0.3)
    assert watch.captures >= 3  # an overrun begins anew
    assert watch.looks > 300
    assert max(watch.dark_s, default=0) < 0.005, vars(watch)
    assert max(watch.lit_s, default=0) < 0.5, vars(watch)  # a card may take its time to open
    print("lit before and after capture, ms:", [round(time_s * 1000, 1) for time_s in watch.lit_s], watch.looks)


def test_unplugged_card_is_reported_and_the_call_goes_on_when_it_is_back(box, room):
    box.button.press()
    session = box.until("ready")["session"]
    gpio_actor.pull_out("aloop")
    try:
        reported = box.until(lambda state: state["problem"])
        assert reported["problem"] in ("no_microphone", "no_speaker")
        assert "is gone: was it pulled out?" in reported["problem_text"]
        assert (reported["transport"], reported["session"]) == ("ready", session)
        box.until(lambda state: not state["mic_live"])
        assert wait_for(lambda: not gpio_actor.level(MICROPHONE_LAMP))
    finally:
        gpio_actor.plug_in("aloop")
    healed = box.until(lambda state: state["problem"] is None and state["mic_live"])
    assert (healed["transport"], healed["session"]) == ("ready", session)
    understand_each_other(box, room)


@pytest.mark.parametrize(("direction", "part"), [("CAPTURE", "microphone"), ("PLAYBACK", "loudspeaker")])
def test_busy_card_is_reported_and_used_once_it_is_free(box, direction, part):
    command = [sys.executable, "-c", HOLDER, f"PCM_{direction}"]
    holder = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"1\n"
        box.button.press()
        text = box.until("error")["problem_text"]
        assert text.startswith(f"The {part} {IN_THE_BOX!r} is held by another program.")
        assert text in box.journal
    finally:
        holder.kill()
        holder.communicate()
    time.sleep(0.3)
    box.button.press()
    assert box.until("ready")["problem"] is None


def test_sound_lost_while_the_box_was_stopped_is_counted_and_the_call_goes_on(box, room):
    box.button.press()
    session = box.until("ready")["session"]
    box.is_reported(lambda: box.sounds)
    before = box.sounds[-1]
    box.process.send_signal(signal.SIGSTOP)
    time.sleep(1)
    box.process.send_signal(signal.SIGCONT)
    box.is_reported(lambda: box.sounds[-1]["overruns"] > before["overruns"])
    box.is_reported(lambda: box.sounds[-1]["underruns"] > before["underruns"])
    understand_each_other(box, room)
    assert (box.states[-1]["transport"], box.states[-1]["session"]) == ("ready", session)
