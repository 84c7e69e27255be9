"""What pages are told, as JSON objects, each with its `type`. Pure: the time comes in from outside.

A page decides nothing: all that it shows of a box is here in words and numbers.
"""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from callbox.audio.stats import AudioStats
from callbox.control.lamps import SPEAKING, THINKING, status_lamp
from callbox.control.status import Status
from callbox.mqtt.model.payloads import utc
from callbox.rtvi.protocol.lifecycle import TABLE, Move, TransportState
from callbox_device.model.gestures import DoublePressed, Gesture, Held, Pressed, Released, Stuck
from callbox_device.model.led_patterns import OFF, LedPattern, steady

Message = dict[str, Any]

_GESTURES: dict[type[Gesture], str] = {
    Pressed: "pressed",
    DoublePressed: "double press",
    Held: "held",
    Released: "released",
    Stuck: "stuck",
}


def about(name: str, version: str, *, is_board: bool, has_token: bool) -> Message:
    """What doesn't change. `is_board`: button, lamps and sound live in the page."""
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
        "states": [state.value for state in TransportState],
        "moves": sorted(moves),
    }


def status(now: Status, since: datetime) -> Message:
    """The box at this moment, with its lamps in words for who doesn't see them."""
    problem = now.problem
    return {
        "type": "status",
        "transport": now.transport.value,
        "activity": now.activity.value,
        "mic_live": now.mic_live,
        "mute": now.mute,
        "in_session": now.session is not None,
        "standing_by": now.standing_by,
        "problem": {"code": problem.code, "text": problem.text} if problem else None,
        "lamp": rhythm(status_lamp(now)),
        "since": utc(since),
    }


def state(now: Status) -> str:
    """The state in a word or two, with what is wrong."""
    problem = f": {now.problem.text}" if now.problem else ""
    return f"{now.transport.value}{', standing by' if now.standing_by else ''}{problem}"


def rhythm(pattern: LedPattern) -> str:
    """A lamp's pattern for who doesn't see it."""
    if pattern == OFF:
        return "dark"
    if pattern in (THINKING, SPEAKING):
        return "breathing quickly" if pattern == THINKING else "breathing slowly"
    if pattern == steady(1.0):
        return "lit"
    if not pattern.repeat:
        return "fading out"
    if len(pattern.steps) == 2:
        lit = 100 * pattern.steps[0].duration_ms / pattern.length_ms
        return f"blinking, lit for {lit:.0f} % of each {pattern.length_ms / 1000:g} s"
    blinks = sum(step.brightness > 0 and step.duration_ms >= 300 for step in pattern.steps)
    return f"three quick blinks, then {blinks or 'no'} slow {'one' if blinks == 1 else 'ones'}"


def event(text: str, moment: datetime) -> Message:
    """One line of what happened."""
    return {"type": "event", "text": text, "at": utc(moment)}


def gesture(done: Gesture, moment: datetime) -> Message:
    """What a finger did."""
    held_ms = getattr(done, "held_ms", None)
    after = f" after {held_ms:.0f} ms" if held_ms is not None else ""
    return event(f"button {_GESTURES[type(done)]}{after}", moment)


def published(topic: str, payload: bytes, *, retained: bool, moment: datetime) -> Message:
    """What went to the broker; of a long payload the beginning."""
    text = payload.decode(errors="replace")
    shown = text if len(text) <= 600 else text[:600] + "…"
    return {"type": "mqtt", "topic": topic, "payload": shown, "retained": retained, "at": utc(moment)}


def broker(*, connected: bool) -> Message:
    """Whether the broker is told."""
    return {"type": "broker", "connected": connected}


def lamp(name: str, brightness: float) -> Message:
    """How bright a lamp is from now on, 0 to 1."""
    return {"type": "lamp", "lamp": name, "brightness": round(brightness, 3)}


def level(part: str, amplitude: float) -> Message:
    """Peak of the microphone or the loudspeaker, 0 to 1."""
    return {"type": "level", "part": part, "amplitude": round(amplitude, 4)}


def health(now: AudioStats) -> Message:
    """One second of one call."""
    return {"type": "health", **asdict(now)}


def said(who: str, text: str, moment: datetime) -> Message:
    """Words of the bot, or of the person as the bot understood them; no control characters."""
    plain = "".join(letter for letter in text if letter.isprintable())
    return {"type": "said", "who": who, "text": plain, "at": utc(moment)}
