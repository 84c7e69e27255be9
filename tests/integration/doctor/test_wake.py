"""What the wake word needs: memory that can be locked."""

import pytest
from tests.integration.doctor.visits import codes

from callbox.audio.capture import locked_ring
from callbox.doctor.model.findings import Outcome


def memory(place, monkeypatch):
    place.settings["wake"] = {"enabled": True}
    monkeypatch.setattr(locked_ring, "_lock", lambda _: "mlock failed")


FAULTS = {"WAKE-MEMORY": memory}
REACHED = FAULTS


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
    assert result.report.measured["words"] == ["okay_nabu"]
