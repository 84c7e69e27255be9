"""Broker self-test: CONNECT, a message to the own subscription, a last will. Blocks, so call it in a thread.

It writes to two topics of its own, ``PREFIX/DEVICE-ID/doctor`` and ``.../doctor/will``, retains nothing, and connects
with a client id of its own, beside a running box.
"""

import contextlib
import queue
import time
import uuid
from dataclasses import asdict, dataclass, replace

from callbox.mqtt.blocking_client import RESPONSE_TIMEOUT_S, BlockingClient, ConnectResult
from callbox.mqtt.model.topics import Topics
from callbox.mqtt.paho_client import Broker

_PAYLOAD = b"callbox doctor"


@dataclass(frozen=True, slots=True)
class BrokerProbeResult(ConnectResult):
    """The results of the self-test."""

    round_trip_ms: float | None = None
    """From PUBLISH to its own delivery; None: it was not delivered in time."""
    publish_refused: str | None = None
    """PUBACK's reason code as text; only read when nothing was delivered, and only MQTT 5 has one."""
    will_ms: float | None = None
    """From the socket's shutdown to the delivery of the will; None: it was not delivered in time."""


def probe_topic(topics: Topics) -> str:
    """The topic that the self-test publishes to."""
    return f"{topics.prefix}/{topics.device_id}/doctor"


def probe(broker: Broker, topics: Topics) -> BrokerProbeResult:
    """Run one self-test, some seconds at most. Raises `BrokerError` for a CA file that can't be used."""
    topic = probe_topic(topics)
    with BlockingClient(broker, "doctor") as client:
        result = BrokerProbeResult(**asdict(client.connect()))
        if result.login_ms is None:
            return result
        if not client.subscribe(f"{topic}/#"):
            return replace(result, publish_refused=_publish_reason_code(broker, topic))
        payload = f"{uuid.uuid4()}".encode()
        began_s = time.monotonic()
        client.publish(topic, payload)
        if not client.wait_for(payload):
            return replace(result, publish_refused=_publish_reason_code(broker, topic), lost=client.lost)
        result = replace(result, round_trip_ms=(time.monotonic() - began_s) * 1000)
        return replace(result, will_ms=_test_will(broker, f"{topic}/will", client))


def _test_will(broker: Broker, topic: str, client: BlockingClient) -> float | None:
    payload = f"{uuid.uuid4()}".encode()
    with BlockingClient(broker, "doctor", will=(topic, payload)) as will_client:
        if will_client.connect().login_ms is None:
            return None
        began_s = time.monotonic()
        will_client.abort()
        return (time.monotonic() - began_s) * 1000 if client.wait_for(payload) else None


def _publish_reason_code(broker: Broker, topic: str) -> str | None:
    """3.1.1's PUBACK has no reason code; retry with MQTT 5 to learn whether publishing is denied."""
    with BlockingClient(broker, "doctor", protocol="5") as client:
        if client.connect().login_ms is None:
            return None
        client.publish(topic, _PAYLOAD)
        with contextlib.suppress(queue.Empty):
            return client.published.get(timeout=RESPONSE_TIMEOUT_S).denied
        return client.lost
