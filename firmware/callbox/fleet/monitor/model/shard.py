"""Share of one member: several exporters divide the boxes of a broker among them. Pure, and without a clock.

Members know each other by heartbeats on a topic that is not retained, so that it works on every broker. A member
receives its own too, and counts time by them: another one is alive until `MISSED_HEARTBEATS` of one's own have come
without one of its. So a member that was stopped, or that is behind with reading, declares none dead.

Ids of boxes fall into `SLOTS`, and each slot has an owner among the living members by rendezvous hashing: whoever
goes or comes moves its own slots only. All members read every box's `status`, which is rare, and keep it; the
other topics a member subscribes to for its own boxes only, so that the broker divides the messages.

A cluster may hand nothing that is retained to who subscribes later: a member that takes over a box tells its presence
by the `status` that it has kept, and the rest when the box reports.
"""

import re
import zlib
from collections import deque
from collections.abc import Collection
from datetime import datetime
from hashlib import blake2b
from typing import NamedTuple

from callbox.fleet.monitor.model.box_state import MqttMessage
from callbox.fleet.monitor.model.fleet_state import SUBSCRIBED_TOPICS, FleetState
from callbox.mqtt.model import topics
from callbox.mqtt.model.topics import Topics

HEARTBEAT_S = 2.0
"""Between two heartbeats of a member."""
MISSED_HEARTBEATS = 5
"""Heartbeats of one's own without one of another member, after which that is dead."""
JOIN_HEARTBEATS = 3
"""Own heartbeats that a member receives before it takes its share: by then all living ones have been heard."""
ASK_HEARTBEATS = 4
"""Own heartbeats between two requests that all boxes report, longer than `topics.MAX_BIRTH_PAUSE_S`."""
SLOTS = 4096
MAX_MEMBERS = 64
MAX_IDS = 1_000_000
"""Ids that are kept, of all boxes of the broker."""
MAX_ID_BYTES = 256
"""Of a box that another member holds. tests/unit/fleet/test_memory.py measures it."""
BOXES_AT_ONCE = 16
"""Of one SUBSCRIBE: 96 topic filters, below 16 KiB."""
NAMES = re.compile(r"[a-z0-9-]{1,32}")
"""Names of members."""


def slot(device_id: str) -> int:
    """Slot of a box, 0 to `SLOTS` - 1."""
    return zlib.crc32(device_id.encode()) % SLOTS


def owner(number: int, members: Collection[str]) -> str:
    """The one of `members` that holds the slot `number`."""
    return max(members, key=lambda name: blake2b(f"{number} {name}".encode(), digest_size=8).digest())


def share(name: str, members: Collection[str]) -> frozenset[int]:
    """The slots that `name` holds, which is one of `members`."""
    return frozenset(number for number in range(SLOTS) if owner(number, members) == name)


class Membership:
    """Living members, as the member `name` knows them."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.own_heartbeats = 0
        """That the broker has delivered."""
        self._missed: dict[str, int] = {}
        """Of each other living member, the heartbeats of our own since its last one."""

    @property
    def joined(self) -> bool:
        """Whether all living members have been heard."""
        return self.own_heartbeats >= JOIN_HEARTBEATS

    @property
    def receives_itself(self) -> bool:
        """Whether the broker delivers this member's heartbeats."""
        return self.own_heartbeats > 0

    @property
    def living(self) -> frozenset[str]:
        """Names, this member's among them."""
        return frozenset((self.name, *self._missed))

    def heartbeat(self, name: str) -> None:
        """Take in a heartbeat of `name`. More than `MAX_MEMBERS` are not known."""
        if name == self.name:
            self.own_heartbeats += 1
            missed = {other: count + 1 for other, count in self._missed.items()}
            self._missed = {other: count for other, count in missed.items() if count < MISSED_HEARTBEATS}
        elif NAMES.fullmatch(name) and (name in self._missed or len(self._missed) < MAX_MEMBERS - 1):
            self._missed[name] = 0


class FilterChange(NamedTuple):
    """Topic filters for one SUBSCRIBE and one UNSUBSCRIBE."""

    subscribe: list[str]
    unsubscribe: list[str]
    qos: int


