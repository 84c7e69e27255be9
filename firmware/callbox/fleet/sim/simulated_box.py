"""One simulated box: a life, the product's `BoxPublications`, and a connection of its own."""

import asyncio
import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from random import Random

from callbox.audio.stats import AudioStats
from callbox.control.remote_commands import Command, Denied, SetVolume
from callbox.control.status import Status
from callbox.fleet.sim.async_client import AsyncClient
from callbox.fleet.sim.context import SimulationContext, simulated_info
from callbox.fleet.sim.model.behaviour import events, sample_metrics
from callbox.mqtt.model import topics
from callbox.mqtt.model.inbound import InboundHandler
from callbox.mqtt.model.outbox import Outbox
from callbox.mqtt.model.publications import BoxPublications, Timestamp
from callbox.mqtt.model.topics import Publication, Topics
from callbox.mqtt.paho_client import Received
from callbox.mqtt.reconnect import OnServed, reconnect_forever

MAX_OFFLINE_ACK_S = 5.0
"""How long the broker may take to acknowledge last words: a fleet says all of them at once."""
_SIMULATED = Denied("not_possible", "This is a simulated box.")


class SimulatedBox:
    """One box. Event loop only."""

    def __init__(self, context: SimulationContext, number: int, seed: int) -> None:
        self._context = context
        self._random = Random(f"{seed}-{number}")  # noqa: S311 - a life that can be lived again
        self._topics = Topics(context.prefix, f"sim-{number:06d}")
        self._boot = f"{self._random.getrandbits(32):08x}"
        self._publications = BoxPublications(self._topics, self._boot, simulated_info(number), self._now())
        self._attempt: AsyncClient | None = None
        self._client: AsyncClient | None = None
        """The attempt, once it is connack."""
        self._subscribed = False
        self._outbox = Outbox(time.monotonic)
        self._counted = self._outbox.counters
        self._inbound = InboundHandler(self._publications, self._outbox)
        self._inbound.execute = self._execute
        self._status = Status()
        self._in_session = False
        self._health: asyncio.TimerHandle | None = None

    async def run(self, after_s: float) -> None:
        """Be switched on in `after_s` seconds, live, and be connected, until cancelled."""
        await asyncio.sleep(after_s)
        events_task = asyncio.create_task(self._generate_events())
        events_task.add_done_callback(self._context.ended)
        try:
            draw = self._context.draw or self._random.uniform
            await reconnect_forever(self._one_connection, self._context.broker.retry_s, draw)
        finally:
            events_task.cancel()

    def tick(self) -> None:
        """Once a second."""
        self._outbox.flush()
        self._count_messages()
        if self._attempt:
            self._attempt.tick()

    def forget(self) -> None:
        """Leave nothing retained on the broker, and publish no more."""
        rows = (topics.STATE, topics.INFO, topics.HEALTH, topics.RING, topics.ANNOUNCE, topics.ALARM)
        empty = [self._topics.publication(row, b"") for row in rows]
        self._publish([*self._publications.status(Status(), self._now()), *empty])
        self._outbox.flush(force=True)  # nothing may wait for window or rate limit
        self._count_messages()
        self._outbox.close()  # whatever the box does until its task ends

    # -- the life ------------------------------------------------------------------------------------------

    async def _generate_events(self) -> None:
        for step in events(self._random):
            await asyncio.sleep(step.after_s / self._context.rate)
            match step.what:
                case Status():
                    self._publish_status(step.what)
                    self._count_sessions(step.what.session is not None)
                case AudioStats():
                    self._publish(self._publications.sound_stats(step.what))
                case gesture:
                    self._publish(self._publications.gesture(gesture))

    def _publish_status(self, status: Status) -> None:
        self._status = replace(status, volume_percent=self._status.volume_percent)
        self._publish(self._publications.status(self._status, self._now()))

    def _execute(self, order: Command) -> Denied | None:
        """Nothing but the volume: the rest would interfere with a life that can be lived again."""
        self._context.counts.executed += 1
        if not isinstance(order, SetVolume):
            return _SIMULATED
        self._status = replace(self._status, volume_percent=order.percent)
        self._publish_status(self._status)
        return None

    def _count_sessions(self, in_session: bool) -> None:
        if self._in_session and not in_session:
            self._publish_health()
        self._context.counts.sessions += in_session - self._in_session
        self._in_session = in_session

    def _publish_health(self) -> None:
        self._publish(
            self._publications.health(
                sample_metrics(self._random, busy=self._in_session), self._outbox.counters, self._now()
            )
        )

    def _publish_health_periodically(self) -> None:
        self._publish_health()
        if self._client:
            self._inbound.check_delivery(self._now().monotonic_s)
        period_s = topics.HEALTH_PERIOD_S / self._context.rate
        self._health = asyncio.get_running_loop().call_later(period_s, self._publish_health_periodically)

    # -- the connection --------------------------------------------------------------------------------------

    async def _one_connection(self, on_served: OnServed) -> None:
        counts = self._context.counts

        def on_subscribed() -> None:
            self._subscribed = True
            counts.subscribed += 1
            on_served()

        [offline] = self._publications.last_will()
        client_id = f"callbox-{self._topics.device_id}"
        client = AsyncClient(self._context.broker, client_id, offline, self._boot, self._context.executor)
        self._attempt = client
        self._publish_health_periodically()
        settled: asyncio.TimerHandle | None = None
        try:
            await client.open(self._inbound.patterns, self._on_message, self._outbox.acknowledged, on_subscribed)
            self._client = client
            self._outbox.open(client.publish)
            counts.connects += 1
            counts.connected += 1
            self._inbound.on_connected()
            settled = asyncio.get_running_loop().call_later(topics.SETTLED_S, self._on_settled, client)
            await client.ended()
        except asyncio.CancelledError:
            if self._disconnected(client):  # first: the own `offline` comes back, and must not be corrected
                await client.publish_last(offline, MAX_OFFLINE_ACK_S)
            raise
        except Exception:
            counts.failures += 1
            raise
        finally:
            self._attempt = None
            self._disconnected(client)
            for timer in (settled, self._health):
                if timer:
                    timer.cancel()
            client.close()

    def _disconnected(self, client: AsyncClient) -> bool:
        was_ours = self._client is client
        if was_ours:
            self._client = None
            self._outbox.close()
            self._context.counts.connected -= 1
            self._context.counts.subscribed -= self._subscribed
            self._subscribed = False
        return was_ours

    def _on_message(self, message: Received) -> None:
        self._context.counts.received += 1
        self._inbound.on_message(message.topic, message.payload, retained=message.retained)

    def _on_settled(self, client: AsyncClient) -> None:
        if client is self._client:
            self._inbound.on_settled()

    def _publish(self, publications: Iterable[Publication]) -> None:
        self._outbox.publish(publications)
        self._count_messages()

    def _count_messages(self) -> None:
        counts, before, now = self._context.counts, self._counted, self._outbox.counters
        self._counted = now
        counts.published += now.published - before.published
        counts.dropped += now.dropped - before.dropped

    def _now(self) -> Timestamp:
        return Timestamp(datetime.now(UTC), time.monotonic() * self._context.rate)
