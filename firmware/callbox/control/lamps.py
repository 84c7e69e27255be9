"""Patterns of the two lamps, as one table from `Status`. Pure.

Every state has a rhythm of its own, so that one lamp without colour tells them all: the way up is a blink of
2 Hz that stays on longer at each step, `ready` is steady, an error is three quick blinks and then a count. Colour says
the same again, on a light that has some: never red, which is the microphone's.
"""

from dataclasses import replace

from callbox.audio.capture.model.gate_states import MicUse
from callbox.control.alarm_table import AlarmState
from callbox.control.faults import Fault, Problem
from callbox.control.rings import RingState
from callbox.control.status import Activity, Speech, Status
from callbox.rtvi.protocol.lifecycle import TransportState
from callbox_device.model.led_patterns import (
    AMBER,
    BLUE,
    CYAN,
    GREEN,
    OFF,
    WHITE,
    Hue,
    LedPattern,
    PatternStep,
    blink,
    breathe,
    steady,
)

_S = TransportState

STATES: dict[TransportState, LedPattern] = {
    _S.DISCONNECTED: OFF,
    _S.INITIALIZING: blink(on_ms=100, off_ms=900, hue=BLUE),
    _S.INITIALIZED: blink(on_ms=500, off_ms=500, hue=BLUE),
    _S.AUTHENTICATING: blink(on_ms=100, off_ms=400, hue=BLUE),
    _S.AUTHENTICATED: blink(on_ms=200, off_ms=300, hue=BLUE),
    _S.CONNECTING: blink(on_ms=300, off_ms=200, hue=BLUE),
    _S.CONNECTED: blink(on_ms=400, off_ms=100, hue=BLUE),
    _S.READY: steady(1.0, GREEN),
    _S.DISCONNECTING: LedPattern(
        tuple(PatternStep(level, 150) for level in (0.75, 0.5, 0.25, 0.1)), repeat=False, hue=BLUE
    ),
}
"""The rhythm of each state; `error` has one for each class of fault, see `error_pattern`."""

STANDBY_READY = LedPattern((PatternStep(1.0, 100), PatternStep(0.0, 2900)), hue=GREEN)
STANDBY_STATES: dict[TransportState, LedPattern] = {
    _S.DISCONNECTED: OFF,
    _S.INITIALIZING: OFF,
    _S.INITIALIZED: OFF,
    _S.AUTHENTICATING: OFF,
    _S.AUTHENTICATED: OFF,
    _S.CONNECTING: OFF,
    _S.CONNECTED: STANDBY_READY,
    _S.READY: OFF,
    _S.DISCONNECTING: OFF,
}
"""In hot standby, while there is no call: a wink is a session that waits for a press. Its states are not
shown, only that it fails: the error is shown until it is mended, through all attempts. (A session that stands by
opens no device and is not ready: these rows are there so that every state has one.)"""

USER_SPEAKS = replace(STATES[_S.READY], follows_speech=True)
"""In a call, while the bot hears somebody speak: as `ready`; a ring that can tell shows where."""
MUTED = blink(on_ms=2700, off_ms=300, hue=AMBER)
"""In a call, while the bot receives silence: as `ready`, with a short gap, so that it doesn't say "speak"."""
THINKING = breathe(period_ms=1000, low=0.3, high=1.0, hue=CYAN)
SPEAKING = replace(breathe(period_ms=2000, low=0.5, high=1.0, hue=CYAN), follows_level=True)

ENDS_SOON = LedPattern((*(PatternStep(1.0, 100), PatternStep(0.2, 100)) * 2, PatternStep(1.0, 600)), hue=AMBER)
"""A limit is about to end the call: speak, and it goes on, if it is the limit of silence."""

RINGING = LedPattern(
    (*(PatternStep(1.0, 300), PatternStep(0.0, 200)) * 2, PatternStep(0.3, 1000)),
    hue=GREEN,
)
"""A bot, or the house, asks to talk: press to answer, hold to decline."""
MISSED_RING = LedPattern((*(PatternStep(1.0, 150), PatternStep(0.0, 250)) * 2, PatternStep(0.0, 2200)), hue=AMBER)
"""A ring or an alarm was missed, and no button was pressed since."""

ALARM = LedPattern(
    (PatternStep(1.0, 600), PatternStep(0.0, 150), PatternStep(1.0, 150), PatternStep(0.0, 300)),
    hue=AMBER,
)
"""An alarm, a timer or a reminder rings: press to snooze, hold to stop."""

