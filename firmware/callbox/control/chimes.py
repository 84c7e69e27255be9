"""Chimes (earcons) for changes of the status. Pure."""

from collections.abc import Mapping
from enum import Enum

from callbox.audio.playout.cues import Cue, Notes, error_beeps
from callbox.control.faults import Problem
from callbox.control.status import Activity, Status
from callbox.rtvi.protocol.lifecycle import TransportState


class ChimeEvent(Enum):
    """Events that a chime tells."""

    CONNECTING = "connecting"
    BOT_READY = "bot ready"
    MUTED = "muted"
    UNMUTED = "unmuted"
    ENDS_SOON = "ends soon"
    BOT_LEFT = "bot left"
    HUNG_UP = "hung up"
    FAILED = "failed"
    """A fault that concerns a call. Faults without one are told by the lamp alone."""


CUES: Mapping[ChimeEvent, Cue | None] = {
    ChimeEvent.CONNECTING: Cue.CONNECTING,
    ChimeEvent.BOT_READY: Cue.BOT_READY,
    ChimeEvent.MUTED: Cue.MUTED,
    ChimeEvent.UNMUTED: Cue.UNMUTED,
    ChimeEvent.ENDS_SOON: Cue.ENDS_SOON,
    ChimeEvent.BOT_LEFT: Cue.BOT_LEFT,
    ChimeEvent.HUNG_UP: Cue.HUNG_UP,
    ChimeEvent.FAILED: None,
}
"""The cue of each event; None: beeps, as many as the fault's number."""

AFTER_SESSION = (ChimeEvent.BOT_LEFT, ChimeEvent.HUNG_UP, ChimeEvent.FAILED)
"""Played when the session's devices are closed, so that nothing waits for the sound."""

WITHOUT_HALF_DUPLEX = (ChimeEvent.CONNECTING,)
"""Not played in half duplex: the microphone would be silent for as long, and the first word be lost."""


def chime_events(before: Status, after: Status) -> tuple[ChimeEvent, ...]:
    """Events that chimes tell when `before` becomes `after`, in the order in which they are played."""
    was_on, is_on = _in_call(before), _in_call(after)
    events = []
    if is_on and not was_on:
        events.append(ChimeEvent.CONNECTING)
    if is_on and after.bot_ready and not before.bot_ready:
        events.append(ChimeEvent.BOT_READY)
    if was_on and is_on and after.mute is not before.mute:
        events.append(ChimeEvent.MUTED if after.mute else ChimeEvent.UNMUTED)
    if is_on and after.ends_soon and not before.ends_soon:
        events.append(ChimeEvent.ENDS_SOON)
    if after.problem and after.problem != before.problem and (was_on or is_on):
        events.append(ChimeEvent.FAILED)
    elif was_on and not is_on:
        events.append(ChimeEvent.BOT_LEFT if after.bot_left else ChimeEvent.HUNG_UP)
    return tuple(events)


def notes(event: ChimeEvent, problem: Problem | None) -> Cue | Notes:
    """Sound that is played for `event`. `problem`: what is wrong now."""
    return CUES[event] or error_beeps(problem.fault.value if problem else 0)


def is_ringing(status: Status) -> bool:
    """Whether a telephone would play its ringing tone."""
    return _in_call(status) and status.activity is Activity.CONNECTING


def _in_call(status: Status) -> bool:
    ended = status.transport in (TransportState.DISCONNECTED, TransportState.ERROR)
    return status.session is not None and not ended
