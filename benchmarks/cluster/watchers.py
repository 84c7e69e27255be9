"""What people see of a fleet at each node: a table of its boxes, as `callbox watch` has it, and answers to commands."""

import asyncio
import json
import random
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime

from callbox.fleet.monitor.model.box_state import MqttMessage, Presence
from callbox.fleet.monitor.model.fleet_state import FleetState
from callbox.fleet.monitor.subscriber import subscribe
from callbox.fleet.sim.async_client import AsyncClient
from callbox.mqtt.model import topics
from callbox.mqtt.model.topics import Publication, Topics
from callbox.mqtt.paho_client import Broker, BrokerError, Received
from callbox.mqtt.reconnect import OnServed, reconnect_forever
from callbox.mqtt.request import request

COMMANDS_PER_S = 5.0
"""At each node."""
REQUEST_EVERY_S = 2.0
TICK_S = 1.0
PREFIX = "callbox"


@dataclass
class Command:
    """A command that was sent once, with QoS 1."""

    at_s: float
    answers: int = 0


class Watcher:
    """A table of boxes, fed by the product's subscriber at one node. Event loop only."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self.table = FleetState(PREFIX)
        self.connected = False

    async def run(self) -> None:
        await reconnect_forever(self._one_connection, self._broker.retry_s)

    async def _one_connection(self, on_served: OnServed) -> None:
        def on_connected(*_: object) -> None:
            on_served()
            self.connected = True
            self.table.connected_again()

        try:
            await subscribe(self._broker, self.table.subscriptions, self._on_message, on_connected)
        finally:
            self.connected = False

    def _on_message(self, message: MqttMessage) -> None:
        self.table.apply(message)

    def wrong(self, living: list[str], dead: list[str]) -> tuple[int, int]:
        """How many of `living` aren't online here, and how many of `dead` are."""
        now = datetime.now(UTC)
        online = [self.table.presence(box, now) is Presence.ONLINE for box in (*living, *dead)]
        return online[: len(living)].count(False), online[len(living) :].count(True)


class Commander:
    """Sends commands to random boxes at one node, and counts their answers. Event loop only."""

    def __init__(self, broker: Broker, boxes: list[str], executor: ThreadPoolExecutor) -> None:
        self._broker, self._boxes, self._executor = broker, boxes, executor
        self._random = random.Random(broker.host)
        self.sending = True
        self.sent: dict[str, Command] = {}

    async def run(self) -> None:
        await reconnect_forever(self._one_connection, self._broker.retry_s)

    async def _one_connection(self, on_served: OnServed) -> None:
        client = AsyncClient(self._broker, f"commander-{uuid.uuid4().hex[:8]}", None, "", self._executor)
        tasks = [asyncio.create_task(self._tick(client))]
        try:
            pattern = Topics(PREFIX, "+").of(topics.RESPONSE, "volume")
            await client.open([pattern], self._on_answer, lambda _: None, on_served)
            tasks.append(asyncio.create_task(self._send(client)))
            await client.ended()
        finally:
            for task in tasks:
                task.cancel()
            client.close()

    async def _tick(self, client: AsyncClient) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            client.tick()

    async def _send(self, client: AsyncClient) -> None:
        while self.sending:
            await asyncio.sleep(1 / COMMANDS_PER_S)
            transaction, box = uuid.uuid4().hex, self._random.choice(self._boxes)
            self.sent[transaction] = Command(time.monotonic())
            topic = Topics(PREFIX, box).of(topics.REQUEST, "volume")
            payload = json.dumps({"volume": self._random.randrange(101), "transaction": transaction}).encode()
            client.publish(Publication(topic, payload, qos=1, retained=False))

    def _on_answer(self, message: Received) -> None:
        if command := self.sent.get(json.loads(message.payload).get("transaction")):
            command.answers += 1


@dataclass
class Requests:
    """`callbox.mqtt.request`, as a person's command is sent: up to three times, by the load balancer."""

    broker: Broker
    boxes: list[str]
    asking: bool = True
    answered: int = 0
    unanswered: int = 0
    """No answer, or no broker: the person was unanswered so."""
    _random: random.Random = field(default_factory=lambda: random.Random(1))

    async def run(self) -> None:
        while self.asking:
            box = Topics(PREFIX, self._random.choice(self.boxes))
            try:
                answer = await asyncio.to_thread(request, self.broker, box, "volume", {"volume": 40})
            except BrokerError:
                answer = None
            self.answered, self.unanswered = self.answered + bool(answer), self.unanswered + (not answer)
            await asyncio.sleep(REQUEST_EVERY_S)
