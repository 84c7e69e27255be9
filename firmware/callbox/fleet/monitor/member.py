"""Member of a group of exporters: one connection with the broker, by which it holds its share of the boxes."""

import asyncio
import itertools
from collections.abc import Callable

from callbox.fleet.broker_options import BrokerTarget
from callbox.fleet.monitor.model.box_state import MqttMessage
from callbox.fleet.monitor.model.shard import HEARTBEAT_S, MISSED_HEARTBEATS, Shard
from callbox.fleet.monitor.subscriber import Connection, subscribe
from callbox.mqtt.model import topics
from callbox.mqtt.paho_client import BrokerError
from callbox.system.event_loop import run_until_stopped


async def hold_share(target: BrokerTarget, shard: Shard, on_connected: Callable[[], None]) -> None:
    """Fill `shard` by one connection, until cancelled. Raises `BrokerError` when that fails.

    One SUBSCRIBE at a time: with QoS 0 what is retained of its boxes comes before SUBACK, so never more than that
    waits.
    """
    connected: asyncio.Future[Connection] = asyncio.get_running_loop().create_future()
    subscribing = True

    def change_filters(connection: Connection) -> None:
        nonlocal subscribing
        while not subscribing and (change := shard.next_change()):
            if change.unsubscribe:
                connection.unsubscribe(change.unsubscribe)
            if change.subscribe:
                connection.subscribe(change.subscribe, change.qos)
                subscribing = True
        if target.ask_topic and shard.asks_boxes():
            connection.publish(target.ask_topic, topics.ONLINE)

    def on_subscribed(connection: Connection) -> None:
        nonlocal subscribing
        subscribing = False
        if not connected.done():
            connected.set_result(connection)
            on_connected()
        change_filters(connection)

    def on_message(message: MqttMessage) -> None:
        shard.apply(message)
        if connected.done():
            change_filters(connected.result())

    async def heartbeat() -> None:
        connection = await connected
        for number in itertools.count():
            if number >= MISSED_HEARTBEATS and not shard.membership.receives_itself:
                break
            connection.publish(shard.heartbeat_topic, b"online")
            await asyncio.sleep(HEARTBEAT_S)
        raise BrokerError(
            f"the broker at {target.broker.address} doesn't deliver {shard.heartbeat_topic}: may this user publish and "
            "read it (deploy/mosquitto/callbox.acl)?"
        )

    connection = subscribe(target.broker, shard.subscriptions, on_message, on_subscribed, shard.membership.name)
    await run_until_stopped(asyncio.Event(), connection, heartbeat())
