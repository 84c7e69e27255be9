"""One box as its messages tell it. Pure: the time comes in from outside, and nothing in a message is trusted.

Whether a box is there is told by `status`, and there are four ways for `status` to be wrong:

- A last will comes late: a broker, or a bridge, says `offline` for a life of the box that is over already. With MQTT 5
  the will carries its `boot`: if that is not the boot of the newest `state`, it is no death of this life, in whatever
  order the two came.
- With MQTT 3.1.1 nobody can tell such a will from a true one, so it is believed: the box itself reads it back and says
  `online` at once, and a living box that looks dead for a moment is the smaller mistake.
- Should the box not be able to read it back, its words betray it: what comes live (not retained) more than `REORDER_S`
  after the `offline` was told by a living box. Not at once: MQTT keeps the order within a topic only.
- `online` is retained, and the broker that would have said `offline` was itself away when the box died: a box that says
  it is there and has told nothing for `SILENCE_S` is silent.

Within a life `seq` counts, so a `state` with a known `boot` and no higher `seq` is old. Of two boots the one that was
heard first is over, and what still comes from it is ignored.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from callbox.fleet.monitor.model import sanitize
from callbox.mqtt.model import topics

REORDER_S = topics.SETTLED_S
"""As long as a box takes to look after its own `online`."""
SILENCE_S = 2.5 * topics.HEALTH_PERIOD_S
MAX_ALERTS = 16
_MAX_PAST_BOOTS = 8
_TEXTS = ("transport", "activity", "problem", "problem_text", "session", "since")
_FLAGS = ("bot_ready", "mic_live", "mute")
_NUMBERS = (
    "uptime_s", "cpu_percent", "memory_mb", "temperature_c", "wifi_dbm", "overruns", "underruns", "round_trip_ms",
    "jitter_ms", "loss_in_percent", "last_connect_ms", "sessions", "failed",
)  # fmt: skip


class Presence(StrEnum):
    """Whether a box is there."""

    ONLINE = "online"
    OFFLINE = "offline"
    SILENT = "silent"
    """It says that it is online, and has told nothing for `SILENCE_S`."""
    UNKNOWN = "unknown"
    """It has told something, and never its status."""


@dataclass(frozen=True, slots=True)
class MqttMessage:
    """One message, as it came."""

    topic: str
    payload: bytes
    retained: bool
    """Whether the broker had it already when we came."""
    at: datetime
    boot: str | None = None
    """The user property of a last will (MQTT 5)."""


@dataclass(slots=True)
class BoxState:
    """What is known of one box."""

    device_id: str
    heard: datetime
    """Its last live message, or its first of all."""
    online: bool | None = None
    status_at: datetime | None = None
    will_boot: str | None = None
    boot: str | None = None
    seq: int = 0
    state: dict[str, Any] = field(default_factory=dict)
    name: str | None = None
    version: str | None = None
    health: dict[str, Any] = field(default_factory=dict)
    press: str | None = None
    press_at: datetime | None = None
    alerts: dict[str, dict[str, str | None]] = field(default_factory=dict)
    over: deque[str] = field(default_factory=lambda: deque(maxlen=_MAX_PAST_BOOTS))
    """The boots before this one."""

    def presence(self, now: datetime) -> Presence:
        """Whether it is there."""
        if self.online is None:
            return Presence.UNKNOWN
        if not self.online and not (self.will_boot and self.boot and self.will_boot != self.boot):
            return Presence.OFFLINE
        return Presence.SILENT if (now - self.heard).total_seconds() > SILENCE_S else Presence.ONLINE

    def hear(self, kind: topics.Topic, name: str, message: MqttMessage) -> None:
        """Take in one message: `kind` is its row, `name` what stands for ``{}`` there."""
        if kind is topics.STATUS:
            self._status(message)
            return
        told = sanitize.fields(message.payload)
        if kind is topics.ALERT:
            self._alert(name, message.payload, told)
        elif told is not None and self._tell(kind, told, message) and not message.retained:
            self._lives(message.at)

    def _status(self, message: MqttMessage) -> None:
        if message.payload not in (topics.ONLINE, topics.OFFLINE):
            return
        self.online, self.status_at = message.payload == topics.ONLINE, message.at
        self.will_boot = None if self.online else sanitize.text(message.boot)
        if self.online and not message.retained:
            self.heard = message.at

    def _tell(self, kind: topics.Topic, told: Mapping[str, Any], message: MqttMessage) -> bool:
        # Whether it is news of this life.
        if kind is topics.EVENT_BUTTON:
            if message.retained:  # nobody but a stranger retains one
                return False
            self.press, self.press_at = sanitize.text(told.get("event_type")), message.at
            return True
        boot, seq = sanitize.text(told.get("boot")), sanitize.number(told.get("seq"))
        if not self._is_of_this_life(boot):
            return False
        if kind is topics.STATE:
            if not isinstance(seq, int) or seq <= self.seq:
                return False
            self.seq = seq
            self.state = {key: sanitize.text(told.get(key)) for key in _TEXTS}
            self.state |= {key: sanitize.flag(told.get(key)) for key in _FLAGS}
        elif kind is topics.INFO:
            self.name, self.version = sanitize.text(told.get("name")), sanitize.text(told.get("version"))
        else:  # health: nothing else is heard
            self.health = {key: sanitize.number(told.get(key)) for key in _NUMBERS}
            self.health["throttled"] = list(sanitize.texts(told.get("throttled")))
        return True

    def _is_of_this_life(self, boot: str | None) -> bool:
        if boot is None or boot in self.over:
            return False
        if boot != self.boot:
            if self.boot is not None:
                self.over.append(self.boot)
            self.boot, self.seq = boot, 0
        return True

    def _alert(self, name: str, payload: bytes, told: Mapping[str, Any] | None) -> None:
        code = sanitize.text(name) or ""
        if not payload:
            self.alerts.pop(code, None)
        elif told is None or sanitize.text(told.get("boot")) in self.over:
            return
        elif code in self.alerts or len(self.alerts) < MAX_ALERTS:
            self.alerts[code] = {key: sanitize.text(told.get(key)) for key in ("text", "since", "help")}

    def _lives(self, at: datetime) -> None:
        self.heard = at
        said_for = (at - self.status_at).total_seconds() if self.status_at else 0.0
        if self.online is False and said_for > REORDER_S:
            self.online, self.status_at, self.will_boot = True, at, None
