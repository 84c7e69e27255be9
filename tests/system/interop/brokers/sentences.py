"""What a box says of a broker that can't what its settings ask for: the product's own client and `callbox doctor`."""

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable

from tests.system.interop.brokers.features import Protocol

from callbox.doctor.model.evaluate import network
from callbox.mqtt import broker_probe
from callbox.mqtt.blocking_client import RESPONSE_TIMEOUT_S
from callbox.mqtt.client import MqttObserver
from callbox.mqtt.model.topics import Topics
from callbox.mqtt.paho_client import Broker, BrokerError

LOGGED_S, KEEP_ALIVE_S = 12.0, 5
"""For what a box says, also when no CONNACK comes within one and a half times its keep alive."""


class _Lines(logging.Handler):
    """Warnings of this thread: other brokers are measured at the same time."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.texts: list[str] = []
        self._thread = threading.get_ident()

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread == self._thread:
            self.texts.append(record.getMessage())


def journal(port: int, protocol: Protocol, prefix: str = "callbox") -> str:
    """What a box with `mqtt.protocol` and `mqtt.prefix` says within `LOGGED_S`, or why it isn't connected."""
    broker = Broker("127.0.0.1", port, protocol=protocol, keep_alive_s=KEEP_ALIVE_S)
    lines, log = _Lines(), logging.getLogger("callbox.mqtt")
    observer = MqttObserver(broker, Topics(prefix, "kitchen"))

    async def connect() -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LOGGED_S):
                await observer.one_connection()

    log.addHandler(lines)
    try:
        asyncio.run(connect())
    except BrokerError as error:
        lines.texts.append(str(error))
    finally:
        log.removeHandler(lines)
    return "; ".join(lines.texts).replace(broker.address, "HOST:PORT") or "nothing"


def doctor(port: int, protocol: Protocol) -> str:
    """The codes of `callbox doctor`."""
    topics = Topics("callbox", "kitchen")
    result = broker_probe.probe(Broker("127.0.0.1", port, protocol=protocol), topics)
    findings = network.broker(result, broker_probe.probe_topic(topics), RESPONSE_TIMEOUT_S)
    # How fast the machine is that measures is no matter of the broker.
    return ", ".join(f"`{one.code.name}`" for one in findings if one.code.name != "MQTT-SLOW") or "nothing"


SENTENCES: dict[str, Callable[[int, Protocol], str]] = {
    "The journal": journal,
    "The journal with `mqtt.prefix: call.box`": lambda port, protocol: journal(port, protocol, "call.box"),
    "`callbox doctor`": doctor,
}
"""By who says it."""
