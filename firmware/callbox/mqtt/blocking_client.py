"""Somebody who visits the broker for a moment, beside the box. Blocks, so call it in a thread."""

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
"""For each answer."""


@dataclass(frozen=True, slots=True)
class ConnectResult:
    """What a broker answered to a log-in."""

    greeted: bool = False
    refused: str | None = None
    """The broker's reason not to let us in."""
    login_ms: float | None = None
    lost: str | None = None
    """Why the connection ended in the middle."""


@dataclass(frozen=True, slots=True)
class ReceivedMessage:
    """One message."""

    topic: str
    payload: bytes
    retained: bool


class BlockingClient:
    """One client, waited for by queues that paho's thread fills. `name`: what it comes for; part of its client id."""

    def __init__(
        self,
        broker: Broker,
        name: str,
        *,
        will: tuple[str, bytes] | None = None,
        protocol: Literal["5"] | None = None,
    ) -> None:
        self._broker = replace(broker, protocol=protocol or broker.protocol)
        self._greeting: queue.Queue[Any] = queue.Queue()
        self._subscribed: queue.Queue[Any] = queue.Queue()
        self._heard: queue.Queue[ReceivedMessage] = queue.Queue()
        self.published: queue.Queue[Any] = queue.Queue()
        self.lost: str | None = None
        last_word = Publication(*will, qos=1, retained=False) if will else None
        client = self._client = new_client(self._broker, f"callbox-{name}-{uuid.uuid4().hex[:8]}", last_word)

        def on_disconnect(_: Any, __: Any, ___: Any, reason: Any, ____: Any) -> None:
            self.lost = str(reason)
            self._greeting.put(None)

        client.on_connect = lambda _, __, ___, reason, ____: self._greeting.put(reason)
        client.on_disconnect = on_disconnect
        client.on_subscribe = lambda _, __, ___, reasons, ____: self._subscribed.put(reasons)
        client.on_publish = lambda _, __, ___, reason, ____: self.published.put(reason)
        client.on_message = lambda _, __, message: self._heard.put(
            ReceivedMessage(message.topic, bytes(message.payload), message.retain)
        )

    def log_in(self) -> ConnectResult:
        """CONNECT, and what is answered."""
        began_s = time.monotonic()
        try:
            self._client.connect(self._broker.host, self._broker.port, self._broker.keep_alive_s)
        except (OSError, ValueError) as error:
            return ConnectResult(lost=str(error))
        self._client.loop_start()
        try:
            reason = self._greeting.get(timeout=RESPONSE_TIMEOUT_S)
        except queue.Empty:
            return ConnectResult()
        if reason is None:
            return ConnectResult(lost=f"it ended the connection at once ({self.lost})")
        if reason.is_failure:
            return ConnectResult(greeted=True, refused=str(reason))
        return ConnectResult(greeted=True, login_ms=(time.monotonic() - began_s) * 1000)

    def subscribe(self, pattern: str) -> bool:
        """Whether the broker says that it will tell us."""
        self._client.subscribe(pattern, qos=1)
        try:
            return not any(reason.is_failure for reason in self._subscribed.get(timeout=RESPONSE_TIMEOUT_S))
        except queue.Empty:
            return False

    def publish(self, place: str, word: bytes, *, retained: bool = False) -> None:
        """Send it; nobody waits."""
        self._client.publish(place, word, qos=1, retain=retained)

    def next(self, within_s: float) -> ReceivedMessage | None:
        """The next message; None: none came in time."""
        with contextlib.suppress(queue.Empty):
            return self._heard.get(timeout=max(0.0, within_s))
        return None

    def hears(self, word: bytes) -> bool:
        """Whether `word` comes in time."""
        give_up_s = time.monotonic() + RESPONSE_TIMEOUT_S
        while heard := self.next(give_up_s - time.monotonic()):
            if heard.payload == word:
                return True
        return False

    def drop(self) -> None:
        """Vanish without a word, as a box does whose power has gone."""
        if line := self._client.socket():
            cast("socket.socket", line).shutdown(socket.SHUT_RDWR)  # paho's type for it has less

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()
