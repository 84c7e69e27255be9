"""Payloads of the topics. Pure: the time is a parameter."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any

from callbox.audio.stats import AudioStats
from callbox.control.alarm_overview import AlarmEntry, AlarmOverview
from callbox.control.alarm_requests import entry_fields
from callbox.control.alarm_table import AlarmAction, AlarmState
from callbox.control.announcements import Announcement, Announcements, Words
from callbox.control.faults import Fault, Problem
from callbox.control.rings import Ring, Rings
from callbox.control.status import Status
from callbox.rtvi.protocol.lifecycle import TransportState
from callbox.text import one_line, parse_json
from callbox_device.interfaces import MAIN_BUTTON
from callbox_device.model.gestures import DoublePressed, Gesture, Held, Pressed, Released, Stuck

MAX_TEXT_CHARS = 300
"""Of a sentence that a server or a bot may have written: a broker may limit messages to 2 KiB."""
MAX_INFO_BYTES = 16 * 1024
"""Of a payload of `info` that is read back."""
BUTTON_EVENTS = ("press", "double_press", "long_press", "release")
"""Every `event_type` of `button_event`."""


def state(status: Status) -> dict[str, Any]:
    """Payload of `state` for `status`, without since, seq and boot."""
    return {
        "transport": status.transport.value,
        "activity": status.activity.value,
        "bot_ready": status.bot_ready,
        "mic_live": status.mic_live,
        "wake_word": status.wake_word,
        "mute": status.mute,
        "hard_mute": status.hard_mute,
        "push_to_talk": ("released" if status.talk_released else "pressed") if status.push_to_talk else None,
        "volume": status.volume_percent,
        "quiet_hours": status.quiet_hours,
        "problem": status.problem.code if status.problem else None,
        "problem_text": one_line(status.problem.text, MAX_TEXT_CHARS) if status.problem else None,
        "settings_version": status.settings_version or None,
        "rollout": status.rollout.value if status.rollout else None,
        "upgrade": status.upgrade.value if status.upgrade else None,
        "bot": status.bot,
        "session": status.session,
        "session_bot": status.session_bot,
        "session_server": status.session_server and one_line(status.session_server, MAX_TEXT_CHARS),
    }


ALARM_EVENTS: Mapping[AlarmAction, str] = {
    AlarmAction.RING: "ringing",
    AlarmAction.WAIT: "waiting",
    AlarmAction.SNOOZE: "snoozed",
    AlarmAction.STOP: "stopped",
    AlarmAction.MISS: "missed",
    AlarmAction.CANCEL: "cancelled",
}
"""The `event_type` of each action on an alarm; one that isn't here has none."""
MAX_ALARMS_LISTED = 5
MAX_ALARM_TEXT_CHARS = 100


def alarms(now: AlarmOverview) -> dict[str, Any]:
    """Payload of `alarm` for `now`, without boot."""
    pending = now.pending[:MAX_ALARMS_LISTED]
    entries = [{**entry_fields(entry), "text": one_line(entry.text, MAX_ALARM_TEXT_CHARS)} for entry in pending]
    awaited = (entry.due_unix_s for entry in now.pending if entry.state in (AlarmState.SCHEDULED, AlarmState.SNOOZED))
    next_s = next(awaited, None)
    return {
        "state": now.state.value if now.state else "idle",
        "next": None if next_s is None else utc(datetime.fromtimestamp(next_s, UTC)),
        "alarms": entries,
        "total": now.total,
        "missed": [_brief(entry) for entry in now.missed[-3:]],
        "clock_set": now.clock_is_set,
    }


def alarm_events(now: AlarmOverview) -> list[dict[str, Any]]:
    """Payloads of `event/alarm` for the changes in `now`."""
    return [
        {"event_type": ALARM_EVENTS[action], **_brief(entry)} for action, entry in now.changes if action in ALARM_EVENTS
    ]


def _brief(entry: AlarmEntry) -> dict[str, Any]:
    return {"id": entry.id, "kind": entry.kind.value, "text": one_line(entry.text, MAX_ALARM_TEXT_CHARS)}


RING_EVENTS = ("ringing", "answered", "declined", "missed")
"""Every `event_type` of `ring_events`."""


def rings(now: Rings) -> dict[str, Any]:
    """Payload of `ring` for `now`, without boot."""
    return {
        "state": now.state.value,
        "current": _ring(now.current) if now.current else None,
        "waiting": len(now.pending),
        "missed": [{"id": ring.id, "reason": ring.reason} for ring in now.missed[-5:]],
    }


def ring_events(before: Rings, now: Rings) -> list[dict[str, Any]]:
    """Payloads of `event/ring` for what happened between `before` and `now`."""
    known = {ring.id for ring in before.pending}
    ended = [(now.ended.outcome.value, now.ended.ring)] if now.ended and now.ended != before.ended else []
    new = [("ringing", ring) for ring in now.pending if ring.id not in known]
    return [
        {"event_type": kind, "id": ring.id, "reason": ring.reason, "bot": ring.bot} for kind, ring in (*ended, *new)
    ]


ANNOUNCE_EVENTS = ("playing", "waiting", "played", "stopped", "failed", "expired")
"""Every `event_type` of `announce_events`."""


def announcements(now: Announcements) -> dict[str, Any]:
    """Payload of `announce` for `now`, without boot."""
    ended = now.ended
    return {
        "state": now.state.value,
        "playing": _announcement(now.playing) if now.playing else None,
        "waiting": [one.id for one in now.waiting],
        "last": {"id": ended.id, "outcome": ended.outcome.value, "reason": ended.reason} if ended else None,
    }


