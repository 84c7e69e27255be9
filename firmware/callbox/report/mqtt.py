"""The connection to the broker, as an observer of the box.

One run is one connection: a fresh client each time, so that nothing of an old one (a press that was never
acknowledged) is sent again by a new one. paho's network thread comes in by an inbox, and by nothing else.
"""

import asyncio
import contextlib
import logging
import ssl
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from callbox.appliance.status import Status
from callbox.report import topics
from callbox.report.topics import Topics
from callbox.sound.health import SoundHealth
from callbox_device.gestures import Gesture
from callbox_device.inbox import Inbox

log = logging.getLogger(__name__)

GOODBYE_S = 0.5
"""How long the broker may take to acknowledge our last words."""


@dataclass(frozen=True, slots=True)
class Broker:
    """Where the broker is, and who we are to it."""

    host: str
    port: int
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    keep_alive_s: int = 20
    tls: bool = False
    ca_file: str | None = None
    insecure: bool = False


class BrokerError(Exception):
    """The broker can't be used now. A sentence for the operator."""


class MqttReport:
    """Tells a broker what the box does. Fulfils `callbox.service.runtime.Observer`; event loop only.

    The state is kept while the broker is away, and told when it is back; an event is told now or never.
    """

    def __init__(self, broker: Broker, topics_: Topics) -> None:
        self._broker = broker
        self._topics = topics_
        self._boot = uuid.uuid4().hex[:8]
        self._seq = 0
        self._fields: dict[str, Any] = topics.state(Status())
        self._since = datetime.now(UTC)
        self._diary = topics.Diary()
        self._client: Any = None
        """Connected, or None."""

    # -- what the box tells ----------------------------------------------------------------------

    def on_status(self, status: Status) -> None:
        """Publish what changed."""
        fields = topics.state(status)
        if fields != self._fields:
            self._fields, self._since = fields, datetime.now(UTC)
            self._publish_state()
        self._diary, events = topics.turn(self._diary, status, time.monotonic())
        for event in events:
            self._publish(self._topics.event_session, topics.encoded(event))

    def on_gesture(self, gesture: Gesture) -> None:
        """Publish it."""
        event = topics.button_event(gesture)
        if event is not None:
            self._publish(self._topics.event_button, topics.encoded(event))

    def on_health(self, health: SoundHealth) -> None:
        """Publish it; the next one comes in a second, so nobody waits for this one's arrival."""
        if self._client:
            payload = topics.encoded(topics.health(health, self._fields["session"]))
            self._client.publish(self._topics.health, payload, qos=0)

    # -- the connection --------------------------------------------------------------------------

    async def run(self) -> None:
        """One connection, from CONNECT to its end. Raises `BrokerError` when it fails.

        Cancelled, it publishes ``offline`` and disconnects.
        """
        inbox: Inbox[Callable[[], None]] = Inbox(1000)
        client = self._new_client(inbox.post)
        self._connect(client)
        try:
            while True:
                (await inbox.get())()
        finally:
            connected, self._client = self._client, None
            if connected:
                with contextlib.suppress(Exception):
                    await self._say_goodbye(connected)
            client.disconnect()
            if connected:
                await self._part(inbox)
            inbox.close()

    def _connect(self, client: Any) -> None:
        try:
            client.connect_async(self._broker.host, self._broker.port, self._broker.keep_alive_s)
        except ValueError as error:
            raise BrokerError(f"{self._where()}: {error}") from None
        client.loop_start()

    def _new_client(self, post: Callable[[Callable[[], None]], None]) -> Any:
        # Late: a box without a broker doesn't pay for it.
        import paho.mqtt.client as paho
        from paho.mqtt.enums import CallbackAPIVersion

        client = paho.Client(
            CallbackAPIVersion.VERSION2,
            client_id=f"callbox-{self._topics.device_id}",
            protocol=paho.MQTTv311,
            reconnect_on_failure=False,
        )
        client.max_queued_messages_set(100)
        client.will_set(self._topics.status, topics.OFFLINE, qos=1, retain=True)
        if self._broker.username is not None:
            client.username_pw_set(self._broker.username, self._broker.password)
        if self._broker.tls:
            use_tls(client, self._broker)

        # On paho's thread: nothing but posting.
        def on_connect(_: Any, __: Any, ___: Any, reason: Any, ____: Any) -> None:
            post(lambda: self._refused(str(reason)) if reason.is_failure else self._on_connected(client))

        def on_connect_fail(_: Any, __: Any) -> None:
            client.loop_stop()  # instead of trying again by itself
            post(lambda: self._lost("nobody answers"))

        def on_disconnect(_: Any, __: Any, ___: Any, reason: Any, ____: Any) -> None:
            post(lambda: self._lost(str(reason)))

        def on_message(_: Any, __: Any, message: Any) -> None:
            payload = bytes(message.payload)
            post(lambda: self._on_own_status(payload))

        client.on_connect, client.on_connect_fail = on_connect, on_connect_fail
        client.on_disconnect, client.on_message = on_disconnect, on_message
        return client

    # -- what the broker tells, in the event loop ------------------------------------------------------

    def _on_connected(self, client: Any) -> None:
        log.info("Connected to the broker at %s", self._where())
        self._client = client
        client.subscribe(self._topics.status, qos=1)
        # First what is so, then that somebody is there: who sees `online` finds no stale state.
        self._publish_state()
        self._publish(self._topics.status, topics.ONLINE, retain=True)

    def _on_own_status(self, payload: bytes) -> None:
        # The will of a connection before this one, delivered late.
        if payload != topics.ONLINE and self._client:
            self._publish(self._topics.status, topics.ONLINE, retain=True)

    def _refused(self, reason: str) -> None:
        raise BrokerError(f"the broker at {self._where()} refuses us: {reason}; see mqtt.username and mqtt.password")

    def _lost(self, reason: str) -> None:
        self._client = None
        raise BrokerError(f"no connection to the broker at {self._where()}: {reason}")

    # -- publishing ------------------------------------------------------------------------------

    def _publish_state(self) -> None:
        if self._client:
            self._seq += 1
            payload = topics.stamped(self._fields, since=self._since, seq=self._seq, boot=self._boot)
            self._publish(self._topics.state, payload, retain=True)

    def _publish(self, topic: str, payload: bytes, *, retain: bool = False) -> Any:
        return self._client.publish(topic, payload, qos=1, retain=retain) if self._client else None

    async def _say_goodbye(self, client: Any) -> None:
        said = client.publish(self._topics.status, topics.OFFLINE, qos=1, retain=True)
        give_up_s = time.monotonic() + GOODBYE_S
        while not said.is_published() and time.monotonic() < give_up_s:  # noqa: ASYNC110 - paho has no event for it
            await asyncio.sleep(0.01)

    async def _part(self, inbox: Inbox[Callable[[], None]]) -> None:
        # DISCONNECT leaves on paho's thread. A process that ends before it does is dead to the broker, which then
        # says our will after our goodbye.
        with contextlib.suppress(BrokerError, TimeoutError):
            async with asyncio.timeout(GOODBYE_S):
                while True:
                    (await inbox.get())()

    def _where(self) -> str:
        return f"{self._broker.host}:{self._broker.port}"


def use_tls(client: Any, broker: Broker) -> None:
    """Let a paho client speak TLS as `broker` wants it. Raises `BrokerError` for a CA file that can't be used."""
    try:
        client.tls_set(
            ca_certs=broker.ca_file,
            cert_reqs=ssl.CERT_NONE if broker.insecure else ssl.CERT_REQUIRED,
        )
    except (OSError, ValueError) as error:
        raise BrokerError(f"mqtt.tls.ca_file {broker.ca_file}: {error}") from error
    if broker.insecure:
        client.tls_insecure_set(True)
