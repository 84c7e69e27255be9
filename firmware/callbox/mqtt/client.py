"""The connection to the broker, as an observer of the box.

Each connection has a fresh client, so that nothing of an old one (a press that was never acknowledged) is sent again
by a new one. paho's network thread comes in by an inbox, and by nothing else.
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
from callbox.mqtt import paho_client as paho_for
from callbox.mqtt.model import topics
from callbox.mqtt.model.inbound import InboundHandler
from callbox.mqtt.model.outbox import Outbox
from callbox.mqtt.model.publications import BoxPublications, Timestamp
from callbox.mqtt.model.topics import Publication, Topics
from callbox.mqtt.paho_client import Broker, BrokerError
from callbox.mqtt.reconnect import reconnect_forever
from callbox.system.host_metrics import Vitalist
from callbox_device.model.gestures import Gesture
from callbox_device.threads import ThreadQueue

log = logging.getLogger(__name__)

MAX_DISCONNECT_S = 0.5
"""How long the broker may take to acknowledge our last words."""
MAX_BIRTH_PAUSE_S = 5.0
"""Up to so long nobody answers Home Assistant's start, each box for another time: a fleet must not answer at once."""


@runtime_checkable
class TrafficObserver(Protocol):
    """Who hears what the broker is told. Event loop."""

    def on_publication(self, publication: Publication) -> None:
        """`publication` goes to the broker now."""

    def on_broker(self, connected: bool) -> None:
        """There is a connection now, or none any more."""


