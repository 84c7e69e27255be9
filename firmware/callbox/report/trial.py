"""Tries a broker out: log-in, a message to ourselves, a last will. Blocks, so call it in a thread.

It writes to two topics of its own, ``PREFIX/DEVICE-ID/doctor`` and ``.../doctor/will``, retains nothing, and logs in
beside a box that runs, by a name of its own.
"""

import contextlib
import queue
import socket
import threading
import time
import uuid
from dataclasses import dataclass, replace
from typing import Any, Literal, Self, cast

from callbox.report.broker import Broker, new_client
from callbox.report.topics import Publication, Topics

WAIT_S = 4.0
"""For each answer."""
_WORD = b"callbox doctor"


@dataclass(frozen=True, slots=True)
class Trial:
    """What a broker answered."""

    greeted: bool = False
    refused: str | None = None
    """The broker's reason not to let us in."""
    login_ms: float | None = None
    round_trip_ms: float | None = None
    """None: what we published didn't come back to us."""
    publish_refused: str | None = None
    """The broker's reason not to let us publish; only asked when nothing came back, only told by MQTT 5."""
    will_ms: float | None = None
    """From a connection that breaks to its will; None: none came."""
    lost: str | None = None
    """Why the connection ended in the middle."""


def topic(topics: Topics) -> str:
    """Where the trial writes."""
    return f"{topics.prefix}/{topics.device_id}/doctor"


def attempt(broker: Broker, topics: Topics) -> Trial:
    """One trial, some seconds at most. Raises `BrokerError` for a CA file that can't be used."""
    place = topic(topics)
    with _Visitor(broker) as ear:
        told = ear.log_in()
        if told.login_ms is None:
            return told
        if not ear.subscribe(f"{place}/#"):
            return replace(told, publish_refused=_ask(broker, place))
        word = f"{uuid.uuid4()}".encode()
        began_s = time.monotonic()
        ear.publish(place, word)
        if not ear.hears(word):
            return replace(told, publish_refused=_ask(broker, place), lost=ear.lost)
        told = replace(told, round_trip_ms=(time.monotonic() - began_s) * 1000)
        return replace(told, will_ms=_die(broker, f"{place}/will", ear))


def _die(broker: Broker, place: str, ear: "_Visitor") -> float | None:
    word = f"{uuid.uuid4()}".encode()
    with _Visitor(broker, will=(place, word)) as dying:
        if dying.log_in().login_ms is None:
            return None
        began_s = time.monotonic()
        dying.drop()
        return (time.monotonic() - began_s) * 1000 if ear.hears(word) else None


def _ask(broker: Broker, place: str) -> str | None:
    """MQTT 3.1.1 has no word for "you may not"; MQTT 5 has."""
    with _Visitor(broker, protocol="5") as visitor:
        if visitor.log_in().login_ms is None:
            return None
        visitor.publish(place, _WORD)
        with contextlib.suppress(queue.Empty):
            reason = visitor.published.get(timeout=WAIT_S)
            return str(reason) if reason.is_failure else None
        return visitor.lost


class _Visitor:
    """One client, waited for by queues that paho's thread fills."""

    def __init__(
        self, broker: Broker, *, will: tuple[str, bytes] | None = None, protocol: Literal["5"] | None = None
    ) -> None:
        self._broker = replace(broker, protocol=protocol or broker.protocol)
        self._greeting: queue.Queue[Any] = queue.Queue()
        self._subscribed: queue.Queue[Any] = queue.Queue()
        self._heard: queue.Queue[bytes] = queue.Queue()
        self.published: queue.Queue[Any] = queue.Queue()
        self.lost: str | None = None
        self._over = threading.Event()
        last_word = Publication(*will, qos=1, retained=False) if will else None
        client = self._client = new_client(self._broker, f"callbox-doctor-{uuid.uuid4().hex[:8]}", last_word)

        def on_disconnect(_: Any, __: Any, ___: Any, reason: Any, ____: Any) -> None:
            self.lost = str(reason)
            self._greeting.put(None)

        client.on_connect = lambda _, __, ___, reason, ____: self._greeting.put(reason)
        client.on_disconnect = on_disconnect
        client.on_subscribe = lambda _, __, ___, reasons, ____: self._subscribed.put(reasons)
        client.on_publish = lambda _, __, ___, reason, ____: self.published.put(reason)
        client.on_message = lambda _, __, message: self._heard.put(bytes(message.payload))

    def log_in(self) -> Trial:
        """CONNECT, and what is answered."""
        began_s = time.monotonic()
        try:
            self._client.connect(self._broker.host, self._broker.port, self._broker.keep_alive_s)
        except (OSError, ValueError) as error:
            return Trial(lost=str(error))
        self._client.loop_start()
        try:
            reason = self._greeting.get(timeout=WAIT_S)
        except queue.Empty:
            return Trial()
        if reason is None:
            return Trial(lost=f"it ended the connection at once ({self.lost})")
        if reason.is_failure:
            return Trial(greeted=True, refused=str(reason))
        return Trial(greeted=True, login_ms=(time.monotonic() - began_s) * 1000)

    def subscribe(self, pattern: str) -> bool:
        """Whether the broker says that it will tell us."""
        self._client.subscribe(pattern, qos=1)
        try:
            return not any(reason.is_failure for reason in self._subscribed.get(timeout=WAIT_S))
        except queue.Empty:
            return False

    def publish(self, place: str, word: bytes) -> None:
        """Send it; nobody waits."""
        self._client.publish(place, word, qos=1)

    def hears(self, word: bytes) -> bool:
        """Whether `word` comes in time."""
        give_up_s = time.monotonic() + WAIT_S
        with contextlib.suppress(queue.Empty):
            while True:
                if self._heard.get(timeout=max(0.0, give_up_s - time.monotonic())) == word:
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
