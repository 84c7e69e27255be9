"""What a fleet asks of a broker, by arithmetic from the table of topics and from how people use a box. Pure."""

import math
from dataclasses import dataclass

from callbox.fleet.sim.model.behaviour import CONNECTING_STATES, DEFAULT_USAGE, HANG_UP_SHARE, UsageModel
from callbox.mqtt.model import topics
from callbox.mqtt.model.topics import Topic, Topics

_EXAMPLE = Topics("callbox", "kitchen")
_PUBLISH_BYTES = 5
"""MQTT's own of a PUBLISH: type, length, length of the topic."""
_ID_BYTES = 2
"""The number of a message of QoS 1."""
_RETRY_S = 60.0
"""`mqtt.retry_s` of a great fleet."""


@dataclass(frozen=True, slots=True)
class Load:
    """What one box publishes on one topic."""

    topic: Topic
    per_s: float
    """Messages a second, the mean."""
    bytes_each: int
    """With MQTT's own, without TCP's and TLS's."""


def loads(usage: UsageModel = DEFAULT_USAGE) -> list[Load]:
    """What one box publishes, apart from what it says when it connects."""
    calls = (1 - usage.breaks) / usage.cycle_s
    answered, unanswered = calls * (1 - usage.fails), calls * usage.fails
    turn_s = 1 / (1 - math.exp(-1 / usage.turn_s))  # in whole seconds
    breaks = usage.breaks / usage.cycle_s
    state = calls * CONNECTING_STATES + answered * (1 + usage.talk_s / turn_s + 2) + unanswered * 2 + breaks * 2
    per_s = (
        (topics.STATE, state),
        (topics.HEALTH, 1 / topics.HEALTH_PERIOD_S + calls),
        (topics.SOUND, answered * usage.talk_s),
        (topics.EVENT_BUTTON, calls + answered * HANG_UP_SHARE),
        (topics.EVENT_SESSION, calls * 2 + answered),
        (topics.ALERT, (unanswered + breaks) * 2),
    )
    return [Load(topic, rate, message_bytes(topic)) for topic, rate in per_s]


def message_bytes(topic: Topic) -> int:
    """A message on `topic` on the wire, by its example."""
    example = topic.example
    whole = _EXAMPLE.publication(topic, example.encode() if isinstance(example, str) else example, "bot_timeout")
    return len(whole.topic) + len(whole.payload) + _PUBLISH_BYTES + _ID_BYTES * bool(whole.qos)


def retained_bytes() -> int:
    """What a broker keeps of a box that is well: topics and payloads."""
    return sum(
        message_bytes(topic) - _PUBLISH_BYTES for topic in topics.TOPICS if topic.retained and topic is not topics.ALERT
    )


def back_after_s(share: float, retry_s: float) -> float:
    """When `share` of the boxes are back after an outage: each draws pauses evenly from half `retry_s` to 1.5 of it.

    The broker comes back somewhere in a pause, and long pauses are met more often. A pause that is longer than x is met
    as often as pauses are longer than x: all up to half `retry_s`, then ever fewer.
    """
    return retry_s * (share if share <= 0.5 else 1.5 - math.sqrt(2 * (1 - share)))


def first_connects_per_s(boxes: int, retry_s: float) -> float:
    """Connections a second for half `retry_s` after an outage; then the rate falls to 0 in a straight line."""
    return boxes / retry_s


def markdown(boxes: int = 1_000_000) -> str:
    """The tables for so many boxes."""
    each = loads()
    whole, bits = sum(load.per_s for load in each), sum(load.per_s * load.bytes_each for load in each) * 8
    without = sum(load.per_s for load in each if load.topic is not topics.SOUND)
    back = ", ".join(f"{100 * share:g} % after {back_after_s(share, _RETRY_S):.0f} s" for share in (0.5, 0.95, 1.0))
    kept, first = retained_bytes(), first_connects_per_s(boxes, _RETRY_S)
    return "\n".join(
        [
            f"| Topic | Messages a second, of a box | Bytes each | Messages a second, of {boxes:,} | Mbit/s |",
            "|---|---|---|---|---|",
            *(_row(load, boxes) for load in each),
            f"| all | {whole:.4f} | {bits / 8 / whole:.0f} | {whole * boxes:,.0f} | {bits * boxes / 1e6:,.0f} |",
            f"| all but `sound` | {without:.4f} | | {without * boxes:,.0f} | |",
            "",
            "| | |",
            "|---|---|",
            f"| Retained of a box that is well | {kept:,} bytes; of {boxes:,}: {kept * boxes / 1e9:.1f} GB |",
            f"| Pings, while a box has nothing to say | one in 20 s, at most {boxes / 20:,.0f} a second |",
            "| Told at each connection | 4 messages (`info`, `state`, `health`, `status`), 4 subscriptions |",
            f"| While the broker is away, with `mqtt.retry_s: {_RETRY_S:g}` | {first:,.0f} attempts a second, each a "
            "packet and its refusal |",
            f"| After an outage, however long | at first {first:,.0f} connections a second; {back} |",
            f"| After a restart that takes no time | {first:,.0f} connections a second for {_RETRY_S:g} s |",
            "",
        ]
    )


def _row(load: Load, boxes: int) -> str:
    name, of_all = load.topic.suffix.replace("{}", "NAME"), load.per_s * boxes
    mbit_per_s = of_all * load.bytes_each * 8 / 1e6
    return f"| `…/{name}` | {load.per_s:.4f} | {load.bytes_each} | {of_all:,.0f} | {mbit_per_s:,.0f} |"
