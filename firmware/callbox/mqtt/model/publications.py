"""Publications of a box, and when. Pure; the simulated boxes of `callbox simulate` use it too."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from callbox.audio.stats import AudioStats
from callbox.control.alarm_overview import AlarmOverview
from callbox.control.announcements import Announcements
from callbox.control.faults import Fault, Problem
from callbox.control.rings import Rings
from callbox.control.status import Status
from callbox.mqtt.model import payloads, topics
from callbox.mqtt.model.payloads import SessionLog
from callbox.mqtt.model.topics import Publication, Topics
from callbox.system.host_metrics import HostMetrics
from callbox_device.interfaces import MAIN_BUTTON
from callbox_device.model.gestures import Gesture

_MIN_STEP = timedelta(seconds=2)
"""Smaller ones are the drift of a clock that is kept right."""
_CODES = frozenset(fault.code for fault in Fault)
"""Of a box's alerts. Others may publish as many more as they like: those are left alone."""


@dataclass(frozen=True, slots=True)
class Timestamp:
    """UTC, and the monotonic clock in s: the wall clock may jump."""

    utc: datetime
    monotonic_s: float

    def after(self, seconds: float) -> "Timestamp":
        """`seconds` later."""
        return Timestamp(self.utc + timedelta(seconds=seconds), self.monotonic_s + seconds)


@dataclass(frozen=True, slots=True)
class MqttCounters:
    """Counters since the box started."""

    connections: int = 0
    published: int = 0
    dropped: int = 0
    """Events that were not sent: no connection, or the in-flight window was full."""


@dataclass(slots=True)
class BoxHistory:
    """Start of the box, and its sessions since; publications with reloaded settings go on with it."""

    started: Timestamp
    sessions: SessionLog = field(default_factory=SessionLog)


