"""The topic tree: one row for each topic, from which come what is published and docs/mqtt.md. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from callbox.text import encodable

ONLINE, OFFLINE = b"online", b"offline"
EVENT_EXPIRY_S = 30
"""MQTT 5: what a broker has not delivered by then, it drops. A press is of the moment."""
HEALTH_PERIOD_S = 60
LOOPBACK_PERIOD_S = 300
SETTLED_S = 2.0
"""So long after a connection a box's own `online` must have come back to it."""
MAX_BIRTH_PAUSE_S = 5.0
"""Upper bound of the random pause after Home Assistant's birth message: a fleet must not publish at once."""


@dataclass(frozen=True, slots=True)
class Topic:
    """One row."""

    suffix: str
    """Behind ``PREFIX/DEVICE-ID/``; ``{}`` stands for a name that is filled in."""
    about: str
    when: str
    example: Mapping[str, Any] | str
    retained: bool = False
    qos: int = 1
    expiry_s: int | None = None
    """MQTT 5's message expiry interval; None: never."""
    incoming: bool = False
    """Whether the box subscribes to it, and others publish."""
    homeassistant: bool = False
    """Whether it stands behind Home Assistant's ``DISCOVERY-PREFIX/``, not behind the box's own."""


STATUS = Topic(
    "status",
    "`online` or `offline`; the last will says `offline`",
    "after all that is retained has been told; at the end; by the broker, when the box has vanished",
    "online",
    retained=True,
)
STATE = Topic(
    "state",
    "what the box is at the moment",
    "with each change, and after each connection with the broker",
    {
        "transport": "ready",
        "activity": "listening",
        "bot_ready": True,
        "mic_live": True,
        "wake_word": False,
        "mute": False,
        "hard_mute": False,
        "push_to_talk": None,
        "volume": 70,
        "quiet_hours": False,
        "problem": None,
        "problem_text": None,
        "settings_version": 8,
        "rollout": "accepted",
        "upgrade": "accepted",
        "bot": "kitchen",
        "session": "1f0c6a2e",
        "session_bot": "kitchen",
        "session_server": "http://192.168.1.20:7860/start",
        "since": "2026-11-23T08:00:00.005Z",
        "seq": 12,
        "boot": "9d2f41aa",
    },
    retained=True,
)
INFO = Topic(
    "info",
    "who the box is, as its settings make it; `settings` is a hash of them, without secrets",
    "after each connection with the broker, with other settings, and when the clock was set",
    {
        "name": "Kitchen",
        "version": "0.1.0",
        "python": "3.13.5",
        "os": "Debian GNU/Linux 13 (trixie)",
        "model": "Raspberry Pi Zero 2 W Rev 1.0",
        "rtvi": "2.2.0",
        "started": "2026-11-23T07:58:12.120Z",
        "settings": "5f1d0c2a9b3e",
        "commands": [
            "disconnect",
            "mute",
            "hard_mute",
            "volume",
            "bot",
            "ring",
            "announce",
            "alarm",
            "timer",
            "reminder",
            "cancel_alarm",
            "silence_alarm",
            "alarms",
            "identify",
            "restart",
            "doctor",
            "bundle",
        ],
        "bots": ["kitchen", "doctor"],
        "buttons": ["red"],
        "boot": "9d2f41aa",
    },
    retained=True,
)
HEALTH = Topic(
    "health",
    "how the machine is, and how the last call was",
    f"every {HEALTH_PERIOD_S} s, and when a session has ended",
    {
        "uptime_s": 86400,
        "cpu_percent": 0.4,
        "memory_mb": 58.2,
        "temperature_c": 47.2,
        "throttled": [],
        "wifi_dbm": -58,
        "overruns": 0,
        "underruns": 0,
        "round_trip_ms": 18.2,
        "jitter_ms": 8.3,
        "loss_in_percent": 0.1,
        "last_connect_ms": 412,
        "sessions": 17,
        "failed": 1,
        "mqtt": {"connections": 3, "published": 512, "dropped": 0},
        "boot": "9d2f41aa",
    },
    retained=True,
    qos=0,
)
SOUND = Topic(
    "sound",
    "how the sound was in the last second",
    "once a second in a session",
    {
        "session": "1f0c6a2e",
        "mic_dbfs": -21.4,
        "speaker_dbfs": -96.0,
        "loss_in_percent": 2.1,
        "loss_out_percent": 0.4,
        "concealed_percent": 2.0,
        "jitter_ms": 8.3,
        "lag_ms": 21.7,
        "round_trip_ms": 18.2,
        "copies": 1,
        "overruns": 0,
        "underruns": 0,
        "echo_delay_ms": 52.5,
    },
    qos=0,
    expiry_s=5,
)
EVENT_BUTTON = Topic(
    "event/button",
    "a gesture on a button: `main` is `board.button`, others have their names in `board.buttons`",
    "at the moment, or never: while the broker is away, it is lost",
    {"event_type": "long_press", "button": "main", "held_ms": 1240},
    expiry_s=EVENT_EXPIRY_S,
)
EVENT_SESSION = Topic(
    "event/session",
    "what became of a session",
    "at the moment, or never",
    {"event_type": "ended", "session": "1f0c6a2e", "bot": "kitchen", "duration_s": 62.118, "reason": "hung_up"},
    expiry_s=EVENT_EXPIRY_S,
)
RING = Topic(
    "ring",
    "the rings: `state` is `idle`, `ringing`, `in call`, `call waiting` or `missed`; `current` rings or waits; "
    "`missed` are those since the last press, the oldest first",
    "with each change, and after each connection with the broker",
    {
        "state": "ringing",
        "current": {"id": "door-17", "reason": "Somebody is at the door", "bot": "kitchen", "until": None},
        "waiting": 1,
        "missed": [],
        "boot": "9d2f41aa",
    },
    retained=True,
)
EVENT_RING = Topic(
    "event/ring",
    "what became of a ring: `answered`, `declined` or `missed`; `ringing`: it was accepted",
    "at the moment, or never",
    {"event_type": "answered", "id": "door-17", "reason": "Somebody is at the door", "bot": "kitchen"},
    expiry_s=EVENT_EXPIRY_S,
)
ANNOUNCE = Topic(
    "announce",
    "the announcements: `state` is `idle`, `playing`, `playing (high)`, `busy` (a call is on, or it rings) or `busy, "
    "playing (high)`; `playing` is the one that is played; `last` the one that ended last",
    "with each change, and after each connection with the broker",
    {
        "state": "playing",
        "playing": {"id": "lunch-3", "priority": "normal", "text": "Lunch is ready"},
        "waiting": ["bath-1"],
        "last": {"id": "hour-2", "outcome": "failed", "reason": "the sound is no WAV, Ogg Opus or MP3 file"},
        "boot": "9d2f41aa",
    },
    retained=True,
)
ALARM = Topic(
    "alarm",
    "alarms, timers and reminders: `state` is `idle`, `ringing`, `waiting` (for the end of a call) or `missed`; `next` "
    "is the time of the next one; `alarms` are the next five of `total`; `missed` are the last three since the last "
    "press; with `clock_set` false the box doesn't know the time",
    "with each change, and after each connection with the broker",
    {
        "state": "ringing",
        "next": "2026-11-30T06:00:00Z",
        "alarms": [
            {
                "id": "wake",
                "kind": "alarm",
                "text": "School",
                "state": "ringing",
                "due": "2026-11-30T06:00:00Z",
                "weekdays": ["mon", "tue"],
                "seconds": None,
            }
        ],
        "total": 1,
        "missed": [],
        "clock_set": True,
        "boot": "9d2f41aa",
    },
    retained=True,
)
EVENT_ANNOUNCE = Topic(
    "event/announce",
    "what became of an announcement: `playing`, `waiting`; `played`, `stopped` (by a press), `failed`, `expired`",
    "at the moment, or never",
    {"event_type": "played", "id": "lunch-3", "reason": ""},
    expiry_s=EVENT_EXPIRY_S,
)
EVENT_ALARM = Topic(
    "event/alarm",
    "what became of an alarm, timer or reminder: `ringing`, `waiting`, `snoozed`, `stopped`, `missed` or `cancelled`",
    "at the moment, or never; of what happens at once, at most 20",
    {"event_type": "ringing", "id": "wake", "kind": "alarm", "text": "School"},
    expiry_s=EVENT_EXPIRY_S,
)
WAKE = Topic(
    "wake",
    "the wake words that the box listens for at this moment, by the names of their models, and the group in which one "
    "box answers",
    "with each change, and after each connection with the broker; not with `wake.group: null`",
    {"words": ["okay_nabu"], "group": "home", "boot": "9d2f41aa"},
    retained=True,
)
EVENT_WAKE = Topic(
    "event/wake",
    "a wake word was detected, with the detector's score and the level of the last second: of the boxes of a group the "
    "one with the best score answers",
    "at the moment, unless another box has answered already",
    {"event_type": "detected", "word": "okay_nabu", "score": 0.97, "level_dbfs": -31.2, "group": "home"},
    qos=0,
    expiry_s=5,
)
ALERT = Topic(
    "alert/{}",
    "something that is wrong, by its code; an empty message removes it when it is solved",
    "when it begins; when it is solved; after each connection with the broker",
    {
        "code": "no_microphone",
        "text": "There is no microphone 'plughw:CARD=U': is it plugged in?",
        "since": "2026-11-23T08:00:00.005Z",
        "help": "callbox doctor --only microphone",
        "boot": "9d2f41aa",
    },
    retained=True,
)
REQUEST = Topic(
    "request/{}",
    "a command, with a number of your choice that the answer brings back",
    "whenever you like; a retained one is refused",
    {"transaction": "42", "mute": True},
    incoming=True,
)
RESPONSE = Topic(
    "response/{}",
    "the answer to `request/NAME`",
    "after each request",
    {
        "status": "error",
        "transaction": "42",
        "error": {"code": "not_allowed", "text": "mqtt.allow_remote_connect is false"},
    },
    expiry_s=EVENT_EXPIRY_S,
)
SET = Topic(
    "{}/set",
    "a command as a bare word, for Home Assistant and for hands: `connect`, `disconnect`, `ON`, `OFF`, `70`, `PRESS`",
    "whenever you like; a retained one is refused",
    "ON",
    incoming=True,
)
LOOPBACK = Topic(
    "request/loopback",
    "a message of the box to itself, with its `boot`: if it came back before, and does no more, the box connects again",
    f"every {LOOPBACK_PERIOD_S} s",
    "9d2f41aa",
)
DISCOVERY = Topic(
    "device/callbox_{}/config",
    "the box's entities for Home Assistant, here cut short; in place of NAME the end of the hardware address",
    "after each connection with the broker; when Home Assistant has started; an empty message, if it is retained "
    "from earlier and `mqtt.homeassistant` is null now",
    {
        "device": {"identifiers": ["callbox_1a2b3c"], "name": "Kitchen", "sw_version": "0.1.0"},
        "origin": {"name": "callbox", "sw_version": "0.1.0"},
        "availability": [{"topic": "callbox/kitchen/status"}],
        "components": {"mute": {"platform": "switch", "command_topic": "callbox/kitchen/mute/set"}},
    },
    retained=True,
    homeassistant=True,
)
HA_BIRTH = Topic(
    "status",
    "`online`: Home Assistant has started; the box tells everything again, after a random pause of 0 to 5 s",
    "by Home Assistant itself",
    "online",
    incoming=True,
    homeassistant=True,
)

