"""State of all boxes of a broker, folded from its messages. Pure; bounded, whatever is published there."""

import re
from collections.abc import Iterator
from datetime import datetime

from callbox.fleet.monitor.model.box_state import BoxState, MqttMessage, Presence
from callbox.fleet.monitor.model.render import BoxRow, row
from callbox.mqtt.model import topics
from callbox.mqtt.model.topics import Topic, Topics

MAX_BOXES = 100_000
_IDS = re.compile(r"[a-z0-9-]{1,32}")
"""As the settings allow `device.id`."""
SUBSCRIBED_TOPICS = (topics.STATUS, topics.STATE, topics.INFO, topics.HEALTH, topics.EVENT_BUTTON, topics.ALERT)
"""What a table is made of. `sound` comes a thousand times as often, and says nothing that a row shows."""
_MAX_NAME_CHARS = 64


class FleetState:
    """The boxes below `prefix`."""

    def __init__(self, prefix: str, max_boxes: int = MAX_BOXES) -> None:
        self._prefix = prefix
        self._max_boxes = max_boxes
        self._boxes: dict[str, BoxState] = {}
        self.ignored = 0
        """Messages that no row could be made of: a strange topic, or more boxes than fit."""

    def __contains__(self, device_id: object) -> bool:
        return device_id in self._boxes

    def __len__(self) -> int:
        return len(self._boxes)

    @property
    def subscriptions(self) -> list[str]:
        """Topic filters."""
        return [Topics(self._prefix, "+").of(topic, "+") for topic in SUBSCRIBED_TOPICS]

    def connected_again(self) -> None:
        """Expect what is retained to come again. Alerts that don't were removed meanwhile."""
        for box in self._boxes.values():
            box.clear_alerts()

    def apply(self, message: MqttMessage) -> str | None:
        """Take in one message. Returns the id of the box that it is about; None: of none.

        Whose `status` is removed from the broker (`callbox mqtt clean`) has been taken away, and is forgotten.
        """
        found = self.parse_topic(message.topic)
        if found is None:
            self.ignored += 1
            return None
        return self.fold(*found, message)

    def fold(self, device_id: str, kind: Topic, name: str, message: MqttMessage) -> str | None:
        """As `apply`, with what `parse_topic` found in the topic."""
        box = self._boxes.get(device_id)
        if box is None:
            if not message.payload:  # what was retained of a box that is gone has been removed
                return None
            if len(self._boxes) >= self._max_boxes:
                self.ignored += 1
                return None
            box = self._boxes[device_id] = BoxState(device_id, message.at)
        if kind is topics.STATUS and not message.payload:
            del self._boxes[device_id]
            return None
        box.apply(kind, name, message)
        return device_id

    def forget(self, device_id: str) -> None:
        """Drop the box, if it is there."""
        self._boxes.pop(device_id, None)

    def rows(self, now: datetime) -> list[BoxRow]:
        """All boxes by their ids, as they are at `now`."""
        return [row(self._boxes[device_id], now) for device_id in sorted(self._boxes)]

    def row(self, device_id: str, now: datetime) -> BoxRow:
        """One of them. Raises `KeyError` for one that was never heard of."""
        return row(self._boxes[device_id], now)

    def presence(self, device_id: str, now: datetime) -> Presence:
        """Of one box; UNKNOWN also for one that was never heard of."""
        box = self._boxes.get(device_id)
        return box.presence(now) if box else Presence.UNKNOWN

    def silent(self, now: datetime) -> Iterator[str]:
        """The boxes that say they are there, and are silent."""
        return (device_id for device_id, box in self._boxes.items() if box.presence(now) is Presence.SILENT)

    def parse_topic(self, topic: str) -> tuple[str, Topic, str] | None:
        """Id of the box, row, and what stands for ``{}`` there; None: it is no topic that a table is made of."""
        start = self._prefix + "/"
        device_id, _, rest = topic.removeprefix(start).partition("/")
        if not topic.startswith(start) or not _IDS.fullmatch(device_id) or len(rest) > _MAX_NAME_CHARS:
            return None
        for kind in SUBSCRIBED_TOPICS:
            if rest == kind.suffix:
                return device_id, kind, ""
        name = Topics(self._prefix, device_id).name_in(topics.ALERT, topic)
        return (device_id, topics.ALERT, name) if name else None