class Shard:
    """Boxes below `prefix` that the member `name` holds, within one connection with the broker.

    `statuses`: by id, whether a box is online, of all boxes; kept up to date here. None: none is known from before.
    """

    def __init__(self, prefix: str, name: str, statuses: dict[str, bool] | None = None) -> None:
        self.table = FleetState(prefix)
        """The member's own boxes."""
        self.membership = Membership(name)
        self.heartbeat_topic = f"{prefix}-watch/{name}"
        self._prefix = prefix
        self._members: frozenset[str] = frozenset()
        self._slots: frozenset[int] = frozenset()
        self._reads_status = False
        self._wants_reports = False
        self._requested_at: int | None = None
        """In own heartbeats."""
        self._statuses: dict[str, bool] = {} if statuses is None else statuses
        self._subscribed: set[str] = set()
        self._changed: deque[str] = deque()
        """Ids whose topics may have to be subscribed to, or no more."""

    @property
    def subscriptions(self) -> list[str]:
        """Topic filter at the beginning of the connection: of heartbeats. Boxes' follow when one has come back."""
        return [f"{self._prefix}-watch/+"]

    @property
    def settled(self) -> bool:
        """Whether the member holds its whole share, as far as it has heard of boxes."""
        return self.membership.joined and not self._changed

    def apply(self, message: MqttMessage) -> None:
        """Take in one message: a heartbeat, or one of a box."""
        watch = f"{self._prefix}-watch/"
        if message.topic.startswith(watch):
            if not message.retained:  # a member retains none
                self.membership.heartbeat(message.topic.removeprefix(watch))
                self._divide(message.at)
            return
        parsed = self.table.parse_topic(message.topic)
        if parsed is None:
            self.table.ignored += 1
            return
        device_id, kind, name = parsed
        if kind is topics.STATUS:
            self._note_status(device_id, message.payload)
        if slot(device_id) in self._slots:
            self.table.fold(device_id, kind, name, message)

    def next_change(self) -> FilterChange | None:
        """Next filters to subscribe to, for at most `BOXES_AT_ONCE` boxes, and to unsubscribe; None: there are none."""
        if self.membership.receives_itself and not self._reads_status:
            self._reads_status = self._wants_reports = True
            return FilterChange([Topics(self._prefix, "+").of(topics.STATUS)], [], 1)
        subscribe: list[str] = []
        unsubscribe: list[str] = []
        while self._changed and len(subscribe) + len(unsubscribe) < BOXES_AT_ONCE * len(SUBSCRIBED_TOPICS):
            device_id = self._changed.popleft()
            wanted = device_id in self._statuses and slot(device_id) in self._slots
            if wanted != (device_id in self._subscribed):
                self._subscribed ^= {device_id}
                (subscribe if wanted else unsubscribe).extend(_filters(self._prefix, device_id))
        return FilterChange(subscribe, unsubscribe, 0) if subscribe or unsubscribe else None

    def asks_boxes(self) -> bool:
        """Whether all boxes are to report now, if the broker hands out nothing that is retained.

        Once when every `status` is read, and once when the share has grown; not within `ASK_HEARTBEATS` of the last
        time, and so not before the boxes that this has told of are subscribed to.
        """
        heartbeats = self.membership.own_heartbeats
        too_early = self._requested_at is not None and heartbeats < self._requested_at + ASK_HEARTBEATS
        if not self._wants_reports or self._changed or too_early:
            return False
        self._wants_reports, self._requested_at = False, heartbeats
        return True

    def _note_status(self, device_id: str, payload: bytes) -> None:
        known = device_id in self._statuses
        if payload and not known and len(self._statuses) >= MAX_IDS:
            self.table.ignored += 1
            return
        if not payload:
            self._statuses.pop(device_id, None)
        elif not known or payload in (topics.ONLINE, topics.OFFLINE):
            self._statuses[device_id] = payload == topics.ONLINE
        if known != bool(payload) and slot(device_id) in self._slots:
            self._changed.append(device_id)

    def _divide(self, at: datetime) -> None:
        members = self.membership.living
        if not self.membership.joined or members == self._members:
            return
        before, self._members = self._slots, members
        self._slots = share(self.membership.name, members)
        moved = before ^ self._slots
        self._wants_reports = self._wants_reports or bool(self._slots - before)
        for device_id, online in self._statuses.items():
            if (number := slot(device_id)) in moved:
                self._changed.append(device_id)
                if number in before:
                    self.table.forget(device_id)
                else:
                    payload = topics.ONLINE if online else topics.OFFLINE
                    self.table.fold(device_id, topics.STATUS, "", MqttMessage("", payload, True, at))


def _filters(prefix: str, device_id: str) -> list[str]:
    return [Topics(prefix, device_id).of(topic, "+") for topic in SUBSCRIBED_TOPICS]
