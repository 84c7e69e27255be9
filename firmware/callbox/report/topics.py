"""Topics and payloads as values; docs/mqtt.md is their reference. Pure: the time comes in from outside."""

import json
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any

from callbox.appliance.status import Status
from callbox.rtvi.lifecycle import TransportState
from callbox.sound.health import SoundHealth
from callbox_device.gestures import DoublePressed, Gesture, Held, Pressed, Released, Stuck

ONLINE, OFFLINE = b"online", b"offline"
BUTTON = "main"
"""The button's name: a box has one."""


@dataclass(frozen=True, slots=True)
class Topics:
    """The topics of one box."""

    prefix: str
    device_id: str

    @property
    def status(self) -> str:
        """Retained ``online`` or ``offline``."""
        return self._topic("status")

    @property
    def state(self) -> str:
        """Retained JSON."""
        return self._topic("state")

    @property
    def event_button(self) -> str:
        """JSON, not retained."""
        return self._topic("event/button")

    @property
    def event_session(self) -> str:
        """JSON, not retained."""
        return self._topic("event/session")

    @property
    def health(self) -> str:
        """JSON, not retained: once a second in a session."""
        return self._topic("health")

    def _topic(self, rest: str) -> str:
        return f"{self.prefix}/{self.device_id}/{rest}"


def state(status: Status) -> dict[str, Any]:
    """What `state` tells of `status`, without the stamp that `stamped` adds."""
    return {
        "transport": status.transport.value,
        "activity": status.activity.value,
        "bot_ready": status.bot_ready,
        "mic_live": status.mic_live,
        "mute": status.mute,
        "problem": status.problem.code if status.problem else None,
        "problem_text": status.problem.text if status.problem else None,
        "session": status.session,
    }


def stamped(fields: dict[str, Any], *, since: datetime, seq: int, boot: str) -> bytes:
    """The JSON of the `state` topic. `since`: when these fields became what they are."""
    text = since.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return encoded({**fields, "since": text, "seq": seq, "boot": boot})


def health(now: SoundHealth, session: str | None) -> dict[str, Any]:
    """What `health` tells of one second of `session`."""
    return {"session": session, **asdict(now)}


def encoded(fields: dict[str, Any]) -> bytes:
    """JSON in UTF-8."""
    return json.dumps(fields, ensure_ascii=False).encode()


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


@dataclass(frozen=True, slots=True)
class Diary:
    """The session that is told at the moment; `turn` makes the next one."""

    session: str | None = None
    started_s: float = 0.0
    ready: bool = False
    bot_left: bool = False


def turn(diary: Diary, status: Status, now_s: float) -> tuple[Diary, list[dict[str, Any]]]:
    """The diary after `status`, and what `event/session` tells of the step. `now_s`: any monotonic clock."""
    events: list[dict[str, Any]] = []
    if diary.session and status.session != diary.session:
        events.append(_end(diary, status, now_s))
        diary = Diary()
    if status.session and not diary.session:
        diary = Diary(status.session, now_s)
        events.append({"event_type": "started", "session": diary.session})
    if status.session and status.bot_ready and not diary.ready:
        diary = replace(diary, ready=True)
        after_ms = round((now_s - diary.started_s) * 1000)
        events.append({"event_type": "ready", "session": diary.session, "after_ms": after_ms})
    if status.session and status.bot_left:
        diary = replace(diary, bot_left=True)
    return diary, events


def _end(diary: Diary, status: Status, now_s: float) -> dict[str, Any]:
    about = {"session": diary.session, "duration_s": round(now_s - diary.started_s, 3)}
    if status.transport is TransportState.ERROR:
        code = status.problem.code if status.problem else None
        return {"event_type": "failed", **about, "code": code}
    reason = "bot_left" if diary.bot_left else "hung_up" if diary.ready else "cancelled"
    return {"event_type": "ended", **about, "reason": reason}
