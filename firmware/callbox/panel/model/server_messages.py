"""Messages from the box to its pages: JSON objects, each with its `type`. Pure: the time is an argument.

A page decides nothing: all that it shows of a box is here in text and numbers. Text of others, the bot's and the
broker's, becomes one bounded line here.
"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from callbox.audio.stats import AudioStats
from callbox.control.alarm_requests import entry_fields
from callbox.control.alarm_table import AlarmKind, AlarmState
from callbox.control.announcements import Words
from callbox.control.bot_choice import ONLY_BOT
from callbox.control.gesture_actions import button_words
from callbox.control.lamps import SPEAKING, THINKING, status_lamp
from callbox.control.rings import RingState
from callbox.control.status import Activity, Status
from callbox.mqtt.model.payloads import utc
from callbox.rtvi.protocol.lifecycle import TABLE, Move, TransportState
from callbox.text import one_line
from callbox_device.interfaces import Color
from callbox_device.model.gestures import DoublePressed, Gesture, Held, Pressed, Released, Stuck
from callbox_device.model.led_patterns import OFF, LedPattern

Message = dict[str, Any]

_GESTURES: dict[type[Gesture], str] = {
    Pressed: "pressed",
    DoublePressed: "double press",
    Held: "held",
    Released: "released",
    Stuck: "stuck",
}
MAX_TRANSCRIPT_CHARS = 2000
MAX_PAYLOAD_CHARS = 600
_SENTENCES = {
    TransportState.DISCONNECTED: "No call. Press the button to call the bot.",
    TransportState.INITIALIZING: "Opening microphone and loudspeaker…",
    TransportState.INITIALIZED: "Opening microphone and loudspeaker…",
    TransportState.AUTHENTICATING: "Calling the bot…",
    TransportState.AUTHENTICATED: "Calling the bot…",
    TransportState.CONNECTING: "Connecting to the bot…",
    TransportState.CONNECTED: "Connected. The bot is getting ready…",
    TransportState.DISCONNECTING: "Hanging up…",
    TransportState.ERROR: "The call failed. Press the button to try again.",
}
_PREPARED = "No call; a session is prepared. Press the button and speak at once."
_HOLD = "In a call. Hold the button to speak; nothing is sent meanwhile."
_TALK = "In a call. The bot is listening while you hold the button: speak."
_IN_CALL = {
    Activity.LISTENING: "In a call. The bot is listening: speak.",
    Activity.WAITING: "In a call. The bot doesn't listen for a while: wait.",
    Activity.THINKING: "In a call. The bot is thinking.",
    Activity.SPEAKING: "In a call. The bot is speaking.",
}


def about(
    name: str,
    version: str,
    *,
    is_board: bool,
    has_token: bool,
    gestures: Sequence[tuple[str, str]] = (),
    contacts: Sequence[str] = (),
    has_dial: bool = False,
    has_knob: bool = False,
    keypad: Sequence[str] = (),
) -> Message:
    """Constant facts of the box.

    `is_board`: button, lamps and sound live in the page. `gestures`: what can be done at the box, and what it means.
    `contacts`: names of what else closes in the page, beside the button. `has_dial`, `has_knob`: whether a rotary dial
    and a volume knob are in the page. `keypad`: the keys of a keypad in the page, a text a row; empty: there is none.
    """
    moves = {
        (state.value, move.to.value)
        for state, row in TABLE.items()
        for move in row.values()
        if isinstance(move, Move) and move.to not in (state, TransportState.ERROR, TransportState.DISCONNECTING)
    }
    return {
        "type": "about",
        "name": name,
        "version": version,
        "is_board": is_board,
        "has_token": has_token,
        "gestures": [{"gesture": gesture, "meaning": meaning} for gesture, meaning in gestures],
        "contacts": list(contacts),
        "has_dial": has_dial,
        "has_knob": has_knob,
        "keypad": list(keypad),
        "states": [state.value for state in TransportState],
        "moves": sorted(moves),
    }


def status(now: Status, since: datetime) -> Message:
    """The box at this moment, in a sentence, with the lamp's rhythm for people who don't see it."""
    problem = now.problem
    return {
        "type": "status",
        "sentence": sentence(now),
        "transport": now.transport.value,
        "activity": now.activity.value,
        "mic_live": now.mic_live,
        "wake_word": now.wake_word,
        "mute": now.mute,
        "hard_mute": now.hard_mute,
        "bot": _bot(now),
        "bots": list(now.bots),
        "chosen_bot": now.bot,
        "volume": now.volume_percent,
        "max_volume": now.max_volume_percent,
        "quiet_hours": now.quiet_hours,
        "alarms": [entry_fields(entry) for entry in (*now.alarms.pending, *now.alarms.missed)],
        "clock_set": now.alarms.clock_is_set,
        "in_session": now.session is not None,
        "standing_by": now.standing_by,
        "problem": {"code": problem.code, "text": one_line(problem.text)} if problem else None,
        "lamp": rhythm(status_lamp(now)),
        "since": utc(since),
    }


def _bot(now: Status) -> str | None:
    """The bot of the call, or of the next one; None: the box has one only, without a name."""
    name = now.session_bot or now.bot
    server = f", at {one_line(now.session_server)}" if now.session_server else ""
    return None if name == ONLY_BOT else f"{name}{server}"


def sentence(now: Status) -> str:
    """Sentence of what the box does, for people."""
    if now.alarms.ringing:
        first = now.alarms.ringing[0]
        text = f": {first.text}" if first.text else ""
        press = "Press to stop it" if first.kind is AlarmKind.TIMER else "Press to snooze it, hold to stop it"
        return f"The {first.kind} rings{text}. {press}."
    if now.rings.state is RingState.RINGING and now.rings.current:
        reason = f": {now.rings.current.reason}" if now.rings.current.reason else ""
        return f"It rings{reason}. Press to answer, hold to decline."
    if now.announcements.playing and now.activity is Activity.IDLE:
        source = now.announcements.playing.source
        words = f": {one_line(source.text, 200)}" if isinstance(source, Words) else ""
        return f"An announcement{words}. Press to stop it."
    if now.rings.state is RingState.MISSED and now.activity is Activity.IDLE:
        return "A ring was missed. Press the button to call the bot."
    if now.alarms.state is AlarmState.MISSED and now.activity is Activity.IDLE:
        return f"Missed: {now.alarms.missed[-1].kind} {now.alarms.missed[-1].text}".rstrip() + "."
    if now.standing_by:
        is_prepared = now.transport is TransportState.CONNECTED
        return _PREPARED if is_prepared else _SENTENCES[TransportState.DISCONNECTED]
    text = _IN_CALL.get(now.activity) or _SENTENCES[now.transport]
    if now.activity is Activity.LISTENING and now.push_to_talk:
        text = _HOLD if now.talk_released else _TALK
    if now.hard_mute:
        return f"{text} The microphone is switched off (hard mute)."
    return f"{text} The microphone is muted." if now.mute else text


def state(now: Status) -> str:
    """The state of RTVI, with what is wrong."""
    problem = f": {now.problem.text}" if now.problem else ""
    return f"{now.transport.value}{', standing by' if now.standing_by else ''}{problem}"


def rhythm(pattern: LedPattern) -> str:
    """A lamp's pattern in words."""
    if pattern == OFF:
        return "dark"
    if pattern in (THINKING, SPEAKING):
        return "breathing quickly" if pattern == THINKING else "breathing slowly"
    if pattern.repeat and all(step.brightness == 1 for step in pattern.steps):
        return "lit"
    if not pattern.repeat:
        return "fading out"
    if len(pattern.steps) == 2:
        lit = 100 * pattern.steps[0].duration_ms / pattern.length_ms
        return f"blinking, lit for {lit:.0f} % of each {pattern.length_ms / 1000:g} s"
    blinks = sum(step.brightness > 0 and step.duration_ms >= 300 for step in pattern.steps)
    return f"three quick blinks, then {blinks or 'no'} slow {'one' if blinks == 1 else 'ones'}"


