"""Broker self-test: CONNECT, a message to the own subscription, a last will, a retained message.

It blocks, so call it in a thread. It writes to topics of its own, ``PREFIX/DEVICE-ID/doctor``, ``.../doctor/will`` and
``.../doctor/retained``, and publishes the discovery message as the box does; it removes what it retains, and connects
with a client id of its own, beside a running box.
"""

import contextlib
import queue
import time
import uuid
from dataclasses import asdict, dataclass, replace
from typing import Literal

from callbox.mqtt.blocking_client import RESPONSE_TIMEOUT_S, RETAINED_GAP_S, BlockingClient, ConnectResult
from callbox.mqtt.model import topics
from callbox.mqtt.model.topics import Publication, Topics
from callbox.mqtt.paho_client import Broker
from callbox.text import parse_json

_PAYLOAD = b"callbox doctor"
_SILENT_KEEP_ALIVE_S, _SILENT_S = 1, 12.0
"""Keep alive of a client that falls silent, and how long the broker may take to end it: Mosquitto looks every 5 s."""
MAX_RETAINED_BYTES = 16384
_MAX_NUMBER = 10**12
"""Of a box's seconds and connections."""


@dataclass(frozen=True, slots=True)
class BrokerProbeResult(ConnectResult):
    """The results of the self-test."""

    round_trip_ms: float | None = None
    """From PUBLISH to its own delivery; None: it was not delivered in time."""
    delivered_as: str | None = None
    """Another topic than the published one, under which the message was delivered; None: it was the same one."""
    publish_refused: str | None = None
    """PUBACK's reason code as text; only read when nothing was delivered, and only MQTT 5 has one."""
    will_ms: float | None = None
    """From the socket's shutdown to the delivery of the will; None: it was not delivered in time."""
    retained: bool = True
    """False: a new subscription with a wildcard didn't get the retained message in time."""
    keep_alive: bool = True
    """False: the broker did not end the connection of a client that fell silent."""
    other_protocol: str | None = None
    """The version of MQTT that the broker speaks, if it isn't the one of the settings; None: it is."""
    discovery_refused: str | None = None
    """Why the discovery message didn't get through; None: it did, or there is none."""
    discovery_bytes: int = 0
    connections: int = 0
    """Of the running box with the broker, as its `health` says; 0: no box has published it."""
    uptime_s: float = 0.0
    boots: int = 0
    """Different boots in the box's retained topics: more than one are more than one box."""


def probe_topic(topics_: Topics) -> str:
    """The topic that the self-test publishes to."""
    return f"{topics_.prefix}/{topics_.device_id}/doctor"


def probe(broker: Broker, topics_: Topics, discovery: Publication | None = None) -> BrokerProbeResult:
    """Run one self-test, some seconds at most. Raises `BrokerError` for a CA file that can't be used.

    `discovery`: Home Assistant's discovery message; None, or with an empty payload: it is not tested.
    """
    topic = probe_topic(topics_)
    with contextlib.ExitStack() as stack:
        client = stack.enter_context(BlockingClient(broker, "doctor"))
        result = BrokerProbeResult(**asdict(client.connect()))
        if result.login_ms is None:
            return replace(result, other_protocol=_other_protocol(broker, result))
        if not client.subscribe(f"{topic}/#"):
            return replace(result, publish_refused=_publish_reason_code(broker, topic, _PAYLOAD))
        payload = f"{uuid.uuid4()}".encode()
        began_s = time.monotonic()
        client.publish(topic, payload)
        delivered = client.wait_for(payload)
        if not delivered:
            reason = _publish_reason_code(broker, topic, _PAYLOAD)
            return replace(result, publish_refused=reason, lost=client.lost)
        if delivered.topic != topic:
            return replace(result, delivered_as=delivered.topic)
        result = replace(result, round_trip_ms=(time.monotonic() - began_s) * 1000)
        silent = stack.enter_context(BlockingClient(broker, "doctor", keep_alive_s=_SILENT_KEEP_ALIVE_S))
        silent_login = silent.connect()
        silent.fall_silent()
        silent_s = time.monotonic()
        result = replace(result, will_ms=_test_will(broker, f"{topic}/will", client))
        if result.will_ms is None:
            return result
        result = replace(result, retained=_test_retained(broker, topic, client))
        result = _read_connections(client, topics_, result)
        if discovery and discovery.payload:
            result = replace(result, discovery_bytes=discovery.packet_bytes)
            result = replace(result, discovery_refused=_test_discovery(broker, discovery, client))
        if silent_login.login_ms is not None:
            left_s = silent_s + _SILENT_S - time.monotonic()
            result = replace(result, keep_alive=silent.is_closed_within(left_s))
        return result


