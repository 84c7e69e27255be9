"""MQTT observer of the appliance.

Each connection has a new paho client, so that nothing of an old one (a press without PUBACK) is sent again. paho's
network thread reaches the event loop through a queue only.
"""

import asyncio
import contextlib
import functools
import logging
import random
import time
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Protocol, runtime_checkable

from callbox.audio.stats import AudioStats
from callbox.control.remote_commands import CommandHandler
from callbox.control.status import Status
from callbox.mqtt import paho_client
from callbox.mqtt.model import topics
from callbox.mqtt.model.inbound import InboundHandler
from callbox.mqtt.model.outbox import Outbox
from callbox.mqtt.model.publications import BoxPublications, Timestamp
from callbox.mqtt.model.topics import Publication, Topics
from callbox.mqtt.paho_client import Broker, BrokerError
from callbox.mqtt.reconnect import reconnect_forever
from callbox.system.host_metrics import HostMetricsSampler
from callbox_device.model.gestures import Gesture
from callbox_device.threads import ThreadQueue

log = logging.getLogger(__name__)

MAX_DISCONNECT_S = 0.5
"""For the PUBACK of `offline`, and again for DISCONNECT."""
MAX_BIRTH_PAUSE_S = 5.0
"""Upper bound of the random pause after Home Assistant's birth message: a fleet must not publish at once."""


@runtime_checkable
class TrafficObserver(Protocol):
    """Observer of what is published. Event loop."""

    def on_publication(self, publication: Publication) -> None:
        """`publication` was handed to the connection."""

    def on_broker(self, connected: bool) -> None:
        """The connection was established (`connected`) or has ended."""


