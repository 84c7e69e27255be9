"""What the messages say. Pure: the time comes in from outside."""

from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any

from callbox.audio.stats import AudioStats
from callbox.control.faults import Fault, Problem
from callbox.control.status import Status
from callbox.rtvi.protocol.lifecycle import TransportState
from callbox_device.model.gestures import DoublePressed, Gesture, Held, Pressed, Released, Stuck

BUTTON = "main"
"""The button's name: a box has one."""
BUTTON_EVENTS = ("press", "double_press", "long_press", "release")
"""Every `event_type` of `button_event`."""


def state(status: Status) -> dict[str, Any]:
    """What `state` tells of `status`, without since, seq and boot."""
    return {
        "transport": status.transport.value,
        "activity": status.activity.value,
        "bot_ready": status.bot_ready,
        "mic_live": status.mic_live,
        "mute": status.mute,
        "volume": status.volume_percent,
        "problem": status.problem.code if status.problem else None,
        "problem_text": status.problem.text if status.problem else None,
        "session": status.session,
    }


def utc(moment: datetime) -> str:
    """``2026-11-23T08:00:00.005Z``."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def sound(now: AudioStats, session: str | None) -> dict[str, Any]:
    """What `sound` tells of one second of `session`."""
    return {"session": session, **asdict(now)}


def button_event(gesture: Gesture) -> dict[str, Any] | None:
    """What `event/button` tells of `gesture`; None: nothing."""
    match gesture:
        case Pressed():
            return {"event_type": "press", "button": BUTTON}
        case DoublePressed():
            return {"event_type": "double_press", "button": BUTTON}
        case Held():
            return {"event_type": "long_press", "button": BUTTON, "held_ms": round(gesture.held_ms)}
        case Released():
            return {"event_type": "release", "button": BUTTON, "held_ms": round(gesture.held_ms)}
        case Stuck():
            return None  # `problem` tells it


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
    """What `alert/CODE` tells of `problem`."""
    return {
        "code": problem.code,
        "text": problem.text,
        "since": utc(since),
        "help": _HELP[problem.fault],
        "boot": boot,
    }


@dataclass(frozen=True, slots=True)
class SessionLog:
    """The session that is told at the moment, and what became of those before; `advance` makes the next one."""

    session: str | None = None
    started_s: float = 0.0
    ready: bool = False
    bot_left: bool = False
    sessions: int = 0
    """How many have begun."""
    failed: int = 0
    last_connect_ms: int | None = None
    """From the press to the bot's readiness, the last time."""


def advance(diary: SessionLog, status: Status, now_s: float) -> tuple[SessionLog, list[dict[str, Any]]]:
    """The diary after `status`, and what `event/session` tells of the step. `now_s`: any monotonic clock."""
    events: list[dict[str, Any]] = []
    if diary.session and status.session != diary.session:
        events.append(_end(diary, status, now_s))
        failed = diary.failed + (events[-1]["event_type"] == "failed")
        diary = replace(diary, session=None, ready=False, bot_left=False, failed=failed)
    if status.session and not diary.session:
        diary = replace(diary, session=status.session, started_s=now_s, sessions=diary.sessions + 1)
        events.append({"event_type": "started", "session": diary.session})
    if status.session and status.bot_ready and not diary.ready:
        after_ms = round((now_s - diary.started_s) * 1000)
        diary = replace(diary, ready=True, last_connect_ms=after_ms)
        events.append({"event_type": "ready", "session": diary.session, "after_ms": after_ms})
    if status.session and status.bot_left:
        diary = replace(diary, bot_left=True)
    return diary, events


def _end(diary: SessionLog, status: Status, now_s: float) -> dict[str, Any]:
    about = {"session": diary.session, "duration_s": round(now_s - diary.started_s, 3)}
    if status.transport is TransportState.ERROR:
        code = status.problem.code if status.problem else None
        return {"event_type": "failed", **about, "code": code}
    reason = "bot_left" if diary.bot_left else "hung_up" if diary.ready else "cancelled"
    return {"event_type": "ended", **about, "reason": reason}
