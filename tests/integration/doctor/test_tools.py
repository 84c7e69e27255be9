"""Permissions of the bot's tools: what they allow, and what of it leads to nothing."""

import pytest
from tests.integration.doctor.visits import codes

from callbox.doctor.model.findings import Outcome


def one_bot(place):
    place.settings["tools"] = {"next_bot": True}


def discovery(place):
    light = {"description": "Switch it", "topic": "homeassistant/light/x/config"}
    place.settings |= {"mqtt": {"host": "127.0.0.1"}, "tools": {"publish": {"light": light}}}


FAULTS = {"TOOLS-ONE-BOT": one_bot, "TOOLS-DISCOVERY": discovery}
REACHED = FAULTS


@pytest.mark.parametrize("name", FAULTS)
async def test_a_fault_is_found_and_nothing_else(place, name):
    FAULTS[name](place)
    assert codes(await place.visit("tools")) == [name]


async def test_what_is_allowed_is_listed(place):
    place.settings["tools"] = {"timers": False, "ring_later": False, "lamp": False}
    [result] = await place.visit("tools")
    assert result.outcome is Outcome.PASS
    assert result.report.measured["allowed"] == ["set_volume", "mute_microphone", "hang_up", "get_time"]
