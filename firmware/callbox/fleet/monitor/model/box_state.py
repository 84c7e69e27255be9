"""State of one box, folded from its messages. Pure: the time is a parameter, and nothing in a message is trusted.

`status` tells whether a box is connected, and can be wrong, or missing, in five ways:

- A last will comes late: a broker, or a bridge, publishes `offline` for an earlier boot. With MQTT 5 the will
  carries its `boot`: one that is not the boot of the newest `state` is ignored, in whatever order the two came.
- With MQTT 3.1.1 such a will can't be told from a true one, so it is believed: the box itself reads it back and
  publishes `online` at once, and a running box that looks offline for a moment is the smaller mistake.
- Should the box not be able to read it back: what it publishes (not retained) more than `REORDER_S` after the `offline`
  shows that it runs. Not at once: MQTT keeps the order within a topic only.
- A cluster may hand nothing that is retained to who subscribes later. What a box publishes shows that it runs.
- `online` is retained, and the broker that would have published `offline` was itself away when the box died: a box
  that is `online` and has published nothing for `SILENCE_S` is silent.

Within a boot `seq` counts, so a `state` with a known `boot` and no higher `seq` is old. Of two boots the one that came
first is over, and what still comes from it is ignored.

A row holds at most `MAX_BOX_BYTES`, whatever is published: texts are kept as UTF-8, one field behind the other, and
cut to a size in bytes. Objects of Python's would be ten times as large.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from callbox.mqtt.model import topics
from callbox.text import one_line, parse_json

REORDER_S = topics.SETTLED_S
"""After which a box checks its own `online`."""
SILENCE_S = 2.5 * topics.HEALTH_PERIOD_S
MAX_PAYLOAD_BYTES = 16384
"""Of a payload; a box's own are a tenth of that. A longer one is not read."""
MAX_BOX_BYTES = 2560
"""Of one box, with its place in the table. tests/unit/fleet/test_memory.py measures it."""
MAX_TEXT_CHARS = 200
MAX_ALERTS = 16
MAX_ALERTS_BYTES = 512
"""Of all alerts of a box together: their texts are cut if there are many."""
_MAX_CODE_BYTES = 32
_MAX_BOOT_CHARS = 16
_MAX_PAST_BOOTS = 6
_MAX_NUMBER = 1e12
_TEXTS = {"transport": 24, "activity": 24, "problem": _MAX_CODE_BYTES, "session": 32, "since": 24, "rollout": 12}
"""Of `state`, with their sizes in bytes; the longest that a box publishes has 24."""
_FLAGS = ("bot_ready", "mic_live", "mute")
_STATE_NUMBERS = ("settings_version",)
_INFO = {"name": 72, "version": 32}
_NUMBERS = (
    "uptime_s", "cpu_percent", "memory_mb", "temperature_c", "wifi_dbm", "overruns", "underruns", "round_trip_ms",
    "jitter_ms", "loss_in_percent", "last_connect_ms", "sessions", "failed",
)  # fmt: skip
_MAX_THROTTLED = 8
_THROTTLED_BYTES = 24
_ALERT = ("text", "since", "help")

_FIELD, _RECORD, _NONE = "\x1f", "\x1e", "\x00"
"""Separators, and what stands for None: `one_line` leaves no control character in a text."""


class Presence(StrEnum):
    """Presence of a box at the broker."""

    ONLINE = "online"
    OFFLINE = "offline"
    SILENT = "silent"
    """`online`, and nothing published for `SILENCE_S`."""
    UNKNOWN = "unknown"
    """Nothing but retained topics came, and no `status` among them."""


@dataclass(frozen=True, slots=True)
class MqttMessage:
    """One received message."""

    topic: str
    payload: bytes
    retained: bool
    """Whether the broker had it before the subscription."""
    at: datetime
    boot: str | None = None
    """The user property of a last will (MQTT 5)."""


