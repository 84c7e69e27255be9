"""Tries a broker out: log-in, a message to ourselves, a last will. Blocks, so call it in a thread.

It writes to two topics of its own, ``PREFIX/DEVICE-ID/doctor`` and ``.../doctor/will``, retains nothing, and logs in
beside a box that runs, by a name of its own.
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
    """What a broker answered."""

    round_trip_ms: float | None = None
    """None: what we published didn't come back to us."""
    publish_refused: str | None = None
    """The broker's reason not to let us publish; only asked when nothing came back, only told by MQTT 5."""
    will_ms: float | None = None
    """From a connection that breaks to its will; None: none came."""


def probe_topic(topics: Topics) -> str:
    """Where the trial writes."""
    return f"{topics.prefix}/{topics.device_id}/doctor"


def probe(broker: Broker, topics: Topics) -> BrokerProbeResult:
    """One trial, some seconds at most. Raises `BrokerError` for a CA file that can't be used."""
    place = probe_topic(topics)
    with BlockingClient(broker, "doctor") as ear:
        told = BrokerProbeResult(**asdict(ear.log_in()))
        if told.login_ms is None:
            return told
        if not ear.subscribe(f"{place}/#"):
            return replace(told, publish_refused=_publish_reason_code(broker, place))
        word = f"{uuid.uuid4()}".encode()
        began_s = time.monotonic()
        ear.publish(place, word)
        if not ear.hears(word):
            return replace(told, publish_refused=_publish_reason_code(broker, place), lost=ear.lost)
        told = replace(told, round_trip_ms=(time.monotonic() - began_s) * 1000)
        return replace(told, will_ms=_test_will(broker, f"{place}/will", ear))


def _test_will(broker: Broker, place: str, ear: BlockingClient) -> float | None:
    word = f"{uuid.uuid4()}".encode()
    with BlockingClient(broker, "doctor", will=(place, word)) as dying:
        if dying.log_in().login_ms is None:
            return None
        began_s = time.monotonic()
        dying.drop()
        return (time.monotonic() - began_s) * 1000 if ear.hears(word) else None


def _publish_reason_code(broker: Broker, place: str) -> str | None:
    """MQTT 3.1.1 has no word for "you may not"; MQTT 5 has."""
    with BlockingClient(broker, "doctor", protocol="5") as visitor:
        if visitor.log_in().login_ms is None:
            return None
        visitor.publish(place, _PAYLOAD)
        with contextlib.suppress(queue.Empty):
            reason = visitor.published.get(timeout=RESPONSE_TIMEOUT_S)
            return str(reason) if reason.is_failure else None
        return visitor.lost
