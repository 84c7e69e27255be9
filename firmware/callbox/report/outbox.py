"""What is on its way to the broker, bounded. Pure.

A broker that hangs acknowledges nothing. What waits then must not grow, and when it goes on, what is retained must be
as it is then: of each topic the newest waits, in the place of its older one. An event that can't go at once is lost.
"""

from callbox.report.topics import Publication

IN_FLIGHT = 16
"""Messages that may be unacknowledged: more than a greeting has."""


class Outbox:
    """For one connection."""

    def __init__(self) -> None:
        self._unacknowledged: set[int] = set()
        self._waiting: dict[str, Publication] = {}

    def offer(self, publication: Publication) -> bool:
        """Whether it is to be sent now, and `sent` be told. If not: it waits if it is retained, else it is lost."""
        if not self._waiting and len(self._unacknowledged) < IN_FLIGHT:
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
        room = IN_FLIGHT - len(self._unacknowledged)
        next_ = list(self._waiting.values())[: max(0, room)]
        for publication in next_:
            del self._waiting[publication.topic]
        return next_
