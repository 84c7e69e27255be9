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
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Protocol, runtime_checkable

from callbox.audio.capture.model.detection import Detection
from callbox.audio.stats import AudioStats
from callbox.control.remote_commands import CommandHandler
from callbox.control.status import Status
from callbox.mqtt import paho_client
from callbox.mqtt.event_queue import EventQueue
from callbox.mqtt.model import broker_errors, topics
from callbox.mqtt.model.backoff import EndReason
from callbox.mqtt.model.inbound import InboundHandler
from callbox.mqtt.model.outbox import Outbox
from callbox.mqtt.model.publications import BoxHistory, BoxPublications, Timestamp
from callbox.mqtt.model.topics import Publication, Topics
from callbox.mqtt.paho_client import (
    Broker,
    BrokerError,
    Connected,
    Ended,
    Event,
    Published,
    Received,
    Subscribed,
)
from callbox.mqtt.reconnect import OnServed, reconnect_forever
from callbox.mqtt.wake_arbiter import WakeArbiter, WakeGroup
from callbox.system.clock import boot_time_s
from callbox.system.host_metrics import HostMetricsSampler
from callbox.text import one_line
from callbox_device.interfaces import MAIN_BUTTON
from callbox_device.model.gestures import Gesture

log = logging.getLogger(__name__)

MAX_DISCONNECT_S = 0.5
"""For the PUBACK of `offline`, and again for DISCONNECT."""


@runtime_checkable
class TrafficObserver(Protocol):
    """Observer of what is published. Event loop."""

    def on_publication(self, publication: Publication) -> None:
        """Take a `publication` that was handed to the connection."""

    def on_broker(self, connected: bool) -> None:
        """Take the beginning (`connected`) or end of a connection."""


