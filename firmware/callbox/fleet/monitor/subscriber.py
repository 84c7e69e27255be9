"""MQTT subscriber for a table of boxes; its end is an error, after which `reconnect_forever` tries again."""

import asyncio
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from callbox.fleet.monitor.model.box_state import MAX_PAYLOAD_BYTES, MqttMessage
from callbox.mqtt import paho_client
from callbox.mqtt.event_queue import EventQueue
from callbox.mqtt.model import topics
from callbox.mqtt.paho_client import Broker, BrokerError, Connected, Ended, Received, Subscribed

MAX_UNREAD_BYTES = 16 << 20
"""Of messages that wait for the table: what is retained of a large fleet comes at once."""


class Connection:
    """Connection of a subscriber. Event loop."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def subscribe(self, filters: Sequence[str], qos: int = 1) -> None:
        """Send SUBSCRIBE."""
        self._client.subscribe([(one, qos) for one in filters])

    def unsubscribe(self, filters: Sequence[str]) -> None:
        """Send UNSUBSCRIBE."""
        self._client.unsubscribe(list(filters))

    def publish(self, topic: str, payload: bytes) -> None:
        """Send PUBLISH with QoS 0, not retained."""
        self._client.publish(topic, payload)


async def subscribe(
    broker: Broker,
    patterns: Sequence[str],
    on_message: Callable[[MqttMessage], object],
    on_subscribed: Callable[[Connection], None] = lambda _: None,
    client_name: str | None = None,
    ask_topic: str | None = None,
) -> None:
    """One connection, until cancelled; the callbacks are called in the event loop.

    `on_subscribed` is called for each SUBACK: that of `patterns`, and those of what it subscribes to itself.
    `client_name`: end of the client id; None: random. `ask_topic`: of Home Assistant's birth message, which makes boxes
    report, and is published after each SUBACK; None: it is not. Raises `BrokerError` when it fails.
    """
    events = EventQueue(MAX_UNREAD_BYTES)
    client_id = f"callbox-watch-{client_name or uuid.uuid4().hex[:8]}"
    client = paho_client.new_client(broker, client_id, None, "", events.put)
    connection = Connection(client)
    try:
        paho_client.connect_in_thread(client, broker, events.put)
        while True:
            match await events.get():
                case Connected():
                    connection.subscribe(patterns)
                case Subscribed(denied):
                    if denied:
                        raise BrokerError(f"the broker at {broker.address} denies the subscription: {denied}")
                    if ask_topic:
                        connection.publish(ask_topic, topics.ONLINE)
                    on_subscribed(connection)
                case Received(topic, payload, retained, boot):
                    at = datetime.now(UTC)
                    on_message(MqttMessage(topic, payload[: MAX_PAYLOAD_BYTES + 1], retained, at, boot))
                case Ended(error):
                    raise BrokerError(str(error), error.end)
    finally:
        events.close()
        client.disconnect()
        paho_client.detach(client)
        # paho's thread ends by itself; joining it here would stop the event loop.
        await asyncio.to_thread(client.loop_stop)