class MqttObserver:
    """Publishes the box's state and events. Fulfils `callbox.app.observers.Observer`; event loop only.

    Retained topics are published again on connecting; an event without a connection is dropped.
    `discovery`: as for `BoxPublications`.
    """

    def __init__(
        self,
        broker: Broker,
        topics_: Topics,
        info: Mapping[str, Any] | None = None,
        discovery: Publication | None = None,
        observer: TrafficObserver | None = None,
    ) -> None:
        self._broker = broker
        self._topics = topics_
        self._boot = uuid.uuid4().hex[:8]
        self._publications = BoxPublications(topics_, self._boot, info or {}, timestamp(), discovery)
        self._vitalist = HostMetricsSampler()
        self._in_session = False
        self._client: Any = None
        """The connected client, or None."""
        self._outbox = Outbox()
        self._inbound = InboundHandler(self._publications, self._outbox.publish)
        self._inbound.on_birth = self._on_birth
        self._birth_timer: asyncio.TimerHandle | None = None
        self._observer = observer

    def attach(self, execute: CommandHandler) -> None:
        """Set the handler of commands."""
        self._inbound.execute = execute

    # -- events of the box ----------------------------------------------------------------------

    def on_status(self, status: Status) -> None:
        """Publish the changed topics."""
        self._outbox.publish(self._publications.status(status, timestamp()))
        if self._in_session and status.session is None:
            self._publish_health()
        self._in_session = status.session is not None

    def on_gesture(self, gesture: Gesture) -> None:
        """Publish the button event."""
        self._outbox.publish(self._publications.gesture(gesture))

    def on_audio_stats(self, health: AudioStats) -> None:
        """Publish it with QoS 0: the next one comes in a second."""
        self._outbox.publish(self._publications.sound_stats(health))

    # -- the connection --------------------------------------------------------------------------

    async def run(self) -> None:
        """Connect again and again, until cancelled."""
        await reconnect_forever(self.one_connection, self._broker.retry_s)

    async def one_connection(self) -> None:
        """One connection, from CONNECT to its end. Raises `BrokerError` when it fails.

        Cancelled, it publishes ``offline`` and disconnects.
        """
        inbox: ThreadQueue[Callable[[], None]] = ThreadQueue(1000)
        client = self._new_client(inbox.put_threadsafe)
        health = asyncio.create_task(self._publish_health_periodically(), name="health")
        self._connect(client)
        try:
            while True:
                (await inbox.get())()
        finally:
            health.cancel()
            connected, self._client = self._client, None
            self._outbox.close()
            self._notify_observer()
            if connected:
                with contextlib.suppress(Exception):
                    await self._publish_offline(connected)
            client.disconnect()
            if connected:
                await self._wait_disconnected(inbox)
            inbox.close()
            paho_client.detach(client)

    def _connect(self, client: Any) -> None:
        try:
            client.connect_async(self._broker.host, self._broker.port, self._broker.keep_alive_s)
        except ValueError as error:
            raise BrokerError(f"{self._broker.address}: {error}") from None
        paho_client.start_loop(client, self._broker)

    def _new_client(self, post: Callable[[Callable[[], None]], None]) -> Any:
        [will] = self._publications.last_will()
        client = paho_client.new_client(self._broker, f"callbox-{self._topics.device_id}", will, self._boot)

        # On paho's thread: only post.
        def on_connect(_: Any, __: Any, ___: Any, reason: Any, ____: Any) -> None:
            post(lambda: self._refused(str(reason)) if reason.is_failure else self._on_connected(client))

        def on_connect_fail(_: Any, __: Any) -> None:
            error = paho_client.connect_error_in_callback(self._broker)
            client.loop_stop()  # instead of trying again by itself
            post(lambda: self._lost(error))

        def on_disconnect(_: Any, __: Any, ___: Any, reason: Any, ____: Any) -> None:
            post(
                lambda: self._lost(paho_client.disconnect_error(self._broker, reason, was_in=self._client is not None))
            )

        def on_publish(_: Any, __: Any, number: int, ___: Any, ____: Any) -> None:
            post(lambda: self._outbox.acknowledged(number))

        def on_message(_: Any, __: Any, message: Any) -> None:
            topic, payload, retained = message.topic, bytes(message.payload), message.retain
            post(lambda: self._inbound.on_message(topic, payload, retained=retained))

        client.on_connect, client.on_connect_fail = on_connect, on_connect_fail
        client.on_disconnect, client.on_message, client.on_publish = on_disconnect, on_message, on_publish
        return client

    # -- events of the connection, in the event loop ------------------------------------------------------

    def _on_connected(self, client: Any) -> None:
        log.info("Connected to the broker at %s", self._broker.address)
        self._client = client
        self._publish_health()  # before `open`, so that on_connect has one
        self._outbox.open(functools.partial(self._send, client))
        self._notify_observer()
        client.subscribe([(pattern, 1) for pattern in self._inbound.patterns])
        self._inbound.on_connected()
        asyncio.get_running_loop().call_later(topics.SETTLED_S, self._on_settled, client)

    def _on_settled(self, client: Any) -> None:
        if client is self._client:
            self._inbound.on_settled()

    def _on_birth(self) -> None:
        if self._birth_timer is None:
            pause_s = random.uniform(0, MAX_BIRTH_PAUSE_S)  # noqa: S311 - it keeps no secret
            self._birth_timer = asyncio.get_running_loop().call_later(pause_s, self._republish)

    def _republish(self) -> None:
        self._birth_timer = None
        self._outbox.publish(self._publications.on_connect())

    def _refused(self, reason: str) -> None:
        raise BrokerError(
            f"the broker at {self._broker.address} refused the connection: {reason}; see mqtt.username, mqtt.password"
        )

    def _lost(self, error: BrokerError) -> None:
        self._client = None
        self._outbox.close()
        # A new instance: re-raising `error` makes a traceback cycle that keeps the paho client alive.
        raise BrokerError(str(error), error.end)

    # -- publishing ------------------------------------------------------------------------------

    def _send(self, client: Any, publication: Publication) -> int:
        number: int = paho_client.publish(client, publication).mid
        if self._observer:
            self._observer.on_publication(publication)
        return number

    def _notify_observer(self) -> None:
        if self._observer:
            self._observer.on_broker(self._client is not None)

    async def _publish_health_periodically(self) -> None:
        while True:
            await asyncio.sleep(topics.HEALTH_PERIOD_S)
            self._publish_health()

    def _publish_health(self) -> None:
        self._outbox.publish(self._publications.health(self._vitalist.look(), self._outbox.counters, timestamp()))

    async def _publish_offline(self, client: Any) -> None:
        [offline] = self._publications.last_will()
        info = paho_client.publish(client, offline)
        deadline_s = time.monotonic() + MAX_DISCONNECT_S
        while not info.is_published() and time.monotonic() < deadline_s:  # noqa: ASYNC110 - paho has no event for it
            await asyncio.sleep(0.01)

    async def _wait_disconnected(self, inbox: ThreadQueue[Callable[[], None]]) -> None:
        # paho's thread sends DISCONNECT. If the process ends first, the broker publishes the will after `offline`.
        with contextlib.suppress(BrokerError, TimeoutError):
            async with asyncio.timeout(MAX_DISCONNECT_S):
                while True:
                    (await inbox.get())()


def timestamp() -> Timestamp:
    """Current UTC and monotonic time."""
    return Timestamp(datetime.now(UTC), time.monotonic())