def announce_events(before: Announcements, now: Announcements) -> list[dict[str, Any]]:
    """Payloads of `event/announce` for what happened between `before` and `now`."""
    ended = [now.ended] if now.ended and now.ended is not before.ended else []
    events = [{"event_type": one.outcome.value, "id": one.id, "reason": one.reason} for one in ended]
    waited = {one.id for one in before.waiting}
    events += [{"event_type": "waiting", "id": one.id, "reason": ""} for one in now.waiting if one.id not in waited]
    if now.playing and now.playing is not before.playing:
        events.append({"event_type": "playing", "id": now.playing.id, "reason": ""})
    return events


def _announcement(one: Announcement) -> dict[str, Any]:
    text = one_line(one.source.text, MAX_TEXT_CHARS) if isinstance(one.source, Words) else None
    return {"id": one.id, "priority": one.priority.value, "text": text}


def _ring(ring: Ring) -> dict[str, Any]:
    until = None if ring.until is None else utc(datetime.fromtimestamp(ring.until, UTC))
    return {"id": ring.id, "reason": ring.reason, "bot": ring.bot, "until": until}


def utc(moment: datetime) -> str:
    """RFC 3339 in UTC with ms: ``2026-11-23T08:00:00.005Z``."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def sound(now: AudioStats, session: str | None) -> dict[str, Any]:
    """Payload of `sound` for one second of `session`."""
    return {"session": session, **asdict(now)}


def button_event(gesture: Gesture, button: str = MAIN_BUTTON) -> dict[str, Any] | None:
    """Payload of `event/button` for `gesture` of the button of this name; None: not published."""
    match gesture:
        case Pressed():
            return {"event_type": "press", "button": button}
        case DoublePressed():
            return {"event_type": "double_press", "button": button}
        case Held():
            return {"event_type": "long_press", "button": button, "held_ms": round(gesture.held_ms)}
        case Released():
            return {"event_type": "release", "button": button, "held_ms": round(gesture.held_ms)}
        case Stuck():  # pragma: no branch — there is no other gesture
            return None  # published as a problem


def boot_and_name(info: bytes) -> tuple[str | None, str]:
    """`boot` and `name` in a payload of `info`, which anybody may have published; None: it has no `boot`."""
    try:
        fields = parse_json(info, MAX_INFO_BYTES)
    except ValueError:
        return None, ""
    boot = fields.get("boot") if isinstance(fields, dict) else None
    return (one_line(boot, 64), one_line(fields.get("name"), 64)) if isinstance(boot, str) else (None, "")


_HELP = {
    Fault.BOT_UNREACHABLE: "callbox doctor --only bot",
    Fault.BOT_REFUSED: "callbox doctor --only bot",
    Fault.BOT_TIMEOUT: "callbox doctor --only bot,stun",
    Fault.BOT_FAILED: "callbox doctor --only bot",
    Fault.NO_MICROPHONE: "callbox doctor --only microphone",
    Fault.NO_SPEAKER: "callbox doctor --only speaker",
    Fault.NO_GPIO: "callbox doctor --only gpio,button,lamps",
    Fault.INTERNAL: "journalctl -u callbox",
    Fault.SETTINGS_WRONG: "callbox check",
}


def alert(problem: Problem, since: datetime, boot: str) -> dict[str, Any]:
    """Payload of `alert/CODE` for `problem`."""
    return {
        "code": problem.code,
        "text": one_line(problem.text, MAX_TEXT_CHARS),
        "since": utc(since),
        "help": _HELP[problem.fault],
        "boot": boot,
    }


@dataclass(frozen=True, slots=True)
class SessionLog:
    """The current session, and counters of those before; `advance` makes the next state."""

    session: str | None = None
    bot: str | None = None
    """Name of its bot."""
    started_s: float = 0.0
    ready: bool = False
    bot_left: bool = False
    sessions: int = 0
    """Sessions begun."""
    failed: int = 0
    last_connect_ms: int | None = None
    """From the press to bot-ready, of the last session that got there; None: none yet."""


def advance(log: SessionLog, status: Status, now_s: float) -> tuple[SessionLog, list[dict[str, Any]]]:
    """The log after `status`, and the payloads of `event/session` for it. `now_s`: any monotonic clock."""
    events: list[dict[str, Any]] = []
    if log.session and status.session != log.session:
        events.append(_end(log, status, now_s))
        failed = log.failed + (events[-1]["event_type"] == "failed")
        log = replace(log, session=None, ready=False, bot_left=False, failed=failed)
    if status.session and not log.session:
        log = replace(log, session=status.session, bot=status.session_bot, started_s=now_s, sessions=log.sessions + 1)
        events.append({"event_type": "started", "session": log.session, "bot": log.bot})
    if status.session and status.bot_ready and not log.ready:
        after_ms = round((now_s - log.started_s) * 1000)
        log = replace(log, ready=True, last_connect_ms=after_ms)
        events.append({"event_type": "ready", "session": log.session, "bot": log.bot, "after_ms": after_ms})
    if status.session and status.bot_left:
        log = replace(log, bot_left=True)
    return log, events


def _end(log: SessionLog, status: Status, now_s: float) -> dict[str, Any]:
    about = {"session": log.session, "bot": log.bot, "duration_s": round(now_s - log.started_s, 3)}
    if status.transport is TransportState.ERROR:
        code = status.problem.code if status.problem else None
        return {"event_type": "failed", **about, "code": code}
    if status.ended_by:
        return {"event_type": "ended", **about, "reason": status.ended_by.value}
    reason = "bot_left" if log.bot_left else "hung_up" if log.ready else "cancelled"
    return {"event_type": "ended", **about, "reason": reason}
