"""Announcements: words by a real espeak-ng, servers by real HTTP."""

import pytest
from tests.integration.doctor.visits import codes
from tests.rig.espeak import needs_espeak
from tests.rig.ports import free_port

from callbox.doctor.model.findings import Outcome


def allow(place, **announce):
    place.settings["announce"] = {"allow_announce": True, **announce}


def not_installed(place, monkeypatch):
    allow(place)
    monkeypatch.setenv("PATH", "/nowhere")


def no_voice(place, _):
    allow(place, voice="xx-nowhere")


def no_server(place, _):
    allow(place, origins=[f"http://127.0.0.1:{free_port()}"])


FAULTS = {"ANNOUNCE-NO-SPEECH": not_installed, "ANNOUNCE-NO-VOICE": no_voice, "ANNOUNCE-ORIGIN": no_server}
REACHED = FAULTS


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name == "ANNOUNCE-NO-SPEECH" else needs_espeak) for name in FAULTS]
)
async def test_a_fault_is_found_and_nothing_else(place, name, monkeypatch):
    FAULTS[name](place, monkeypatch)
    assert codes(await place.visit("announcements")) == [name]


async def test_words_of_the_bot_need_no_espeak_ng(place, monkeypatch):
    not_installed(place, monkeypatch)
    place.settings["announce"]["spoken_by"] = "bot"
    assert codes(await place.visit("announcements")) == []


async def test_without_permission_nothing_is_examined(place):
    [result] = await place.visit("announcements")
    assert (result.outcome, result.report.measured) == (Outcome.SKIPPED, {"allowed": False})
