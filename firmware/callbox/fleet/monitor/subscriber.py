"""Hears a broker for a table of boxes; its end is an error, after which `reconnect_forever` tries again."""

import asyncio
import threading
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from callbox.fleet.monitor.model.box_state import MqttMessage
from callbox.mqtt import paho_client
from callbox.mqtt.paho_client import Broker, BrokerError
from callbox_device.threads import ThreadQueue

MAX_PENDING_MESSAGES = 200_000
"""Messages that may wait for the table: what is retained of a great fleet comes at once."""


async def subscribe(
    broker: Broker,
    patterns: Sequence[str],
    hear: Callable[[MqttMessage], None],
    connected: Callable[[], None] = lambda: None,
) -> None:
    """One connection that never publishes, until cancelled; `hear` and `connected` are called in the event loop.

    Raises `BrokerError` when it fails.
    """
    inbox: ThreadQueue[MqttMessage | BrokerError | None] = ThreadQueue(MAX_PENDING_MESSAGES)
    connack = threading.Event()
    client = paho_client.new_client(broker, f"callbox-watch-{uuid.uuid4().hex[:8]}", None)

    # On paho's thread: nothing but posting.
    def on_connect(_: Any, __: Any, ___: Any, reason: Any, ____: Any) -> None:
        if reason.is_failure:
            inbox.put_threadsafe(BrokerError(f"the broker at {broker.address} refused the connection: {reason}"))
            return
        connack.set()
        client.subscribe([(pattern, 1) for pattern in patterns])

    def on_subscribe(_: Any, __: Any, ___: Any, reasons: Any, ____: Any) -> None:
        refused = [str(reason) for reason in reasons if reason.is_failure]
        inbox.put_threadsafe(
            BrokerError(f"the broker at {broker.address} denies the subscription: {refused[0]}") if refused else None
        )

    def on_connect_fail(_: Any, __: Any) -> None:
        inbox.put_threadsafe(paho_client.connect_error_in_callback(broker))
        client.loop_stop()  # instead of trying again by itself

    def on_disconnect(_: Any, __: Any, ___: Any, reason: Any, ____: Any) -> None:
        inbox.put_threadsafe(paho_client.disconnect_error(broker, reason, was_in=connack.is_set()))

    def on_message(_: Any, __: Any, message: Any) -> None:
        said = getattr(message, "properties", None)
        properties = dict(getattr(said, "UserProperty", None) or [])
        at = datetime.now(UTC)
        inbox.put_threadsafe(
            MqttMessage(message.topic, bytes(message.payload), message.retain, at, properties.get("boot"))
        )

    client.on_connect, client.on_connect_fail, client.on_subscribe = on_connect, on_connect_fail, on_subscribe
    client.on_disconnect, client.on_message = on_disconnect, on_message
    try:
        client.connect_async(broker.host, broker.port, broker.keep_alive_s)
    except ValueError as error:
        raise BrokerError(f"{broker.address}: {error}") from None
    client.loop_start()
    try:
        while True:
            heard = await inbox.get()
            if isinstance(heard, MqttMessage):
                hear(heard)
            elif heard is None:
                connected()
            else:
                raise heard
    finally:
        inbox.close()
        client.disconnect()
        # paho's thread ends by itself; who waits for it here would stop the loop.
        await asyncio.to_thread(client.loop_stop)