class BoxPublications:
    """State of a box's topics. Each method returns what to publish, in this order.

    `discovery`: Home Assistant's discovery message. Empty payload: not published, and one that is retained from an
    earlier boot is removed. None: discovery is left alone. `wake`: wake words, and their group; None: other boxes learn
    of none, and what is retained of them from an earlier boot is removed. `history`: of the publications before these;
    None: the box starts now.
    """

    def __init__(
        self,
        topics_: Topics,
        boot: str,
        info: Mapping[str, Any],
        now: Timestamp,
        discovery: Publication | None = None,
        wake: tuple[Sequence[str], str] | None = None,
        history: BoxHistory | None = None,
    ) -> None:
        self.topics = topics_
        self._discovery = [discovery] if discovery and discovery.payload else []
        self._withdrawal = discovery if discovery and not discovery.payload else None
        self._boot = boot
        self.history = history or BoxHistory(now)
        self._info = self._info_fields(info)
        self._seq = 0
        self._fields = payloads.state(Status())
        self._since = now.utc
        self._rings = Rings()
        self._announcements = Announcements()
        self._alarms = AlarmOverview()
        self._alerts: dict[str, tuple[Problem, datetime]] = {}
        self._wake, self._is_listening = wake, False
        self._sound: AudioStats | None = None
        self._health: Publication | None = None
        self._info_came_back = self._other_box_reported = False
        self._foreign_infos = 0
        """Retained `info` of other boots, one after the other, since the own one came back."""

    # -- events of the box ---------------------------------------------------------------------------

    def follow_clock(self, now: Timestamp) -> list[Publication]:
        """Publications with other times, if the wall clock was set since, as it is without a real-time clock."""
        started = self.history.started
        step = now.utc - started.after(now.monotonic_s - started.monotonic_s).utc
        if abs(step) < _MIN_STEP:
            return []
        self.history.started = replace(started, utc=started.utc + step)
        self._info = self._info_fields(self._info)
        self._since += step
        self._alerts = {code: (problem, since + step) for code, (problem, since) in self._alerts.items()}
        alerts = [self._alert(problem, since) for problem, since in self._alerts.values()]
        return [self.topics.publication(topics.INFO, self._info), self._state(), *alerts]

    def status(self, status: Status, now: Timestamp) -> list[Publication]:
        """Publications for a new status."""
        published = []
        fields = payloads.state(status)
        if fields != self._fields:
            self._fields, self._since = fields, now.utc
            published.append(self._state())
        if self._wake and status.wake_word != self._is_listening:
            self._is_listening = status.wake_word
            published += self._wake_words()
        if status.rings != self._rings:
            events = payloads.ring_events(self._rings, status.rings)
            self._rings = status.rings
            published += [self._ring(), *(self.topics.publication(topics.EVENT_RING, event) for event in events)]
        if status.announcements != self._announcements:
            events = payloads.announce_events(self._announcements, status.announcements)
            self._announcements = status.announcements
            published += [self._announce(), *(self.topics.publication(topics.EVENT_ANNOUNCE, one) for one in events)]
        if status.alarms != self._alarms:
            self._alarms = status.alarms
            events = payloads.alarm_events(status.alarms)
            published += [
                self._alarm_overview(),
                *(self.topics.publication(topics.EVENT_ALARM, event) for event in events),
            ]
        published += self._raise_alerts(status.problem, now)
        self.history.sessions, events = payloads.advance(self.history.sessions, status, now.monotonic_s)
        return published + [self.topics.publication(topics.EVENT_SESSION, event) for event in events]

    def info(self, info: Mapping[str, Any]) -> list[Publication]:
        """Publication of who the box is, with other settings; none, if that has not changed."""
        fields = self._info_fields(info)
        if fields == self._info:
            return []
        self._info = fields
        return [self.topics.publication(topics.INFO, fields)]

    def _info_fields(self, info: Mapping[str, Any]) -> dict[str, Any]:
        return {**info, "started": payloads.utc(self.history.started.utc), "boot": self._boot}

    def gesture(self, gesture: Gesture, button: str = MAIN_BUTTON) -> list[Publication]:
        """Publication of an event of the button of this name, if `gesture` has one."""
        event = payloads.button_event(gesture, button)
        return [self.topics.publication(topics.EVENT_BUTTON, event)] if event else []

    def sound_stats(self, sound: AudioStats) -> list[Publication]:
        """Publication of one second of a session's audio statistics."""
        self._sound = sound
        return [self.topics.publication(topics.SOUND, payloads.sound(sound, self._fields["session"]))]

    def health(self, metrics: HostMetrics, counters: MqttCounters, now: Timestamp) -> list[Publication]:
        """Publication of the host's metrics and the counters."""
        sound = self._sound
        fields = {
            "uptime_s": round(now.monotonic_s - self.history.started.monotonic_s),
            **asdict(metrics),
            "overruns": sound.overruns if sound else 0,
            "underruns": sound.underruns if sound else 0,
            "round_trip_ms": sound.round_trip_ms if sound else None,
            "jitter_ms": sound.jitter_ms if sound else None,
            "loss_in_percent": sound.loss_in_percent if sound else None,
            "last_connect_ms": self.history.sessions.last_connect_ms,
            "sessions": self.history.sessions.sessions,
            "failed": self.history.sessions.failed,
            "mqtt": asdict(counters),
            "boot": self._boot,
        }
        self._health = self.topics.publication(topics.HEALTH, fields)
        return [self._health]

    # -- events of the connection ----------------------------------------------------------------------

    def on_connect(self) -> list[Publication]:
        """Publish everything that is retained, then `online`: who sees `online` finds nothing outdated."""
        health = [self._health] if self._health else []
        alerts = [self._alert(problem, since) for problem, since in self._alerts.values()]
        online = self.topics.publication(topics.STATUS, topics.ONLINE)
        info = self.topics.publication(topics.INFO, self._info)
        rung = [self._ring(), self._announce(), self._alarm_overview(), *self._wake_words()]
        return [info, *self._discovery, self._state(), *rung, *alerts, *health, online]

    def last_will(self) -> list[Publication]:
        """`offline`: the last will, and the last publication before DISCONNECT."""
        return [self.topics.publication(topics.STATUS, topics.OFFLINE)]

    def on_own_retained(self, topic: str, payload: bytes) -> list[Publication]:
        """Corrections to what the broker has retained of this box."""
        if topic == self.topics.of(topics.STATUS) and payload != topics.ONLINE:
            # The will of an earlier connection, delivered late.
            return [self.topics.publication(topics.STATUS, topics.ONLINE)]
        if self._withdrawal and topic == self._withdrawal.topic and payload:
            return [self._withdrawal]
        if topic == self.topics.of(topics.WAKE) and payload and not self._wake:
            return [self.topics.publication(topics.WAKE, b"")]
        code = self.topics.name_in(topics.ALERT, topic)
        if code in _CODES and payload and code not in self._alerts:  # of an earlier boot
            return [self.topics.publication(topics.ALERT, b"", code)]
        return []

    def is_ha_birth(self, topic: str, payload: bytes) -> bool:
        """Whether this is Home Assistant's birth message: then everything is published again."""
        return bool(self._discovery) and topic == self.topics.of(topics.HA_BIRTH) and payload == topics.ONLINE

    @property
    def loopback(self) -> Publication:
        """Message of this box to itself."""
        return self.topics.publication(topics.LOOPBACK, self._boot.encode())

    @property
    def own_subscriptions(self) -> list[str]:
        """Topic filters beside the commands': own retained topics, and Home Assistant's birth."""
        births = [self.topics.of(topics.HA_BIRTH)] if self._discovery else []
        withdrawn = [self._withdrawal.topic] if self._withdrawal else []
        own = [self.topics.of(topics.STATUS), self.topics.of(topics.INFO), self.topics.of(topics.ALERT, "+")]
        return [*own, *births, *withdrawn, *([] if self._wake else [self.topics.of(topics.WAKE)])]

    def other_box(self, info: bytes, *, retained: bool) -> str | None:
        """Warning, once, that another box has the same id, by `info` received on the own topic; None: none has.

        Two boxes with one id disconnect each other, and each finds the other's retained `info` where it had published
        its own. A broker that restored an old copy does that once, so it must happen twice in a row.
        """
        boot, name = payloads.boot_and_name(info)
        if boot is None:
            return None
        if boot == self._boot:
            self._info_came_back = True
            self._foreign_infos = 0 if retained else self._foreign_infos
            return None
        self._foreign_infos += (1 if retained else 2) if self._info_came_back else 0
        if self._foreign_infos < 2 or self._other_box_reported:
            return None
        self._other_box_reported = True
        place = f"{self.topics.prefix}/{self.topics.device_id}"
        return f"Another box ({name}) publishes as {place} too: give each box a device.id of its own"

    def _state(self) -> Publication:
        self._seq += 1
        stamp = {"since": payloads.utc(self._since), "seq": self._seq, "boot": self._boot}
        return self.topics.publication(topics.STATE, {**self._fields, **stamp})

    def _ring(self) -> Publication:
        return self.topics.publication(topics.RING, {**payloads.rings(self._rings), "boot": self._boot})

    def _announce(self) -> Publication:
        fields = payloads.announcements(self._announcements)
        return self.topics.publication(topics.ANNOUNCE, {**fields, "boot": self._boot})

    def _alarm_overview(self) -> Publication:
        return self.topics.publication(topics.ALARM, {**payloads.alarms(self._alarms), "boot": self._boot})

    def _wake_words(self) -> list[Publication]:
        if self._wake is None:
            return []
        words, group = self._wake
        fields = {"words": list(words) if self._is_listening else [], "group": group, "boot": self._boot}
        return [self.topics.publication(topics.WAKE, fields)]

    def _raise_alerts(self, problem: Problem | None, now: Timestamp) -> list[Publication]:
        published = []
        for code in [code for code in self._alerts if problem is None or code != problem.code]:
            del self._alerts[code]
            published.append(self.topics.publication(topics.ALERT, b"", code))
        if problem and self._alerts.get(problem.code, (None,))[0] != problem:
            since = self._alerts[problem.code][1] if problem.code in self._alerts else now.utc
            self._alerts[problem.code] = problem, since
            published.append(self._alert(problem, since))
        return published

    def _alert(self, problem: Problem, since: datetime) -> Publication:
        return self.topics.publication(topics.ALERT, payloads.alert(problem, since, self._boot), problem.code)
