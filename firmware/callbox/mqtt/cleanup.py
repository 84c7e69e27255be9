"""Removal of a box's retained messages from a broker. Blocks, so call it in a thread."""

import time
from dataclasses import dataclass, replace

from callbox.mqtt.blocking_client import RESPONSE_TIMEOUT_S, RETAINED_GAP_S, BlockingClient
from callbox.mqtt.model import topics
from callbox.mqtt.model.topics import Topics
from callbox.mqtt.paho_client import Broker, Received


@dataclass(frozen=True, slots=True)
class CleanupResult:
    """The result of `clean`."""

    removed: tuple[str, ...]
    """Topics."""
    left: tuple[str, ...]
    """Topics, or subscription filters, that the broker denied reading or removing."""
    is_online: bool
    """Whether the box was online, and will publish them again."""


def clean(broker: Broker, topics_: Topics) -> CleanupResult:
    """Remove every retained message below the box's topic, and its Home Assistant discovery messages.

    Raises `BrokerError` when the broker can't be used.
    """
    with BlockingClient(broker, "clean") as client:
        client.log_in()
        patterns = (f"{topics_.prefix}/{topics_.device_id}/#", f"{topics_.discovery_prefix}/device/+/config")
        unread = tuple(pattern for pattern in patterns if not client.subscribe(pattern))
        cleaned = _remove(client, topics_)
    return replace(cleaned, left=unread + cleaned.left)


def _remove(client: BlockingClient, topics_: Topics) -> CleanupResult:
    found = _retained(client, topics_)
    # First the discovery messages: an entity that is still there logs an error for an empty state.
    for topic in sorted(found, key=lambda topic: topics_.name_in(topics.DISCOVERY, topic) is None):
        client.publish(topic, b"", retained=True)
    # A removal is delivered to us as an empty message; one that the broker denies is not.
    removed: set[str] = set()
    deadline_s = time.monotonic() + RESPONSE_TIMEOUT_S
    while removed != set(found) and (message := client.next(deadline_s - time.monotonic())):
        if message.topic in found and not message.payload:
            removed.add(message.topic)
    status = found.get(topics_.of(topics.STATUS))
    return CleanupResult(
        tuple(topic for topic in found if topic in removed),
        tuple(topic for topic in found if topic not in removed),
        status is not None and status.payload == topics.ONLINE,
    )


def _retained(client: BlockingClient, topics_: Topics) -> dict[str, Received]:
    found: dict[str, Received] = {}
    deadline_s = time.monotonic() + RESPONSE_TIMEOUT_S  # a box in a call publishes every second
    while message := client.next(min(RETAINED_GAP_S, deadline_s - time.monotonic())):
        if message.retained and message.payload and _belongs_to(topics_, message):
            found[message.topic] = message
    return found


def _belongs_to(topics_: Topics, message: Received) -> bool:
    """Whether `message` is below the box's topic, or a discovery message for it (this device id, any hardware)."""
    if message.topic.startswith(f"{topics_.discovery_prefix}/device/"):
        is_callbox = topics_.name_in(topics.DISCOVERY, message.topic) is not None
        return is_callbox and f'"{topics_.of(topics.STATUS)}"'.encode() in message.payload
    return message.topic.startswith(f"{topics_.prefix}/{topics_.device_id}/")