@dataclass(slots=True)
class BoxState:
    """State of one box, as far as it is known."""

    device_id: str
    last_seen: datetime
    """When its last live message came, or its first of all."""
    online: bool | None = None
    status_at: datetime | None = None
    will_boot: str | None = None
    boot: str | None = None
    seq: int = 0
    press: str | None = None
    press_at: datetime | None = None
    past_boots: str = ""
    """The boots before this one, newest last."""
    _state: bytes = b""
    _info: bytes = b""
    _health: bytes = b""
    _alerts: bytes = b""

    def presence(self, now: datetime) -> Presence:
        """Presence of the box at the broker."""
        if self.online is None:
            return Presence.UNKNOWN
        if not self.online and not (self.will_boot and self.boot and self.will_boot != self.boot):
            return Presence.OFFLINE
        return Presence.SILENT if (now - self.last_seen).total_seconds() > SILENCE_S else Presence.ONLINE

    @property
    def state(self) -> dict[str, Any]:
        """The newest `state`; empty: none came."""
        if not self._state:
            return {}
        values = iter(_unpack(self._state))
        texts = {key: next(values) for key in _TEXTS}
        flags = {key: _flag_of(next(values)) for key in _FLAGS}
        return {**texts, **flags, **{key: _number_of(next(values)) for key in _STATE_NUMBERS}}

    @property
    def info(self) -> dict[str, str | None]:
        """`name` and `version`; empty: no `info` came."""
        return dict(zip(_INFO, _unpack(self._info), strict=False))

    @property
    def health(self) -> dict[str, Any]:
        """The newest `health`: numbers, and `throttled`, a list; empty: none came."""
        if not self._health:
            return {}
        values = _unpack(self._health)
        numbers = map(_number_of, values[: len(_NUMBERS)])
        return {**dict(zip(_NUMBERS, numbers, strict=True)), "throttled": values[len(_NUMBERS) :]}

    @property
    def alerts(self) -> dict[str, dict[str, str | None]]:
        """Alerts by their codes."""
        records = [_unpack(record) for record in self._alerts.split(_RECORD.encode())] if self._alerts else []
        return {code or "": dict(zip(_ALERT, rest, strict=True)) for code, *rest in records}

    def clear_alerts(self) -> None:
        """Forget the alerts: those that stand come again."""
        self._alerts = b""

    def apply(self, kind: topics.Topic, name: str, message: MqttMessage) -> None:
        """Take in one message: `kind` is its row, `name` what stands for ``{}`` there."""
        if kind is topics.STATUS:
            self._apply_status(message)
            return
        fields = _json_object(message.payload)
        if kind is topics.ALERT:
            self._apply_alert(name, message.payload, fields)
        elif fields is not None and self._apply_fields(kind, fields, message) and not message.retained:
            self._mark_alive(message.at)

    def _apply_status(self, message: MqttMessage) -> None:
        if message.payload not in (topics.ONLINE, topics.OFFLINE):
            return
        self.online, self.status_at = message.payload == topics.ONLINE, message.at
        self.will_boot = None if self.online else _boot(message.boot)
        if self.online and not message.retained:
            self.last_seen = message.at

    def _apply_fields(self, kind: topics.Topic, fields: Mapping[str, Any], message: MqttMessage) -> bool:
        # Whether it is news of this boot.
        if kind is topics.EVENT_BUTTON:
            if message.retained:  # a box retains none
                return False
            self.press, self.press_at = _text(fields.get("event_type"), 16), message.at
            return True
        if not self._is_current(_boot(fields.get("boot"))):
            return False
        if kind is topics.STATE:
            seq = _number(fields.get("seq"))
            if not isinstance(seq, int) or seq <= self.seq:
                return False
            self.seq = seq
            flags = [_FLAG_TEXTS.get(fields.get(key)) if isinstance(fields.get(key), bool) else None for key in _FLAGS]
            texts = [_text(fields.get(key), size) for key, size in _TEXTS.items()]
            self._state = _pack([*texts, *flags, *_numbers(fields, _STATE_NUMBERS)])
        elif kind is topics.INFO:
            self._info = _pack([_text(fields.get(key), size) for key, size in _INFO.items()])
        else:  # health: there is no other subscription
            words = fields.get("throttled")
            words = words[:_MAX_THROTTLED] if isinstance(words, list) else []
            texts = [_text(word, _THROTTLED_BYTES) for word in words]
            self._health = _pack([*_numbers(fields, _NUMBERS), *filter(None, texts)])
        return True

    def _is_current(self, boot: str | None) -> bool:
        past = self.past_boots.split(_FIELD)
        if boot is None or boot in past:
            return False
        if boot != self.boot:
            if self.boot is not None:
                self.past_boots = _FIELD.join([*past, self.boot][-_MAX_PAST_BOOTS:])
            self.boot, self.seq = boot, 0
        return True

    def _apply_alert(self, name: str, payload: bytes, fields: Mapping[str, Any] | None) -> None:
        code, alerts = _text(name, _MAX_CODE_BYTES) or "", self.alerts
        if not payload:
            alerts.pop(code, None)
        elif fields is None or _boot(fields.get("boot")) in self.past_boots.split(_FIELD):
            return
        elif code in alerts or len(alerts) < MAX_ALERTS:
            alerts[code] = {key: _text(fields.get(key)) for key in _ALERT}
        self._alerts = _pack_alerts(alerts)

    def _mark_alive(self, at: datetime) -> None:
        self.last_seen = at
        is_old = self.status_at is None or (at - self.status_at).total_seconds() > REORDER_S
        if not self.online and is_old:
            self.online, self.status_at, self.will_boot = True, at, None