def event(text: str, moment: datetime) -> Message:
    """One line of the log of events."""
    return {"type": "event", "text": one_line(text), "at": utc(moment)}


def gesture(done: Gesture, button: str, moment: datetime) -> Message:
    """A gesture of the button of this name."""
    held_ms = getattr(done, "held_ms", None)
    after = f" after {held_ms:.0f} ms" if held_ms is not None else ""
    return event(f"{button_words(button)} {_GESTURES[type(done)]}{after}", moment)


def published(topic: str, payload: bytes, *, retained: bool, moment: datetime) -> Message:
    """A publication to the broker; of a long payload the beginning."""
    text = one_line(payload, MAX_PAYLOAD_CHARS + 1)
    return {"type": "mqtt", "topic": one_line(topic), "payload": text, "retained": retained, "at": utc(moment)}


def broker(*, connected: bool) -> Message:
    """Whether there is a connection to the broker."""
    return {"type": "broker", "connected": connected}


def lamp(name: str, brightness: float) -> Message:
    """Brightness of a lamp from now on, 0 to 1."""
    return {"type": "lamp", "lamp": name, "brightness": round(brightness, 3)}


def light(name: str, color: Color) -> Message:
    """Colour and brightness of a lamp that has colour, from now on."""
    brightness = max(color)
    full = [round(255 * component / brightness) if brightness else 0 for component in color]
    return lamp(name, brightness) | {"color": "#{:02x}{:02x}{:02x}".format(*full)}


def contact(name: str, *, closed: bool) -> Message:
    """State of a latching contact in the page from now on."""
    return {"type": "contact", "contact": name, "closed": closed}


def level(part: str, amplitude: float) -> Message:
    """Peak of the microphone or the loudspeaker, 0 to 1."""
    return {"type": "level", "part": part, "amplitude": round(amplitude, 4)}


def health(now: AudioStats) -> Message:
    """One second of one call."""
    return {"type": "health", **asdict(now)}


def transcript(who: str, text: str, moment: datetime) -> Message:
    """Text of the bot, or of the person as the bot transcribed it."""
    return {"type": "said", "who": who, "text": one_line(text, MAX_TRANSCRIPT_CHARS), "at": utc(moment)}
