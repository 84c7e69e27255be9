"""Outbox: sends what there is to publish as far as the connection and the window in flight allow. Pure.

A broker that hangs acknowledges nothing. What waits then must not grow, and when it goes on, what is retained must be
as it is then: of each topic the newest waits, in the place of its older one. An event that can't go at once is lost.

The box and the simulated boxes publish through it; what a connection is, each says itself.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace

from callbox.mqtt.model.publications import MqttCounters
from callbox.mqtt.model.topics import Publication

MAX_IN_FLIGHT = 16
"""Messages that may be unacknowledged: more than a greeting has."""


class InFlightWindow:
    """For one connection."""

    def __init__(self) -> None:
        self._unacknowledged: set[int] = set()
        self._waiting: dict[str, Publication] = {}

    def offer(self, publication: Publication) -> bool:
        """Whether it is to be sent now, and `sent` be told. If not: it waits if it is retained, else it is lost."""
        if not self._waiting and len(self._unacknowledged) < MAX_IN_FLIGHT:
            return True
        if publication.retained:
            self._waiting[publication.topic] = publication
        return False

    def sent(self, number: int) -> None:
        """A message has this number until it is acknowledged. Not for QoS 0."""
        self._unacknowledged.add(number)

    def acknowledged(self, number: int) -> list[Publication]:
        """The broker has it; what is to be sent now, for which `sent` is to be told."""
        self._unacknowledged.discard(number)
        room = MAX_IN_FLIGHT - len(self._unacknowledged)
        next_ = list(self._waiting.values())[: max(0, room)]
        for publication in next_:
            del self._waiting[publication.topic]
        return next_


Send = Callable[[Publication], int]
"""Hands a publication to the connection; returns the number that it will be acknowledged by."""


class Outbox:
    """For all connections of one box, one after the other. Event loop only."""

    def __init__(self) -> None:
        self.traffic = MqttCounters()
        self._send: Send | None = None
        self._outbox = InFlightWindow()

    def open(self, send: Send) -> None:
        """There is a connection, with nothing on its way."""
        self._send, self._outbox = send, InFlightWindow()
        self.traffic = replace(self.traffic, connections=self.traffic.connections + 1)

    def close(self) -> None:
        """There is none any more."""
        self._send = None

    def publish(self, publications: Iterable[Publication]) -> tuple[int, int]:
        """Send each, or let it wait, or lose it. Returns how many were sent, and how many events lost."""
        published = dropped = 0
        for publication in publications:
            if self._send and self._outbox.offer(publication):
                self._hand_over(self._send, publication)
                published += 1
            elif not publication.retained and publication.qos:
                dropped += 1
        before = self.traffic
        self.traffic = replace(before, published=before.published + published, dropped=before.dropped + dropped)
        return published, dropped

    def acknowledged(self, number: int) -> None:
        """The broker has what has this number: what waited may go."""
        if self._send:
            for publication in self._outbox.acknowledged(number):
                self._hand_over(self._send, publication)

    def _hand_over(self, send: Send, publication: Publication) -> None:
        number = send(publication)
        if publication.qos:
            self._outbox.sent(number)