# -- values of a message ---------------------------------------------------------------------------------


def _json_object(payload: bytes) -> Mapping[str, Any] | None:
    """The JSON object in `payload`; None: it holds none."""
    try:
        fields = parse_json(payload, MAX_PAYLOAD_BYTES)
    except ValueError:
        return None
    return fields if isinstance(fields, dict) else None


def _text(value: Any, max_bytes: int = 4 * MAX_TEXT_CHARS) -> str | None:
    """`value` as one line of at most `MAX_TEXT_CHARS` characters and `max_bytes` bytes; None: it is no text."""
    return _cut(one_line(value, MAX_TEXT_CHARS), max_bytes) if isinstance(value, str) else None


def _boot(value: Any) -> str | None:
    """A boot, which is ASCII, so that eight of them are small; None: it is none."""
    if not isinstance(value, str) or not value:
        return None
    return one_line(value, _MAX_BOOT_CHARS).encode("ascii", "replace").decode()


def _number(value: Any) -> int | float | None:
    """`value` if it is a number that a row can show, to 1/1000."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return (round(value, 3) if isinstance(value, float) else value) if abs(value) <= _MAX_NUMBER else None  # nan too


def _numbers(fields: Mapping[str, Any], keys: Sequence[str]) -> list[str | None]:
    """The numbers of `fields` as texts."""
    return [None if (number := _number(fields.get(key))) is None else str(number) for key in keys]


def _number_of(text: str | None) -> Any:
    # What `_numbers` made a text of.
    return None if text is None else parse_json(text)


_FLAG_TEXTS: Mapping[Any, str] = {True: "1", False: "0"}


def _flag_of(text: str | None) -> bool | None:
    return None if text is None else text == "1"


# -- compact storage ---------------------------------------------------------------------------------------


def _cut(text: str, max_bytes: int) -> str:
    data = text.encode()
    if len(data) <= max_bytes:
        return text
    return data[: max_bytes - 3].decode(errors="ignore") + "…" if max_bytes >= 3 else ""


def _pack(values: Sequence[str | None]) -> bytes:
    return _FIELD.join(_NONE if value is None else value for value in values).encode()


def _unpack(data: bytes) -> list[str | None]:
    return [None if value == _NONE else value for value in data.decode().split(_FIELD)] if data else []


def _pack_alerts(alerts: Mapping[str, Mapping[str, str | None]]) -> bytes:
    """All alerts in at most `MAX_ALERTS_BYTES`, an equal share for each: first its code, then its text."""
    if not alerts:
        return b""
    share = MAX_ALERTS_BYTES // len(alerts)
    return _RECORD.encode().join(_pack_alert(code, alert, share) for code, alert in alerts.items())


def _pack_alert(code: str, alert: Mapping[str, str | None], share: int) -> bytes:
    left = share - len(code.encode()) - 2 * (1 + len(_ALERT))  # separators, and what stands for None
    packed: list[str | None] = [code]
    for key in _ALERT:
        value = alert[key]
        if value is not None:
            whole = key == "since" and len(value.encode()) > left  # half a time tells nothing
            value = None if whole or left <= 0 else _cut(value, left)
            left -= len((value or "").encode())
        packed.append(value)
    return _pack(packed)