def _other_protocol(broker: Broker, result: ConnectResult) -> str | None:
    """The other version of MQTT, if the broker answers to that; it may close the connection at the wrong one."""
    if result.refused not in (None, "Unsupported protocol version"):
        return None
    other: Literal["3.1.1", "5"] = "3.1.1" if broker.protocol == "5" else "5"
    with BlockingClient(broker, "doctor", protocol=other) as client:
        tried = client.connect()
    return other if tried.connack and tried.refused != "Unsupported protocol version" else None


def _test_discovery(broker: Broker, discovery: Publication, client: BlockingClient) -> str | None:
    client.subscribe(discovery.topic)
    client.publish(discovery.topic, discovery.payload)
    if client.wait_for(discovery.payload):
        return None
    # Not delivered: it may be that only reading is denied, which does no harm. MQTT 5's PUBACK tells.
    if _speaks_5(broker):
        return _publish_reason_code(broker, discovery.topic, discovery.payload)
    return "connection closed" if client.lost else f"not delivered within {RESPONSE_TIMEOUT_S:g} s"


def _speaks_5(broker: Broker) -> bool:
    with BlockingClient(broker, "doctor", protocol="5") as client:
        return client.connect().login_ms is not None


def _read_connections(client: BlockingClient, topics_: Topics, result: BrokerProbeResult) -> BrokerProbeResult:
    """`result` with what the running box has retained about its connections."""
    boots: set[str] = set()
    for row in (topics.INFO, topics.HEALTH, topics.STATE):
        client.subscribe(topics_.of(row))
    deadline_s = time.monotonic() + RESPONSE_TIMEOUT_S
    while message := client.next(min(RETAINED_GAP_S, deadline_s - time.monotonic())):
        try:
            fields = parse_json(message.payload, MAX_RETAINED_BYTES)
        except ValueError:
            continue
        if not isinstance(fields, dict) or not isinstance(fields.get("boot"), str):
            continue
        boots.add(fields["boot"])
        mqtt, uptime_s = fields.get("mqtt"), fields.get("uptime_s")
        connections = mqtt.get("connections") if isinstance(mqtt, dict) else None
        if not isinstance(connections, int) or not isinstance(uptime_s, int | float):
            continue
        if 0 <= connections <= _MAX_NUMBER and 0 <= uptime_s <= _MAX_NUMBER:
            result = replace(result, connections=connections, uptime_s=uptime_s)
    return replace(result, boots=len(boots))


def _test_will(broker: Broker, topic: str, client: BlockingClient) -> float | None:
    payload = f"{uuid.uuid4()}".encode()
    with BlockingClient(broker, "doctor", will=(topic, payload)) as will_client:
        if will_client.connect().login_ms is None:
            return None
        began_s = time.monotonic()
        will_client.abort()
        return (time.monotonic() - began_s) * 1000 if client.wait_for(payload) else None


def _test_retained(broker: Broker, topic: str, client: BlockingClient) -> bool:
    """Whether a new subscription with a wildcard, such as Home Assistant's, gets a retained message."""
    payload = f"{uuid.uuid4()}".encode()
    retained_topic = f"{topic}/retained"
    client.publish(retained_topic, payload, retained=True)
    client.wait_for(payload)  # delivered live: the broker has it
    try:
        with BlockingClient(broker, "doctor") as new_client:
            if new_client.connect().login_ms is None or not new_client.subscribe(f"{topic}/+"):
                return False
            return new_client.wait_for(payload) is not None
    finally:
        client.publish(retained_topic, b"", retained=True)


def _publish_reason_code(broker: Broker, topic: str, payload: bytes) -> str | None:
    """3.1.1's PUBACK has no reason code; retry with MQTT 5 to learn whether publishing is denied."""
    with BlockingClient(broker, "doctor", protocol="5") as client:
        if client.connect().login_ms is None:
            return None
        client.publish(topic, payload)
        with contextlib.suppress(queue.Empty):
            return client.published.get(timeout=RESPONSE_TIMEOUT_S).denied
        return client.lost