WAKE_WORD = LedPattern((PatternStep(0.5, 1500), PatternStep(0.0, 1500)), hue=CYAN)
"""Idle, and listening for a wake word: the sound goes to the detector in the box, and nothing leaves."""

IDENTIFY = blink(on_ms=250, off_ms=250)
"""This is the box that somebody far away is looking for. No state has it."""

MESSAGE = LedPattern(
    (PatternStep(1.0, 200), PatternStep(0.0, 200), PatternStep(1.0, 800), PatternStep(0.0, 600)),
)
"""In a call, a sign that the bot gives by its tool: short, long. In the colour that it chooses."""
MESSAGE_HUES: dict[str, Hue] = {hue.name: hue for hue in (GREEN, BLUE, CYAN, AMBER, WHITE)}
"""Colours of such a sign, by name."""

_VISIBLE_IN_CALL = (Fault.NO_MICROPHONE, Fault.NO_SPEAKER)
"""A session goes on without them, and its silence needs a reason."""

_VISIBLE_IDLE = (Fault.SETTINGS_WRONG,)
"""The box works as ever, and somebody is waiting for new settings to be in force."""


_MICROPHONE_BRIGHTNESS = {MicUse.NONE: 0.0, MicUse.CALL: 1.0, MicUse.WAKE_WORD: 0.5}
"""Half: a lamp without dimming is lit from there up."""


def error_pattern(problem: Problem | None) -> LedPattern:
    """Three quick blinks, a pause, then as many slow blinks as the fault's number."""
    steps = [*(PatternStep(1.0, 100), PatternStep(0.0, 100)) * 3, PatternStep(0.0, 700)]
    for _ in range(problem.fault.value if problem else 0):
        steps += [PatternStep(1.0, 300), PatternStep(0.0, 400)]
    return LedPattern((*steps, PatternStep(0.0, 1200)), hue=AMBER)


def status_lamp(status: Status) -> LedPattern:
    """Pattern of the status lamp."""
    if status.alarms.state is AlarmState.RINGING:
        return ALARM
    if status.rings.state is RingState.RINGING:
        return RINGING
    is_missed = status.rings.state is RingState.MISSED or status.alarms.state is AlarmState.MISSED
    if is_missed and status.activity is Activity.IDLE:
        return MISSED_RING
    if status.standing_by:
        if status.transport is _S.ERROR or status.problem:
            return error_pattern(status.problem)
        return WAKE_WORD if status.wake_word else STANDBY_STATES[status.transport]
    if status.transport is _S.ERROR:
        return error_pattern(status.problem)
    if status.transport is _S.READY and status.problem and status.problem.fault in _VISIBLE_IN_CALL:
        return error_pattern(status.problem)
    if status.transport is _S.DISCONNECTED and status.problem and status.problem.fault in _VISIBLE_IDLE:
        return error_pattern(status.problem)
    if status.ends_soon and status.bot_ready:
        return ENDS_SOON
    if status.activity is Activity.THINKING:
        return THINKING
    if status.activity is Activity.SPEAKING:
        return SPEAKING
    if status.wake_word and status.activity is Activity.IDLE:
        return WAKE_WORD
    is_unheard = status.mute or status.talk_released
    if status.activity is Activity.WAITING or (status.activity is Activity.LISTENING and is_unheard):
        return MUTED
    if status.activity is Activity.LISTENING and status.speech is Speech.USER:
        return USER_SPEAKS
    return STATES[status.transport]


def message_pattern(color: str) -> LedPattern:
    """Pattern of a sign that the bot gives, in one of `MESSAGE_HUES`."""
    return replace(MESSAGE, hue=MESSAGE_HUES[color])


def volume_pattern(percent: int) -> LedPattern:
    """A loudspeaker's volume, 0 to 100, on a light of several pixels."""
    return replace(steady(1.0), meter=percent / 100)


def shows_volume(before: Status, after: Status) -> bool:
    """Whether somebody has changed the volume: not quiet hours, nor the first one that is known."""
    is_changed = before.volume_percent != after.volume_percent and before.quiet_hours == after.quiet_hours
    return is_changed and None not in (before.volume_percent, after.volume_percent)


def voice_level(dbfs: float) -> float:
    """Share of a meter that the peak of the bot's voice lights, 0.0 to 1.0: from -45 dB below full scale up."""
    return min(1.0, max(0.0, 1 + dbfs / 45))


def microphone_lamp(use: MicUse) -> float:
    """Brightness of the microphone lamp, 0.0 to 1.0: lit exactly while the PCM is open. For the gate only."""
    return _MICROPHONE_BRIGHTNESS[use]
