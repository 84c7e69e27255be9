"""Decides what a box tells, and when. Pure: the simulated boxes of `callbox simulate` tell by it too."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from callbox.audio.stats import AudioStats
from callbox.control.faults import Problem
from callbox.control.status import Status
from callbox.mqtt.model import payloads, topics
from callbox.mqtt.model.payloads import SessionLog
from callbox.mqtt.model.topics import Publication, Topics
from callbox.system.host_metrics import Vitals
from callbox_device.model.gestures import Gesture


@dataclass(frozen=True, slots=True)
class Timestamp:
    """Now, by both clocks: the wall's may leap."""

    utc: datetime
    monotonic_s: float

    def after(self, seconds: float) -> "Timestamp":
        """`seconds` later."""
        return Timestamp(self.utc + timedelta(seconds=seconds), self.monotonic_s + seconds)


@dataclass(frozen=True, slots=True)
class MqttCounters:
    """What went to the broker since the box started."""

    connections: int = 0
    published: int = 0
    dropped: int = 0
    """Events that nobody was there for."""


class BoxPublications:
    """What one box has told, and what there is to tell. Each method returns what is to be published, in this order.

    `discovery`: the box for Home Assistant. With an empty payload it isn't told, and what an earlier life has told is
    taken away, where it is found. None: no word about it.
    """

    def __init__(
        self, topics_: Topics, boot: str, info: Mapping[str, Any], now: Timestamp, discovery: Publication | None = None
    ) -> None:
        self.topics = topics_
        self._discovery = [discovery] if discovery and discovery.payload else []
        self._withdrawal = discovery if discovery and not discovery.payload else None
        self._boot = boot
        self._began = now
        self._info = {**info, "started": payloads.utc(now.utc), "boot": boot}
        self._seq = 0
        self._fields = payloads.state(Status())
        self._since = now.utc
        self._alerts: dict[str, tuple[Problem, datetime]] = {}
        self._diary = SessionLog()
        self._sound: AudioStats | None = None
        self._health: Publication | None = None

    # -- what happens in the box ---------------------------------------------------------------------

    def status(self, status: Status, now: Timestamp) -> list[Publication]:
        """The box's status is this now."""
        told = []
        fields = payloads.state(status)
        if fields != self._fields:
            self._fields, self._since = fields, now.utc
            told.append(self._state())
        told += self._raise_alerts(status.problem, now)
        self._diary, events = payloads.advance(self._diary, status, now.monotonic_s)
        return told + [self.topics.publication(topics.EVENT_SESSION, event) for event in events]

    def gesture(self, gesture: Gesture) -> list[Publication]:
        """A finger did something."""
        event = payloads.button_event(gesture)
        return [self.topics.publication(topics.EVENT_BUTTON, event)] if event else []

    def second(self, sound: AudioStats) -> list[Publication]:
        """A second of a session is over."""
        self._sound = sound
        return [self.topics.publication(topics.SOUND, payloads.sound(sound, self._fields["session"]))]

    def health(self, vitals: Vitals, traffic: MqttCounters, now: Timestamp) -> list[Publication]:
        """How the machine is."""
        sound = self._sound
        fields = {
            "uptime_s": round(now.monotonic_s - self._began.monotonic_s),
            **asdict(vitals),
            "overruns": sound.overruns if sound else 0,
            "underruns": sound.underruns if sound else 0,
            "round_trip_ms": sound.round_trip_ms if sound else None,
            "jitter_ms": sound.jitter_ms if sound else None,
            "loss_in_percent": sound.loss_in_percent if sound else None,
            "last_connect_ms": self._diary.last_connect_ms,
            "sessions": self._diary.sessions,
            "failed": self._diary.failed,
            "mqtt": asdict(traffic),
            "boot": self._boot,
        }
        self._health = self.topics.publication(topics.HEALTH, fields)
        return [self._health]

    # -- what happens with the broker ------------------------------------------------------------------

    def hello(self) -> list[Publication]:
        """There is a connection: first what is so, then that somebody is there. Who sees `online` finds nothing old."""
        health = [self._health] if self._health else []
        alerts = [self._alert(problem, since) for problem, since in self._alerts.values()]
        online = self.topics.publication(topics.STATUS, topics.ONLINE)
        info = self.topics.publication(topics.INFO, self._info)
        return [info, *self._discovery, self._state(), *alerts, *health, online]

    def goodbye(self) -> list[Publication]:
        """The connection will be closed. Also what the broker says for us if it breaks: the last will."""
        return [self.topics.publication(topics.STATUS, topics.OFFLINE)]

    def read_back(self, topic: str, payload: bytes) -> list[Publication]:
        """The broker tells us what is retained of our own."""
        if topic == self.topics.of(topics.STATUS) and payload != topics.ONLINE:
            # The will of a connection before this one, delivered late.
            return [self.topics.publication(topics.STATUS, topics.ONLINE)]
        if self._withdrawal and topic == self._withdrawal.topic and payload:
            return [self._withdrawal]
        code = self.topics.name_in(topics.ALERT, topic)
        if code and payload and code not in self._alerts:  # of a life before this one
            return [self.topics.publication(topics.ALERT, b"", code)]
        return []

    def is_birth(self, topic: str, payload: bytes) -> bool:
        """Whether Home Assistant says that it has started: then it wants to hear everything again."""
        return bool(self._discovery) and topic == self.topics.of(topics.HA_BIRTH) and payload == topics.ONLINE

    @property
    def reads_back(self) -> list[str]:
        """What a box subscribes to, beside commands: its own, and Home Assistant's start."""
        births = [self.topics.of(topics.HA_BIRTH)] if self._discovery else []
        withdrawn = [self._withdrawal.topic] if self._withdrawal else []
        return [self.topics.of(topics.STATUS), self.topics.of(topics.ALERT, "+"), *births, *withdrawn]

    def _state(self) -> Publication:
        self._seq += 1
        stamp = {"since": payloads.utc(self._since), "seq": self._seq, "boot": self._boot}
        return self.topics.publication(topics.STATE, {**self._fields, **stamp})

    def _raise_alerts(self, problem: Problem | None, now: Timestamp) -> list[Publication]:
        told = []
        for code in [code for code in self._alerts if problem is None or code != problem.code]:
            del self._alerts[code]
            told.append(self.topics.publication(topics.ALERT, b"", code))
        if problem and self._alerts.get(problem.code, (None,))[0] != problem:
            since = self._alerts[problem.code][1] if problem.code in self._alerts else now.utc
            self._alerts[problem.code] = problem, since
            told.append(self._alert(problem, since))
        return told

    def _alert(self, problem: Problem, since: datetime) -> Publication:
        return self.topics.publication(topics.ALERT, payloads.alert(problem, since, self._boot), problem.code)
