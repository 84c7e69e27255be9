"""Request over MQTT, from outside of the box. Any thread; blocks until there is an answer, or none."""

import json
import time
import uuid
from collections.abc import Mapping
from typing import Any

from callbox.mqtt.blocking_client import RESPONSE_TIMEOUT_S, BlockingClient
from callbox.mqtt.model import topics
from callbox.mqtt.model.backoff import EndReason
from callbox.mqtt.model.topics import Topics
from callbox.mqtt.paho_client import Broker, BrokerError
from callbox.text import parse_json

ATTEMPTS = 3
"""A request is sent as often until there is an answer."""


def request(broker: Broker, topics_: Topics, name: str, fields: Mapping[str, Any]) -> dict[str, Any] | None:
    """Answer of the box to ``request/NAME`` with `fields`, which may be sent again; None: there is none.

    Raises `BrokerError` when the broker can't be used.
    """
    topic, response = topics_.of(topics.REQUEST, name), topics_.of(topics.RESPONSE, name)
    transaction = uuid.uuid4().hex
    payload = json.dumps({**fields, "transaction": transaction}).encode()
    with BlockingClient(broker, name) as client:
        client.log_in()
        if not client.subscribe(response):
            raise BrokerError(f"the broker denies {response}", EndReason.REFUSED)
        for _ in range(ATTEMPTS):
            client.publish(topic, payload)
            end_s = time.monotonic() + RESPONSE_TIMEOUT_S
            while message := client.next(end_s - time.monotonic()):
                answer = _answer(message.payload)
                if answer.get("transaction") == transaction:
                    return answer
    return None


def _answer(payload: bytes) -> dict[str, Any]:
    try:
        answer = parse_json(payload)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}
