"""Sends what there is to tell, as far as there is a connection and the outbox allows, and counts it. Pure.

The box and the simulated boxes publish through it; what a connection is, each says itself.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace

from callbox.report.outbox import Outbox
from callbox.report.reporter import Traffic
from callbox.report.topics import Publication

Send = Callable[[Publication], int]
"""Hands a publication to the connection; returns the number that it will be acknowledged by."""


class Postbox:
    """For all connections of one box, one after the other. Event loop only."""

    def __init__(self) -> None:
        self.traffic = Traffic()
        self._send: Send | None = None
        self._outbox = Outbox()

    def open(self, send: Send) -> None:
        """There is a connection, with nothing on its way."""
        self._send, self._outbox = send, Outbox()
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
