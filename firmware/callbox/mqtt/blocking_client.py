"""Blocking one-shot MQTT client for doctor and clean-up. Blocks, so call it in a thread."""

import contextlib
import queue
import socket
import time
import uuid
from dataclasses import dataclass, replace
from typing import Any, Literal, Self, cast

from callbox.mqtt.model.topics import Publication
from callbox.mqtt.paho_client import Broker, new_client

RESPONSE_TIMEOUT_S = 4.0
"""For each response of the broker, in s."""


@dataclass(frozen=True, slots=True)
class ConnectResult:
    """The result of CONNECT."""

    connack: bool = False
    """Whether a CONNACK came, with whatever reason code."""
    refused: str | None = None
    """CONNACK's reason for a refusal; None: not refused."""
    login_ms: float | None = None
    lost: str | None = None
    """Why the connection was lost; None: it was not."""


@dataclass(frozen=True, slots=True)
class ReceivedMessage:
    """One received PUBLISH."""

    topic: str
    payload: bytes
    retained: bool


class BlockingClient:
    """One client; each call waits on a queue that paho's thread fills. `name`: its purpose, part of the client id."""

    def __init__(
        self,
        broker: Broker,
        name: str,
        *,
        will: tuple[str, bytes] | None = None,
        protocol: Literal["5"] | None = None,
    ) -> None:
        self._broker = replace(broker, protocol=protocol or broker.protocol)
        self._connack: queue.Queue[Any] = queue.Queue()
        self._subscribed: queue.Queue[Any] = queue.Queue()
        self._messages: queue.Queue[ReceivedMessage] = queue.Queue()
        self.published: queue.Queue[Any] = queue.Queue()
        self.lost: str | None = None
        last_will = Publication(*will, qos=1, retained=False) if will else None
        client = self._client = new_client(self._broker, f"callbox-{name}-{uuid.uuid4().hex[:8]}", last_will)

        def on_disconnect(_: Any, __: Any, ___: Any, reason: Any, ____: Any) -> None:
            self.lost = str(reason)
            self._connack.put(None)

        client.on_connect = lambda _, __, ___, reason, ____: self._connack.put(reason)
        client.on_disconnect = on_disconnect
        client.on_subscribe = lambda _, __, ___, reasons, ____: self._subscribed.put(reasons)
        client.on_publish = lambda _, __, ___, reason, ____: self.published.put(reason)
        client.on_message = lambda _, __, message: self._messages.put(
            ReceivedMessage(message.topic, bytes(message.payload), message.retain)
        )

    def connect(self) -> ConnectResult:
        """Send CONNECT and wait for CONNACK, at most `RESPONSE_TIMEOUT_S`."""
        began_s = time.monotonic()
        try:
            self._client.connect(self._broker.host, self._broker.port, self._broker.keep_alive_s)
        except (OSError, ValueError) as error:
            return ConnectResult(lost=str(error))
        self._client.loop_start()
        try:
            reason = self._connack.get(timeout=RESPONSE_TIMEOUT_S)
        except queue.Empty:
            return ConnectResult()
        if reason is None:
            return ConnectResult(lost=f"connection closed before CONNACK ({self.lost})")
        if reason.is_failure:
            return ConnectResult(connack=True, refused=str(reason))
        return ConnectResult(connack=True, login_ms=(time.monotonic() - began_s) * 1000)

    def subscribe(self, pattern: str) -> bool:
        """Subscribe with QoS 1. Returns whether SUBACK granted it in time."""
        self._client.subscribe(pattern, qos=1)
        try:
            return not any(reason.is_failure for reason in self._subscribed.get(timeout=RESPONSE_TIMEOUT_S))
        except queue.Empty:
            return False

    def publish(self, topic: str, payload: bytes, *, retained: bool = False) -> None:
        """Send `payload` with QoS 1, without waiting for PUBACK."""
        self._client.publish(topic, payload, qos=1, retain=retained)

    def next(self, within_s: float) -> ReceivedMessage | None:
        """The next message; None: none within `within_s` seconds."""
        with contextlib.suppress(queue.Empty):
            return self._messages.get(timeout=max(0.0, within_s))
        return None

    def wait_for(self, payload: bytes) -> bool:
        """Whether a message with `payload` comes within `RESPONSE_TIMEOUT_S`."""
        deadline_s = time.monotonic() + RESPONSE_TIMEOUT_S
        while message := self.next(deadline_s - time.monotonic()):
            if message.payload == payload:
                return True
        return False

    def abort(self) -> None:
        """Shut the socket down without DISCONNECT, as at a power cut: the broker publishes the will."""
        if sock := self._client.socket():
            cast("socket.socket", sock).shutdown(socket.SHUT_RDWR)  # paho's type for it has less

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()
