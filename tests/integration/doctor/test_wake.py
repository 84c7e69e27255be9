"""What the wake word needs: memory that can be locked."""

import re

import pytest
from tests.integration.doctor.visits import codes, codes_reported
from tests.rig.espeak import needs_espeak, say

from callbox.audio.capture import locked_ring
from callbox.doctor.checks import NAMES, USUAL_NAMES
from callbox.doctor.model.findings import Outcome
from callbox_device.model import pcm


def memory(place, monkeypatch):
    place.settings["wake"] = {"enabled": True}
    monkeypatch.setattr(locked_ring, "_lock", lambda _: "mlock failed")


FAULTS = {"WAKE-MEMORY": memory}
REACHED = {*FAULTS, "WAKE-FALSE"}
TALK = (
    "Good morning, did you sleep well? The coffee is ready and the train leaves at nine.",
    "The weather tomorrow will be cloudy with some rain in the afternoon.",
    "Please call the doctor and ask for an appointment on Monday or Thursday.",
)
VOICES = (("en-us", 160), ("en-gb", 150), ("en-us+f3", 175))
MINUTE = 60 * pcm.RATE_HZ * pcm.BYTES_PER_FRAME
ASOUND = """
pcm.null {{ type null }}
pcm.room {{ type file slave.pcm {{ type null }} file /dev/null infile {folder}/room.raw format raw }}
"""


@pytest.mark.parametrize("name", FAULTS)
async def test_a_fault_is_found_and_nothing_else(place, monkeypatch, name):
    FAULTS[name](place, monkeypatch)
    assert codes(await place.visit("wake")) == [name]


async def test_a_model_that_cannot_be_used_is_an_error_of_the_settings(place):
    place.settings["wake"] = {"enabled": True, "words": [{"model": "/nowhere/own.json"}]}
    assert codes(await place.visit("settings")) == ["SETTINGS-WRONG"]


async def test_it_is_skipped_unless_a_word_is_listened_for(place):
    [result] = await place.visit("wake")
    assert result.outcome is Outcome.SKIPPED
    place.settings["wake"] = {"enabled": True}
    [result] = await place.visit("wake")
    assert result.report.measured["words"] == ["hey_jarvis"]


@needs_espeak
def test_the_room_is_listened_to_and_a_threshold_proposed(place):
    """A real ALSA `file` plugin is the microphone."""
    (place.folder / "asound.conf").write_text(ASOUND.format(folder=place.folder))
    (place.folder / "room.raw").write_bytes(say("okay nabu")[0])
    place.settings |= {"microphone": {"device": "room"}, "wake": {"enabled": True, "words": [{"model": "okay_nabu"}]}}
    env = {"ALSA_CONFIG_PATH": str(place.folder / "asound.conf")}
    [reported] = place.visit_apart("room", env=env)["checks"]
    [found] = reported["findings"]
    assert found["code"] == "WAKE-FALSE"
    assert re.match(r"okay_nabu: once in 0\.1 min; no threshold is high enough", found["detail"])
    assert reported["measured"]["okay_nabu_highest"] > reported["measured"]["okay_nabu_threshold"]
    place.settings["wake"]["words"] = [{"model": "alexa"}]
    [reported] = place.visit_apart("room", env=env)["checks"]
    assert (reported["findings"], reported["measured"]["alexa_highest"]) == ([], 0.0)


@needs_espeak
def test_of_five_minutes_of_speech_one_detection_is_reported(place):
    """As long as an operator's run, of a card that isn't slowed to real time."""
    talk = b"".join(say(text, voice, speed)[0] for text in TALK for voice, speed in VOICES)
    nearly = say("hey Travis", "en-us+f3", 175)[0]
    minutes = [(talk * (MINUTE // len(talk) + 1))[:MINUTE]] * 5
    minutes[2] = (nearly + minutes[2])[:MINUTE]
    (place.folder / "room.raw").write_bytes(b"".join(minutes))
    (place.folder / "asound.conf").write_text(ASOUND.format(folder=place.folder))
    word = {"model": "hey_jarvis", "threshold": 0.6}
    place.settings |= {"microphone": {"device": "room"}, "wake": {"enabled": True, "words": [word]}}
    env = {"ALSA_CONFIG_PATH": str(place.folder / "asound.conf")}
    [reported] = place.visit_apart("room", env=env, quick=False)["checks"]
    assert reported["measured"]["minutes"] == 5.0
    [found] = reported["findings"]
    detail = re.match(r"hey_jarvis: once in 5\.0 min; threshold: (0\.\d+) would have none", found["detail"])
    assert detail, found
    (place.folder / "room.raw").write_bytes(nearly)
    for threshold, finding in [(0.6, ["WAKE-FALSE"]), (float(detail[1]), [])]:
        place.settings["wake"]["words"] = [word | {"threshold": threshold}]
        assert codes_reported(place.visit_apart("room", env=env)) == finding


async def test_the_room_is_listened_to_only_if_it_is_named_and_with_a_word(place):
    assert "room" in NAMES
    assert "room" not in USUAL_NAMES
    [result] = await place.visit("room")
    assert result.outcome is Outcome.SKIPPED
