"""Outbox: publishes as far as the connection and the in-flight window allow. Pure.

A stalled broker sends no PUBACK. The queue must stay bounded then, and retained topics must be current afterwards: for
each topic only the newest publication is queued. An event that can't be sent at once is dropped.

The box and the simulated boxes publish through it, each with a connection of its own.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import islice

from callbox.mqtt.model.publications import MqttCounters
from callbox.mqtt.model.topics import Publication

MAX_IN_FLIGHT = 16
"""Messages without PUBACK: more than `BoxPublications.on_connect` publishes."""


class InFlightWindow:
    """In-flight window of one connection, and the retained publications queued behind it."""

    def __init__(self) -> None:
        self._unacknowledged: set[int] = set()
        self._waiting: dict[str, Publication] = {}

    def offer(self, publication: Publication) -> bool:
        """Whether to send `publication` now and then call `sent`. Else it is queued if retained, or dropped."""
        if not self._waiting and len(self._unacknowledged) < MAX_IN_FLIGHT:
            return True
        if publication.retained:
            self._waiting[publication.topic] = publication
        return False

    def sent(self, number: int) -> None:
        """Note the packet identifier of a sent message, until its PUBACK. Not for QoS 0."""
        self._unacknowledged.add(number)

    def acknowledged(self, number: int) -> list[Publication]:
        """Take in the PUBACK of `number`. Returns what to send now; call `sent` for each."""
        self._unacknowledged.discard(number)
        room = MAX_IN_FLIGHT - len(self._unacknowledged)
        next_ = list(islice(self._waiting.values(), room))
        for publication in next_:
            del self._waiting[publication.topic]
        return next_


Send = Callable[[Publication], int]
"""Hands a publication to the connection; returns its packet identifier."""


class Outbox:
    """Publisher for all connections of one box, one after the other. Event loop only."""

    def __init__(self) -> None:
        self.counters = MqttCounters()
        self._send: Send | None = None
        self._outbox = InFlightWindow()

    def open(self, send: Send) -> None:
        """Start a connection, with nothing in flight."""
        self._send, self._outbox = send, InFlightWindow()
        self.counters = replace(self.counters, connections=self.counters.connections + 1)

    def close(self) -> None:
        """End the connection."""
        self._send = None

    def publish(self, publications: Iterable[Publication]) -> tuple[int, int]:
        """Send, queue or drop each. Returns how many were sent, and how many events dropped."""
        published = dropped = 0
        for publication in publications:
            if self._send and self._outbox.offer(publication):
                self._transmit(self._send, publication)
                published += 1
            elif not publication.retained and publication.qos:
                dropped += 1
        before = self.counters
        self.counters = replace(before, published=before.published + published, dropped=before.dropped + dropped)
        return published, dropped

    def acknowledged(self, number: int) -> None:
        """Take in the PUBACK of `number`, and send what was queued."""
        if self._send:
            for publication in self._outbox.acknowledged(number):
                self._transmit(self._send, publication)

    def _transmit(self, send: Send, publication: Publication) -> None:
        number = send(publication)
        if publication.qos:
            self._outbox.sent(number)
