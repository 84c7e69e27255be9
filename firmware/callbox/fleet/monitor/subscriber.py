"""MQTT subscriber for a table of boxes; its end is an error, after which `reconnect_forever` tries again."""

import asyncio
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from callbox.fleet.monitor.model.box_state import MAX_PAYLOAD_BYTES, MqttMessage
from callbox.mqtt import paho_client
from callbox.mqtt.event_queue import EventQueue
from callbox.mqtt.paho_client import Broker, BrokerError, Connected, Ended, Received, Subscribed

MAX_UNREAD_BYTES = 16 << 20
"""Of messages that wait for the table: what is retained of a large fleet comes at once."""


async def subscribe(
    broker: Broker,
    patterns: Sequence[str],
    on_message: Callable[[MqttMessage], None],
    on_connected: Callable[[], None] = lambda: None,
) -> None:
    """One connection that never publishes, until cancelled; the callbacks are called in the event loop.

    Raises `BrokerError` when it fails.
    """
    events = EventQueue(MAX_UNREAD_BYTES)
    client_id = f"callbox-watch-{uuid.uuid4().hex[:8]}"
    client = paho_client.new_client(broker, client_id, None, "", events.put)
    try:
        paho_client.connect_in_thread(client, broker, events.put)
        while True:
            match await events.get():
                case Connected():
                    client.subscribe([(pattern, 1) for pattern in patterns])
                case Subscribed(denied):
                    if denied:
                        raise BrokerError(f"the broker at {broker.address} denies the subscription: {denied}")
                    on_connected()
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
