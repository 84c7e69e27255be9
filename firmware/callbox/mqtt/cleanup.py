"""Removes what a box has left behind at a broker. Blocks, so call it in a thread."""

import time
from dataclasses import dataclass, replace

from callbox.mqtt.blocking_client import RESPONSE_TIMEOUT_S, BlockingClient, ReceivedMessage
from callbox.mqtt.model import topics
from callbox.mqtt.model.topics import Topics
from callbox.mqtt.paho_client import Broker, BrokerError

RETAINED_GAP_S = 0.7
"""When nothing has come for so long, all that is retained has been heard."""


@dataclass(frozen=True, slots=True)
class CleanupResult:
    """What became of it."""

    removed: tuple[str, ...]
    """Topics."""
    left: tuple[str, ...]
    """The broker did not let us read, or remove, these."""
    is_online: bool
    """Whether the box was there, and so will tell it again."""


def clean(broker: Broker, topics_: Topics) -> CleanupResult:
    """Remove every retained message below the box's topic, and what Home Assistant was told of these topics.

    Raises `BrokerError` when the broker can't be used.
    """
    with BlockingClient(broker, "clean") as visitor:
        told = visitor.log_in()
        if told.login_ms is None:
            why = told.refused or told.lost or "it doesn't greet back"
            raise BrokerError(f"no connection to the broker at {broker.place}: {why}")
        patterns = (f"{topics_.prefix}/{topics_.device_id}/#", f"{topics_.discovery_prefix}/device/+/config")
        unread = tuple(pattern for pattern in patterns if not visitor.subscribe(pattern))
        cleaned = _remove(visitor, topics_)
    return replace(cleaned, left=unread + cleaned.left)


def _remove(visitor: BlockingClient, topics_: Topics) -> CleanupResult:
    found = {heard.topic: heard for heard in _retained(visitor) if _belongs_to(topics_, heard)}
    # First the entities, then what they would show: an empty state is an error to them.
    for topic in sorted(found, key=lambda topic: topics_.name_in(topics.DISCOVERY, topic) is None):
        visitor.publish(topic, b"", retained=True)
    # What is removed comes back to us as an empty message; what we may not write doesn't.
    removed: set[str] = set()
    give_up_s = time.monotonic() + RESPONSE_TIMEOUT_S
    while removed != set(found) and (heard := visitor.next(give_up_s - time.monotonic())):
        if heard.topic in found and not heard.payload:
            removed.add(heard.topic)
    status = found.get(topics_.of(topics.STATUS))
    return CleanupResult(
        tuple(topic for topic in found if topic in removed),
        tuple(topic for topic in found if topic not in removed),
        status is not None and status.payload == topics.ONLINE,
    )


def _retained(visitor: BlockingClient) -> list[ReceivedMessage]:
    all_: list[ReceivedMessage] = []
    give_up_s = time.monotonic() + RESPONSE_TIMEOUT_S  # a box in a call is never quiet
    while heard := visitor.next(min(RETAINED_GAP_S, give_up_s - time.monotonic())):
        if heard.retained and heard.payload:
            all_.append(heard)
    return all_


def _belongs_to(topics_: Topics, heard: ReceivedMessage) -> bool:
    """Whether it is below the box's topic, or tells Home Assistant of it: of this name, on whatever hardware."""
    if heard.topic.startswith(f"{topics_.discovery_prefix}/device/"):
        is_callbox = topics_.name_in(topics.DISCOVERY, heard.topic) is not None
        return is_callbox and f'"{topics_.of(topics.STATUS)}"'.encode() in heard.payload
    return heard.topic.startswith(f"{topics_.prefix}/{topics_.device_id}/")
