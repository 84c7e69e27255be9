"""Which chime tells which change of the status."""

from dataclasses import replace

import pytest

from callbox.audio.playout.cues import error_beeps
from callbox.control.call_limits import Limit
from callbox.control.chimes import CUES, ChimeEvent, chime_events, is_ringing, notes
from callbox.control.faults import Fault, Problem
from callbox.control.status import Status
from callbox.rtvi import TransportState as S

IDLE = Status()
DIALLING = Status(S.INITIALIZING, session="1")
READY = replace(DIALLING, transport=S.READY)
LOST = Problem(Fault.BOT_FAILED, "lost")
E = ChimeEvent

CHANGES = {
    "a press": (IDLE, DIALLING, [E.CONNECTING]),
    "a press after an error": (Status(S.ERROR, problem=LOST), DIALLING, [E.CONNECTING]),
    "a step on the way": (DIALLING, replace(DIALLING, transport=S.CONNECTING), []),
    "the bot is ready": (DIALLING, READY, [E.BOT_READY]),
    "from standby to a call at once": (Status(S.CONNECTED, standing_by=True), READY, [E.CONNECTING, E.BOT_READY]),
    "muted in a call": (READY, replace(READY, mute=True), [E.MUTED]),
    "unmuted in a call": (replace(READY, mute=True), READY, [E.UNMUTED]),
    "muted from afar in idle": (IDLE, replace(IDLE, mute=True), []),
    "a limit is near": (READY, replace(READY, ends_soon=Limit.IDLE), [E.ENDS_SOON]),
    "and no more": (replace(READY, ends_soon=Limit.IDLE), READY, []),
    "hung up": (READY, IDLE, [E.HUNG_UP]),
    "cancelled": (DIALLING, IDLE, [E.HUNG_UP]),
    "the bot leaves": (READY, replace(READY, bot_left=True), []),
    "the bot has left": (READY, replace(IDLE, bot_left=True), [E.BOT_LEFT]),
    "the call is lost": (READY, Status(S.ERROR, problem=LOST), [E.FAILED]),
    "a device breaks in a call": (READY, replace(READY, problem=Problem(Fault.NO_SPEAKER, "out")), [E.FAILED]),
    "the settings are wrong": (IDLE, replace(IDLE, problem=Problem(Fault.SETTINGS_WRONG, "line 1")), []),
    "standby fails": (
        Status(S.CONNECTING, standing_by=True),
        Status(S.ERROR, standing_by=True, problem=LOST),
        [],
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_the_chimes_of_a_change(name):
    before, after, events = CHANGES[name]
    assert chime_events(before, after) == tuple(events)


def test_each_event_has_a_cue_and_an_error_its_beeps():
    assert set(CUES) == set(ChimeEvent)
    assert notes(E.HUNG_UP, None) is CUES[E.HUNG_UP]
    assert notes(E.FAILED, LOST) == error_beeps(4)
    assert notes(E.FAILED, None) == error_beeps(0)


def test_it_rings_while_a_call_is_being_made():
    assert is_ringing(DIALLING)
    assert not is_ringing(READY)
    assert not is_ringing(IDLE)
    assert not is_ringing(Status(S.CONNECTING, standing_by=True))