class MqttObserver:
    """Publisher of the box's state and events. Fulfils `callbox.app.observers.Observer`; event loop only.

    Retained topics are published again on connecting; an event without a connection is dropped.
    `discovery`, `history`: as for `BoxPublications`. `settings_topic`: of a fleet's settings; None: none is subscribed
    to.
    """

    def __init__(
        self,
        broker: Broker,
        topics_: Topics,
        info: Mapping[str, Any] | None = None,
        discovery: Publication | None = None,
        observer: TrafficObserver | None = None,
        wake: WakeGroup | None = None,
        settings_topic: str | None = None,
        history: BoxHistory | None = None,
    ) -> None:
        self._broker = broker
        self._settings_topic = settings_topic
        self.signed_settings: bytes | None = None
        """As `callbox.app.observers.BrokerObserver`."""
        self._topics = topics_
        self._boot = uuid.uuid4().hex[:8]
        words = (wake.word_names, wake.name) if wake else None
        self._publications = BoxPublications(topics_, self._boot, info or {}, timestamp(), discovery, words, history)
        self._host_metrics = HostMetricsSampler()
        self._in_session = False
        self._client: Any = None
        """The connected client, or None."""
        self._outbox = Outbox(time.monotonic)
        self._wake_arbiter = WakeArbiter(wake, topics_, self._publish_now) if wake else None
        self._inbound = InboundHandler(self._publications, self._outbox)
        self._inbound.on_birth = self._on_birth
        self._birth_timer: asyncio.TimerHandle | None = None
        self._flush_timer: asyncio.TimerHandle | None = None
        self._observer = observer

    @property
    def history(self) -> BoxHistory:
        """For the observer that comes after this one."""
        return self._publications.history

    def attach(self, execute: CommandHandler) -> None:
        """Set the handler of commands."""
        self._inbound.execute = execute

    # -- events of the box ----------------------------------------------------------------------

    def on_status(self, status: Status) -> None:
        """Publish the changed topics."""
        now = timestamp()
        self._publish([*self._publications.follow_clock(now), *self._publications.status(status, now)])
        if self._in_session and status.session is None:
            self._publish_health()
        self._in_session = status.session is not None

    def on_info(self, info: Mapping[str, Any]) -> None:
        """Publish it, if it has changed."""
        self._publish(self._publications.info(info))

    def on_gesture(self, gesture: Gesture, button: str = MAIN_BUTTON) -> None:
        """Publish the button event."""
        self._publish(self._publications.gesture(gesture, button))

    def on_audio_stats(self, stats: AudioStats) -> None:
        """Publish it with QoS 0: the next one comes in a second."""
        self._publish(self._publications.sound_stats(stats))

    def publish(self, topic: str, payload: bytes) -> bool:
        """As `callbox.app.observers.Publisher`: with QoS 1, not retained."""
        return self._publish_now(Publication(topic, payload, qos=1, retained=False))

    def _publish_now(self, publication: Publication) -> bool:
        sent, _ = self._outbox.publish([publication])
        self._schedule_flush()
        return sent == 1

    @property
    def is_connected(self) -> bool:
        """As `callbox.app.observers.BrokerObserver`."""
        return self._client is not None

    async def answers_wake_word(self, detection: Detection) -> bool:
        """As `callbox.app.observers.WakeObserver`; true at once without a group, and without a connection."""
        return self._wake_arbiter is None or await self._wake_arbiter.answers(detection)

    # -- the connection --------------------------------------------------------------------------

    async def run(self) -> None:
        """Connect again and again, until cancelled."""
        await reconnect_forever(self.one_connection, self._broker.retry_s)

    async def one_connection(self, on_served: OnServed = lambda: None) -> None:
        """One connection, from CONNECT to its end. Raises `BrokerError` when it fails.

        Cancelled, it publishes ``offline`` and disconnects.
        """
        events = EventQueue()
        [will] = self._publications.last_will()
        client_id = f"callbox-{self._topics.device_id}"
        client = paho_client.new_client(self._broker, client_id, will, self._boot, events.put)
        tasks = [
            asyncio.create_task(self._publish_health_periodically(), name="health"),
            asyncio.create_task(self._check_progress(events), name="mqtt progress"),
        ]
        try:
            paho_client.connect_in_thread(client, self._broker, events.put)
            while True:
                event = await events.get()
                if isinstance(event, Subscribed):
                    on_served()
                self._on_event(client, event)
        finally:
            for task in tasks:
                task.cancel()
            connected, self._client = self._client, None
            events.drop_messages()
            if connected:
                self._outbox.flush(force=True)
            self._outbox.close()
            if self._wake_arbiter:
                self._wake_arbiter.on_disconnected()
            self._notify_observer()
            if connected:
                with contextlib.suppress(Exception):
                    await self._publish_offline(connected)
            client.disconnect()
            if connected:
                await self._wait_disconnected(events)
            events.close()
            paho_client.detach(client)

    def _on_event(self, client: Any, event: Event) -> None:
        match event:
            case Connected(max_packet_bytes):
                self._on_connected(client, max_packet_bytes)
            case Published(number, denied):
                self._outbox.acknowledged(number, denied)
            case Received(topic, payload, _) if topic == self._settings_topic:
                self.signed_settings = payload
            case Received(topic, payload, retained):
                try:
                    if not (self._wake_arbiter and self._wake_arbiter.on_message(topic, payload, retained=retained)):
                        self._inbound.on_message(topic, payload, retained=retained)
                except Exception:  # a defect: the next message is handled
                    log.exception("A message on %s was not handled", one_line(topic))
            case Subscribed(denied) if denied:
                log.warning("%s", broker_errors.denied_subscription(denied))
            case Ended(error):
                self._client = None
                if event.by_other_side:
                    self._outbox.lost()
                # A new instance: re-raising `error` makes a traceback cycle that keeps the paho client alive.
                raise BrokerError(str(error), error.end)
        self._schedule_flush()

    def _on_connected(self, client: Any, max_packet_bytes: int | None) -> None:
        log.info("Connected to the broker at %s", self._broker.address)
        self._client = client
        self._outbox.open(functools.partial(self._send, client), max_packet_bytes)
        self._update_health()  # on_connect publishes it
        self._notify_observer()
        others = self._wake_arbiter.patterns if self._wake_arbiter else []
        fleet = [self._settings_topic] if self._settings_topic else []
        client.subscribe([(pattern, 1) for pattern in (*self._inbound.patterns, *others, *fleet)])
        self._inbound.on_connected()
        asyncio.get_running_loop().call_later(topics.SETTLED_S, self._on_settled, client)

    def _on_settled(self, client: Any) -> None:
        if client is self._client:
            self._inbound.on_settled()

    def _on_birth(self) -> None:
        if self._birth_timer is None:
            pause_s = random.uniform(0, topics.MAX_BIRTH_PAUSE_S)  # noqa: S311 - it keeps no secret
            self._birth_timer = asyncio.get_running_loop().call_later(pause_s, self._republish)

    def _republish(self) -> None:
        self._birth_timer = None
        self._publish(self._publications.on_connect())

    async def _check_progress(self, events: EventQueue) -> None:
        """End a connection that looks alive and isn't.

        No PUBACK, from before the machine was suspended, from an address that is no longer this machine's way to the
        broker, or nothing is delivered, as by a node of a cluster that was frozen.
        """
        keep_alive_s = self._broker.keep_alive_s
        suspended_s = suspended_time_s()
        while True:
            await asyncio.sleep(keep_alive_s / 4)  # as often as paho wakes
            asleep_s, suspended_s = suspended_time_s() - suspended_s, suspended_time_s()
            # The broker waits for one and a half keep-alives, and then calls the box offline.
            if asleep_s > keep_alive_s:
                why = f"the machine was suspended for {asleep_s:.0f} s"
            elif self._outbox.stalled_s > 1.5 * keep_alive_s:
                why = f"no PUBACK for {self._outbox.stalled_s:.0f} s"
            elif self._client is not None and paho_client.is_off_route(self._client):
                why = "this machine has another address now"
            elif self._client is not None and not self._inbound.check_delivery(time.monotonic()):
                why = "it delivers nothing"
            else:
                continue
            events.put(
                Ended(BrokerError(f"no connection to the broker at {self._broker.address}: {why}", EndReason.LOST))
            )

    # -- publishing ------------------------------------------------------------------------------

    def _publish(self, publications: Iterable[Publication]) -> None:
        self._outbox.publish(publications)
        self._schedule_flush()

    def _schedule_flush(self) -> None:
        if self._flush_timer is None and (due_s := self._outbox.due_s) is not None:
            self._flush_timer = asyncio.get_running_loop().call_later(due_s, self._flush)

    def _flush(self) -> None:
        self._flush_timer = None
        self._outbox.flush()
        self._schedule_flush()

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
        self._publish(self._update_health())

    def _update_health(self) -> list[Publication]:
        now, counters = timestamp(), self._outbox.counters
        health = self._publications.health(self._host_metrics.look(), counters, now)
        return [*self._publications.follow_clock(now), *health]

    async def _publish_offline(self, client: Any) -> None:
        [offline] = self._publications.last_will()
        info = paho_client.publish(client, offline)
        deadline_s = time.monotonic() + MAX_DISCONNECT_S
        while not info.is_published() and time.monotonic() < deadline_s:  # noqa: ASYNC110 - paho has no event for it
            await asyncio.sleep(0.01)

    async def _wait_disconnected(self, events: EventQueue) -> None:
        # paho's thread sends DISCONNECT. If the process ends first, the broker publishes the will after `offline`.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(MAX_DISCONNECT_S):
                while not isinstance(await events.get(), Ended):
                    pass


def timestamp() -> Timestamp:
    """Current UTC, and the time since the machine's start, with that in which it was suspended."""
    return Timestamp(datetime.now(UTC), boot_time_s())


def suspended_time_s() -> float:
    """For how long the machine has been suspended since it started, in s: CLOCK_BOOTTIME counts that time too."""
    return boot_time_s() - time.monotonic()