TOPICS = (
    *(
        STATUS,
        STATE,
        INFO,
        HEALTH,
        SOUND,
        EVENT_BUTTON,
        EVENT_SESSION,
        RING,
        EVENT_RING,
        ANNOUNCE,
        EVENT_ANNOUNCE,
        ALARM,
        EVENT_ALARM,
        WAKE,
        EVENT_WAKE,
        ALERT,
        REQUEST,
        RESPONSE,
        SET,
        LOOPBACK,
    ),
    *(DISCOVERY, HA_BIRTH),
)
"""All, in the order of the reference."""


@dataclass(frozen=True, slots=True)
class Publication:
    """One message to the broker."""

    topic: str
    payload: bytes
    qos: int
    retained: bool
    expiry_s: int | None = None

    @property
    def packet_bytes(self) -> int:
        """Upper bound of its PUBLISH packet, in bytes."""
        # Fixed header 5, topic length 2, packet identifier 2, properties 6 (MQTT 5, 3.3).
        return len(self.topic.encode()) + len(self.payload) + 15


@dataclass(frozen=True, slots=True)
class Topics:
    """The topics of one box."""

    prefix: str
    device_id: str
    discovery_prefix: str = "homeassistant"

    def of(self, topic: Topic, name: str = "") -> str:
        """The whole topic. `name` takes the place of ``{}``; ``+`` there makes a subscription."""
        before = self.discovery_prefix if topic.homeassistant else f"{self.prefix}/{self.device_id}"
        return f"{before}/{topic.suffix.replace('{}', name)}"

    def publication(self, topic: Topic, payload: Mapping[str, Any] | bytes, name: str = "") -> Publication:
        """`payload` on `topic`, as its row says."""
        body = payload if isinstance(payload, bytes) else encoded(payload)
        return Publication(self.of(topic, name), body, topic.qos, topic.retained, topic.expiry_s)

    def name_in(self, topic: Topic, whole: str) -> str | None:
        """Name that stands for ``{}`` in `whole`; None: it is no topic of this row and box."""
        before, after = self.of(topic, "\0").split("\0")
        name = whole[len(before) : len(whole) - len(after)]
        return name if whole == before + name + after and name and "/" not in name else None


def encoded(fields: Mapping[str, Any]) -> bytes:
    """JSON in UTF-8. A lone surrogate, which UTF-8 can't encode, becomes U+FFFD."""
    return encodable(json.dumps(fields, ensure_ascii=False)).encode()
