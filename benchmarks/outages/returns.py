"""How long after a broker's return what it tells of a box is right. The product's `MqttObserver`, many of them."""

import asyncio
import json
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion
from tests.rig.mosquitto import Mosquitto, disconnect

from callbox.control.status import Status
from callbox.mqtt.client import MqttObserver
from callbox.mqtt.model.topics import Topics
from callbox.mqtt.paho_client import Broker

SETTLE_S = 8.0
"""So long after the last box was right it is looked whether it stays so: a will may come late."""
PATIENCE_S = 90.0


@dataclass(frozen=True)
class Returns:
    """Seconds from the broker's return until it tells what is so, and goes on to."""

    what: str
    outage_s: float
    after_s: tuple[float, ...]
    never: int
    """Boxes that were not right within 90 s."""


class StateSubscriber:
    """What the broker tells of each box, with times."""

    def __init__(self, port: int) -> None:
        self.received: list[tuple[float, str, str, str]] = []
        """(our clock in s, device id, topic's end, payload)."""
        self._client = paho.Client(CallbackAPIVersion.VERSION2)
        self._client.on_message = self._on_message
        self._client.connect("127.0.0.1", port, keepalive=600)
        self._client.subscribe([("callbox/+/status", 1), ("callbox/+/state", 1)])
        self._client.loop_start()

    def right_since(self, device_id: str, mute: bool) -> float | None:
        """Since when status and state have been right; None: they are not."""
        status, state, since_s = "", "", None
        for at_s, whose, kind, payload in self.received:
            if whose == device_id:
                status, state = (payload, state) if kind == "status" else (status, payload)
                right = status == "online" and state != "" and json.loads(state)["mute"] is mute
                since_s = (at_s if since_s is None else since_s) if right else None
        return since_s

    def close(self) -> None:
        disconnect(self._client)

    def _on_message(self, _: object, __: object, message: paho.MQTTMessage) -> None:
        _prefix, device_id, kind = message.topic.split("/")
        self.received.append((time.monotonic(), device_id, kind, bytes(message.payload).decode()))


@dataclass(frozen=True)
class Outage:
    """One that boxes come back from."""

    what: str
    seconds: float


async def measure(outages: list[Outage], boxes: int, rounds: int, tell: Callable[[str], None]) -> list[Returns]:
    """Each outage `rounds` times, `boxes` boxes in one process; each box's state changes while the broker is away."""
    with tempfile.TemporaryDirectory() as folder, Mosquitto(Path(folder)) as broker:
        ids = [f"box-{number}" for number in range(boxes)]
        reports = [MqttObserver(Broker("127.0.0.1", broker.port), Topics("callbox", id_)) for id_ in ids]
        running = [asyncio.create_task(report.run()) for report in reports]
        mute, found = False, {outage: list[float | None]() for outage in outages}
        await asyncio.sleep(SETTLE_S)
        try:
            for _ in range(rounds):
                for outage in outages:
                    await asyncio.sleep(15)  # a connection that held
                    mute = not mute
                    found[outage] += await _one(outage, broker, ids, reports, mute)
                    tell(f"{outage.what}, {outage.seconds:g} s: {sorted(map(str, found[outage][-boxes:]))}")
        finally:
            for task in running:
                task.cancel()
            await asyncio.wait(running)
    return [
        Returns(outage.what, outage.seconds, tuple(s for s in seen if s is not None), sum(one is None for one in seen))
        for outage, seen in found.items()
    ]


async def _one(
    outage: Outage, broker: Mosquitto, ids: list[str], reports: list[MqttObserver], mute: bool
) -> list[float | None]:
    subscriber = None
    if outage.what == "frozen":
        subscriber = StateSubscriber(broker.port)
        broker.freeze()
    else:
        await asyncio.to_thread(broker.stop)
    await asyncio.sleep(outage.seconds / 2)
    for report in reports:
        report.on_status(replace(Status(), mute=mute))
    await asyncio.sleep(outage.seconds / 2)
    if subscriber is None:
        back_s = time.monotonic()  # before the process is started, so its own start is counted
        await asyncio.to_thread(broker.start)
        subscriber = StateSubscriber(broker.port)
    else:
        back_s = time.monotonic()
        broker.thaw()
    with suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE_S):
            while not all(subscriber.right_since(id_, mute) for id_ in ids):
                await asyncio.sleep(0.2)
    await asyncio.sleep(SETTLE_S)
    since = [subscriber.right_since(id_, mute) for id_ in ids]
    subscriber.close()
    return [None if at_s is None else max(0.0, at_s - back_s) for at_s in since]
