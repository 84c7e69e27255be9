"""Blocking one-shot MQTT client for doctor and clean-up. Blocks, so call it in a thread."""

import contextlib
import queue
import socket
import time
import uuid
from dataclasses import dataclass, replace
from typing import Literal, Self, cast

from callbox.mqtt import paho_client
from callbox.mqtt.model import broker_errors
from callbox.mqtt.model.topics import Publication
from callbox.mqtt.paho_client import Broker, BrokerError, Connected, Ended, Event, Published, Received, Subscribed

RESPONSE_TIMEOUT_S = 4.0
"""For each response of the broker, in s."""
RETAINED_GAP_S = 0.7
"""No message for so long, in s: all retained messages have been delivered."""
MAX_UNREAD_MESSAGES = 5000
"""Further ones are dropped."""
MAX_KEPT_BYTES = 16384
"""Of a payload; what tells one from another, or whose it is, stands before."""


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


class BlockingClient:
    """One client; each call waits on a queue that paho's thread fills. `name`: its purpose, part of the client id."""

    def __init__(
        self,
        broker: Broker,
        name: str,
        *,
        will: tuple[str, bytes] | None = None,
        protocol: Literal["3.1.1", "5"] | None = None,
        keep_alive_s: int | None = None,
    ) -> None:
        self._broker = replace(
            broker, protocol=protocol or broker.protocol, keep_alive_s=keep_alive_s or broker.keep_alive_s
        )
        self._connack: queue.Queue[Connected | Ended] = queue.Queue()
        self._subscribed: queue.Queue[Subscribed] = queue.Queue()
        self._messages: queue.Queue[Received] = queue.Queue(MAX_UNREAD_MESSAGES)
        self.published: queue.Queue[Published] = queue.Queue()
        self.lost: str | None = None
        """Why the connection was lost; None: it was not."""
        self._error: BrokerError | None = None
        """Why there is no connection, in a sentence."""
        last_will = Publication(*will, qos=1, retained=False) if will else None
        client_id = f"callbox-{name}-{uuid.uuid4().hex[:8]}"
        self._client = paho_client.new_client(self._broker, client_id, last_will, "", self._on_event)

    def _on_event(self, event: Event) -> None:  # paho's thread
        match event:
            case Connected() | Ended():
                if isinstance(event, Ended):
                    self.lost = self.lost or event.reason or str(event.error)
                    self._error = self._error or event.error
                self._connack.put(event)
            case Subscribed():
                self._subscribed.put(event)
            case Published():
                self.published.put(event)
            case Received(payload=payload):
                with contextlib.suppress(queue.Full):  # the caller looks for one of its own
                    self._messages.put_nowait(replace(event, payload=payload[:MAX_KEPT_BYTES]))

    def log_in(self) -> None:
        """Connect. Raises `BrokerError` if the broker doesn't accept it."""
        if self.connect().login_ms is None:
            advice = broker_errors.NO_CONNECTION["silent"].advice
            silence = f"no CONNACK within {RESPONSE_TIMEOUT_S:g} s; {advice}"
            raise self._error or BrokerError(f"no connection to the broker at {self._broker.address}: {silence}")

    def connect(self) -> ConnectResult:
        """Send CONNECT and wait for CONNACK, at most `RESPONSE_TIMEOUT_S`."""
        began_s = time.monotonic()
        try:
            paho_client.connect_blocking(self._client, self._broker)
        except (OSError, ValueError) as error:
            self._error = paho_client.connect_error(self._broker, error)
            return ConnectResult(lost=str(error))
        self._client.loop_start()
        try:
            event = self._connack.get(timeout=RESPONSE_TIMEOUT_S)
        except queue.Empty:
            return ConnectResult()
        if isinstance(event, Connected):
            return ConnectResult(connack=True, login_ms=(time.monotonic() - began_s) * 1000)
        if event.refused:
            return ConnectResult(connack=True, refused=event.reason)
        return ConnectResult(lost=f"connection closed before CONNACK ({self.lost})")

    def subscribe(self, pattern: str) -> bool:
        """Subscribe with QoS 1. Returns whether SUBACK granted it in time."""
        self._client.subscribe(pattern, qos=1)
        try:
            return self._subscribed.get(timeout=RESPONSE_TIMEOUT_S).denied is None
        except queue.Empty:
            return False

    def publish(self, topic: str, payload: bytes, *, retained: bool = False) -> None:
        """Send `payload` with QoS 1, without waiting for PUBACK."""
        self._client.publish(topic, payload, qos=1, retain=retained)

    def next(self, within_s: float) -> Received | None:
        """The next message; None: none within `within_s` seconds."""
        with contextlib.suppress(queue.Empty):
            return self._messages.get(timeout=max(0.0, within_s))
        return None

    def wait_for(self, payload: bytes) -> Received | None:
        """The message with `payload`; None: it doesn't come within `RESPONSE_TIMEOUT_S`."""
        deadline_s = time.monotonic() + RESPONSE_TIMEOUT_S
        while message := self.next(deadline_s - time.monotonic()):
            if message.payload == payload[:MAX_KEPT_BYTES]:
                return message
        return None

    def abort(self) -> None:
        """Shut the socket down without DISCONNECT, as at a power cut: the broker publishes the will."""
        if sock := self._client.socket():
            cast("socket.socket", sock).shutdown(socket.SHUT_RDWR)  # paho's type for it has less

    def fall_silent(self) -> None:
        """Send nothing more, PINGREQ neither, and keep the socket open: as a box without power does."""
        self._client.loop_stop()

    def is_closed_within(self, seconds: float) -> bool:
        """Whether the broker closes the connection of a client that has fallen silent."""
        sock = cast("socket.socket | None", self._client.socket())
        deadline_s = time.monotonic() + seconds
        try:
            while sock:
                sock.settimeout(max(0.001, deadline_s - time.monotonic()))
                if not sock.recv(4096):
                    return True
        except TimeoutError:
            return False
        except OSError:
            pass
        return True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()
