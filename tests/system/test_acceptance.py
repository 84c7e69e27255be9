"""From a button press to a spoken answer, on real parts: GPIO (mock pins), ALSA, aiortc, Pipecat, Mosquitto."""

import itertools
import json
from pathlib import Path

import numpy as np
import pytest
from tests.rig.alsa import RATE_HZ, SoundCard
from tests.rig.box import MICROPHONE_LAMP, STATUS_LAMP, RunningBox
from tests.rig.mosquitto import Listener, Mosquitto, wait_for
from tests.rig.speech import RECEIVED_FROM, likeness

from callbox_device.wav import read_wav

pytestmark = pytest.mark.pulseaudio

SPEECH = Path(__file__).parents[2] / "firmware/callbox/assets/speech.wav"
LEAD_S = 3
STATE = "callbox/acceptance/state"

BEFORE = [
    # transport, activity, microphone live
    ("disconnected", "idle", False),
    ("initializing", "connecting", False),
    ("initializing", "connecting", True),
    ("initialized", "connecting", True),
    ("authenticating", "connecting", True),
    ("authenticated", "connecting", True),
    ("connecting", "connecting", True),
    ("connected", "connecting", True),
]
LISTENING, THINKING, SPEAKING = (("ready", activity, True) for activity in ("listening", "thinking", "speaking"))
AFTER = [
    ("disconnecting", "idle", True),
    ("disconnecting", "idle", False),
    ("disconnected", "idle", False),
]
WHOLE_CONVERSATION = [*BEFORE, LISTENING, THINKING, SPEAKING, LISTENING, *AFTER]


def is_in_order(states):
    """Whether a box on a machine without time may publish `states`: a state that is over before it is published is left out, and pauses
    in the speech make several turns of it.
    """
    begin = next((place for place, state in enumerate(states) if state[0] == "ready"), len(states))
    call = list(itertools.takewhile(lambda state: state[0] == "ready", states[begin:]))
    end = states[begin + len(call) :]
    return (
        states[:begin] == [state for state in BEFORE if state in states[:begin]]
        and SPEAKING in call
        and set(call) <= {LISTENING, THINKING, SPEAKING}
        and end == [state for state in AFTER if state in end]
        and states[-1] == AFTER[-1]
    )


@pytest.fixture
def broker(tmp_path):
    with Mosquitto(tmp_path) as mosquitto:
        yield mosquitto


@pytest.fixture
def card(tmp_path):
    with SoundCard(tmp_path, bytes(LEAD_S * RATE_HZ * 2) + read_wav(SPEECH)) as sound_card:
        yield sound_card


@pytest.fixture
def config(tmp_path, pipecat, broker):
    file = tmp_path / "callbox.yaml"
    file.write_text(
        f"bot: {{start_url: {pipecat.start_url}, request_data: {{transport: webrtc}}}}\n"
        f"microphone: {{device: {SoundCard.MICROPHONE}}}\n"
        f"speaker: {{device: {SoundCard.SPEAKER}}}\n"
        f"mqtt: {{host: 127.0.0.1, port: {broker.port}}}\n"
        "device: {id: acceptance}\n"
    )
    return file


def test_press_speak_listen_press(config, broker, card, machine):
    with Listener(broker.port) as listener, RunningBox(config, card.env) as box:

        def states():
            reported = [json.loads(payload) for payload in listener.of(STATE)]
            rows = [(state["transport"], state["activity"], state["mic_live"]) for state in reported]
            return [row for place, row in enumerate(rows) if not place or row != rows[place - 1]]

        assert wait_for(lambda: listener.of("callbox/acceptance/status") == [b"online"]), box.log
        box.click()
        assert wait_for(lambda: SPEAKING in states() and states()[-1] == LISTENING), (states(), box.log)
        wait_for(lambda: likeness(read_wav(SPEECH), card.played) >= RECEIVED_FROM)  # the last of it is played
        recorded = card.played
        box.click()
        assert wait_for(lambda: states()[-1] == WHOLE_CONVERSATION[-1]), (states(), box.log)
        assert wait_for(lambda: _events(listener, "button") == ["press", "release", "press", "release"])
        assert box.end() == 0, box.log

        published = states()
        assert published == WHOLE_CONVERSATION or (machine.had_no_time and is_in_order(published)), published
        assert wait_for(lambda: listener.of("callbox/acceptance/status") == [b"online", b"offline"])
        assert _events(listener, "session") == ["started", "ready", "ended"]
        assert json.loads(listener.of("callbox/acceptance/event/session")[-1])["reason"] == "hung_up"
        assert all(json.loads(payload)["problem"] is None for payload in listener.of(STATE))

    speech = read_wav(SPEECH)
    assert machine.received(speech, recorded)
    backwards = np.frombuffer(speech, "<i2")[::-1].tobytes()
    assert likeness(backwards, recorded) < 0.45  # the measure tells this speech from other speech
    # The microphone lamp: once on, once off, nothing else.
    assert [brightness for _, brightness in box.lamps[MICROPHONE_LAMP]] == [0, 1, 0]
    assert box.lamps[STATUS_LAMP][-1][1] == 0
    assert 1 in [brightness for _, brightness in box.lamps[STATUS_LAMP]]


def _events(listener, name):
    return [json.loads(payload)["event_type"] for payload in listener.of(f"callbox/acceptance/event/{name}")]