class MqttObserver:
    """Tells a broker what the box does. Fulfils `callbox.app.observers.Observer`; event loop only.

    What is retained is kept while the broker is away, and told when it is back; an event is told now or never.
    `discovery`: as for `BoxPublications`.
    """

    def __init__(
        self,
        broker: Broker,
        topics_: Topics,
        info: Mapping[str, Any] | None = None,
        discovery: Publication | None = None,
        ear: TrafficObserver | None = None,
    ) -> None:
        self._broker = broker
        self._topics = topics_
        self._boot = uuid.uuid4().hex[:8]
        self._reporter = BoxPublications(topics_, self._boot, info or {}, timestamp(), discovery)
        self._vitalist = Vitalist()
        self._in_session = False
        self._client: Any = None
        """Connected, or None."""
        self._postbox = Outbox()
        self._incoming = InboundHandler(self._reporter, self._postbox.publish)
        self._incoming.on_birth = self._on_birth
        self._answer_to_birth: asyncio.TimerHandle | None = None
        self._ear = ear

    def attach(self, obey: CommandHandler) -> None:
        """Commands go there."""
        self._incoming.obey = obey

    # -- what the box tells ----------------------------------------------------------------------

    def on_status(self, status: Status) -> None:
        """Publish what changed."""
        self._postbox.publish(self._reporter.status(status, timestamp()))
        if self._in_session and status.session is None:
            self._tell_health()
        self._in_session = status.session is not None

    def on_gesture(self, gesture: Gesture) -> None:
        """Publish it."""
        self._postbox.publish(self._reporter.gesture(gesture))

    def on_health(self, health: AudioStats) -> None:
        """Publish it; the next one comes in a second, so nobody waits for this one's arrival."""
        self._postbox.publish(self._reporter.second(health))

    # -- the connection --------------------------------------------------------------------------

    async def run(self) -> None:
        """One connection after the other, until cancelled."""
        await reconnect_forever(self.one_connection, self._broker.retry_s)

    async def one_connection(self) -> None:
        """One connection, from CONNECT to its end. Raises `BrokerError` when it fails.

        Cancelled, it publishes ``offline`` and disconnects.
        """
        inbox: ThreadQueue[Callable[[], None]] = ThreadQueue(1000)
        client = self._new_client(inbox.post)
        health = asyncio.create_task(self._tell_health_regularly(), name="health")
        self._connect(client)
        try:
            while True:
                (await inbox.get())()
        finally:
            health.cancel()
            connected, self._client = self._client, None
            self._postbox.close()
            self._tell_ear()
            if connected:
                with contextlib.suppress(Exception):
                    await self._say_goodbye(connected)
            client.disconnect()
            if connected:
                await self._part(inbox)
            inbox.close()
            paho_for.detach(client)

    def _connect(self, client: Any) -> None:
        try:
            client.connect_async(self._broker.host, self._broker.port, self._broker.keep_alive_s)
        except ValueError as error:
            raise BrokerError(f"{self._broker.place}: {error}") from None
        paho_for.start_loop(client, self._broker)

    def _new_client(self, post: Callable[[Callable[[], None]], None]) -> Any:
        [will] = self._reporter.goodbye()
        client = paho_for.new_client(self._broker, f"callbox-{self._topics.device_id}", will, self._boot)

        # On paho's thread: nothing but posting.
        def on_connect(_: Any, __: Any, ___: Any, reason: Any, ____: Any) -> None:
            post(lambda: self._refused(str(reason)) if reason.is_failure else self._on_connected(client))

        def on_connect_fail(_: Any, __: Any) -> None:
            error = paho_for.connect_error_in_callback(self._broker)
            client.loop_stop()  # instead of trying again by itself
            post(lambda: self._lost(error))

        def on_disconnect(_: Any, __: Any, ___: Any, reason: Any, ____: Any) -> None:
            post(lambda: self._lost(paho_for.disconnect_error(self._broker, reason, was_in=self._client is not None)))

        def on_publish(_: Any, __: Any, number: int, ___: Any, ____: Any) -> None:
            post(lambda: self._postbox.acknowledged(number))

        def on_message(_: Any, __: Any, message: Any) -> None:
            topic, payload, retained = message.topic, bytes(message.payload), message.retain
            post(lambda: self._incoming.on_message(topic, payload, retained=retained))

        client.on_connect, client.on_connect_fail = on_connect, on_connect_fail
        client.on_disconnect, client.on_message, client.on_publish = on_disconnect, on_message, on_publish
        return client

    # -- what the broker tells, in the event loop ------------------------------------------------------

    def _on_connected(self, client: Any) -> None:
        log.info("Connected to the broker at %s", self._broker.place)
        self._client = client
        self._tell_health()  # there is one when we greet
        self._postbox.open(functools.partial(self._send, client))
        self._tell_ear()
        client.subscribe([(pattern, 1) for pattern in self._incoming.patterns])
        self._incoming.on_connected()
        asyncio.get_running_loop().call_later(topics.SETTLED_S, self._look_again, client)

    def _look_again(self, client: Any) -> None:
        if client is self._client:
            self._incoming.look_again()

    def _on_birth(self) -> None:
        if self._answer_to_birth is None:
            pause_s = random.uniform(0, MAX_BIRTH_PAUSE_S)  # noqa: S311 - it keeps no secret
            self._answer_to_birth = asyncio.get_running_loop().call_later(pause_s, self._tell_again)

    def _tell_again(self) -> None:
        self._answer_to_birth = None
        self._postbox.publish(self._reporter.hello())

    def _refused(self, reason: str) -> None:
        raise BrokerError(
            f"the broker at {self._broker.place} refuses us: {reason}; see mqtt.username and mqtt.password"
        )

    def _lost(self, why: BrokerError) -> None:
        self._client = None
        self._postbox.close()
        # A fresh one: a frame that holds what it raises is a ring, and the client hangs on it.
        raise BrokerError(str(why), why.end)

    # -- publishing ------------------------------------------------------------------------------

    def _send(self, client: Any, publication: Publication) -> int:
        number: int = paho_for.publish(client, publication).mid
        if self._ear:
            self._ear.on_publication(publication)
        return number

    def _tell_ear(self) -> None:
        if self._ear:
            self._ear.on_broker(self._client is not None)

    async def _tell_health_regularly(self) -> None:
        while True:
            await asyncio.sleep(topics.HEALTH_PERIOD_S)
            self._tell_health()

    def _tell_health(self) -> None:
        self._postbox.publish(self._reporter.health(self._vitalist.look(), self._postbox.traffic, timestamp()))

    async def _say_goodbye(self, client: Any) -> None:
        [offline] = self._reporter.goodbye()
        said = paho_for.publish(client, offline)
        give_up_s = time.monotonic() + MAX_DISCONNECT_S
        while not said.is_published() and time.monotonic() < give_up_s:  # noqa: ASYNC110 - paho has no event for it
            await asyncio.sleep(0.01)

    async def _part(self, inbox: ThreadQueue[Callable[[], None]]) -> None:
        # DISCONNECT leaves on paho's thread. A process that ends before it does is dead to the broker, which then
        # says our will after our goodbye.
        with contextlib.suppress(BrokerError, TimeoutError):
            async with asyncio.timeout(MAX_DISCONNECT_S):
                while True:
                    (await inbox.get())()


def timestamp() -> Timestamp:
    """The moment that it is."""
    return Timestamp(datetime.now(UTC), time.monotonic())
