"""Outbox: publishes as far as the connection, the in-flight window and the rate limit allow. Pure: the clock is given.

A stalled broker sends no PUBACK. Everything must stay bounded then, and retained topics must be current afterwards:

- Of a retained topic only the newest publication is queued; it goes when the window has room and the rate limit allows.
- Responses to commands are queued in their order, `MAX_QUEUED_RESPONSES` at most. `can_respond` tells whether another
  one fits; if not, the command is refused instead of executed, with QoS 0, which needs no place in the window.
- Any other event that can't be sent at once is dropped.

The box and the simulated boxes publish through it, each with a connection of its own.
"""

import logging
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import replace

from callbox.mqtt.model import broker_errors
from callbox.mqtt.model.publications import MqttCounters
from callbox.mqtt.model.rate_limit import TopicRateLimit
from callbox.mqtt.model.topics import Publication

log = logging.getLogger(__name__)

MAX_IN_FLIGHT = 16
"""Messages without PUBACK: more than `BoxPublications.on_connect` publishes."""
MAX_QUEUED_RESPONSES = 64
MAX_UNWRITTEN = 256
"""Messages with QoS 0 that paho has not written to the socket."""
MAX_LOSSES = 3
MIN_WITHHELD_BYTES = 1024
"""A broker that takes no packet of 1 KiB is of no use to a box."""

Send = Callable[[Publication], int]
"""Hands a publication to the connection; returns its packet identifier."""


class InFlightWindow:
    """Messages of one connection without PUBACK, or not yet written (QoS 0), by their packet identifiers."""

    def __init__(self) -> None:
        self._unacknowledged: dict[int, tuple[Publication, float]] = {}
        self._unwritten: set[int] = set()

    def has_room(self, qos: int) -> bool:
        """Whether another message with `qos` may be sent."""
        return len(self._unacknowledged) < MAX_IN_FLIGHT if qos else len(self._unwritten) < MAX_UNWRITTEN

    def sent(self, number: int, publication: Publication, now_s: float) -> None:
        """Note that `publication` was handed to paho, as message `number`."""
        if publication.qos:
            self._unacknowledged[number] = publication, now_s
        else:
            self._unwritten.add(number)

    def acknowledged(self, number: int) -> str | None:
        """Take in the PUBACK of `number`, or that it was written. Returns the topic if its QoS is 1, else None."""
        self._unwritten.discard(number)
        publication, _ = self._unacknowledged.pop(number, (None, 0.0))
        return publication.topic if publication else None

    def largest(self) -> Publication | None:
        """The largest message without PUBACK; None: there is none."""
        sent = [publication for publication, _ in self._unacknowledged.values()]
        return max(sent, key=lambda publication: publication.packet_bytes, default=None)

    def oldest_s(self) -> float | None:
        """Time at which the oldest message without PUBACK was sent; None: there is none."""
        return min((sent_s for _, sent_s in self._unacknowledged.values()), default=None)


class Outbox:
    """Publisher for all connections of one box, one after the other. Event loop only.

    `clock`: monotonic, in s.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self.counters = MqttCounters()
        self._clock = clock
        self._send: Send | None = None
        self._max_bytes: int | None = None
        self._window = InFlightWindow()
        self._rate = TopicRateLimit()
        self._retained: dict[str, Publication] = {}
        self._responses: deque[Publication] = deque()
        self._losses: dict[str, int] = {}
        """Connections lost in a row with this topic as the largest without PUBACK."""
        self._denied: set[str] = set()
        """Topics that this connection can't publish, and a warning told so."""

    def open(self, send: Send, max_bytes: int | None = None) -> None:
        """Start a connection, with nothing in flight. `max_bytes`: of a packet, as the broker allows; None: any."""
        self._send, self._max_bytes = send, max_bytes
        self._window, self._rate = InFlightWindow(), TopicRateLimit()
        self._retained.clear()
        self._responses.clear()
        self._denied.clear()
        self.counters = replace(self.counters, connections=self.counters.connections + 1)

    def close(self) -> None:
        """End the connection."""
        self._send = None

    def lost(self) -> None:
        """End a connection that the other side has closed.

        A broker of MQTT 3.1.1 that limits packets closes the connection, and can't say why. What is the largest without
        PUBACK `MAX_LOSSES` times in a row is withheld, so that the rest is published.
        """
        largest = self._window.largest() if self._send else None
        self.close()
        if largest is None or largest.packet_bytes < MIN_WITHHELD_BYTES:
            return
        topic, size = largest.topic, largest.packet_bytes
        self._losses[topic] = self._losses.get(topic, 0) + 1
        if self._losses[topic] == MAX_LOSSES:
            text = "%s is not published any more: the broker closes the connection at its %d bytes (packet limit?)"
            log.warning(text, topic, size)

    def publish(self, publications: Iterable[Publication]) -> tuple[int, int]:
        """Send, queue or drop each. Returns how many were sent, and how many events dropped."""
        published = dropped = 0
        for publication in publications:
            if self._may_send(publication) and self._send:
                self._transmit(self._send, publication)
                published += 1
            elif publication.retained:
                self._queue_retained(publication)
            elif publication.qos:
                dropped += 1
        self._count(published, dropped)
        return published, dropped

    # -- responses to commands -----------------------------------------------------------------------

    @property
    def can_respond(self) -> bool:
        """Whether the response to another command would be sent or queued."""
        return self._send is not None and len(self._responses) < MAX_QUEUED_RESPONSES

    def fits(self, publication: Publication) -> bool:
        """Whether the broker takes a packet of this size."""
        return self._max_bytes is None or publication.packet_bytes <= self._max_bytes

    def respond(self, publication: Publication) -> bool:
        """Send a response, or queue it. Returns False if it was dropped: no connection, too large, or a full queue."""
        if self._send is None or not self.fits(publication) or not self.can_respond:
            self._count(0, 1)
            return False
        self._responses.append(publication)
        self.flush()
        return True

    def refuse(self, publication: Publication) -> bool:
        """Send a refusal with QoS 0. Returns False if it was dropped: too many are not written yet."""
        if self._send is None or not self._window.has_room(0):
            self._count(0, 1)
            return False
        self._transmit(self._send, replace(publication, qos=0))
        self._count(1, 0)
        return True

    # -- progress of the connection -------------------------------------------------------------------

    def acknowledged(self, number: int, denied: str | None = None) -> None:
        """Take in the PUBACK of `number`, or that it was written (QoS 0), and send what was queued.

        `denied`: PUBACK's reason code, if it is an error (MQTT 5).
        """
        topic = self._window.acknowledged(number)
        if topic:
            self._losses.pop(topic, None)
        if denied and topic and topic not in self._denied:
            self._denied.add(topic)
            log.warning("%s", broker_errors.denied_publication(topic, denied))
        self.flush()

    def flush(self, *, force: bool = False) -> None:
        """Send what is queued and may go now. `force`: retained topics even if window or rate limit say no."""
        # Retained topics first: a flood of commands must not outdate them.
        for topic, publication in list(self._retained.items()):
            if self._send and (force or (self._window.has_room(publication.qos) and not self._wait_s(topic))):
                del self._retained[topic]
                self._transmit(self._send, publication)
                self._count(1, 0)
        while self._send and self._responses and self._window.has_room(1):
            self._transmit(self._send, self._responses.popleft())
            self._count(1, 0)

    @property
    def due_s(self) -> float | None:
        """Seconds until `flush` has something to send that waits for the rate limit; None: nothing does."""
        if self._send is None or not self._retained or not self._window.has_room(1):
            return None  # the next PUBACK flushes
        return min(self._wait_s(topic) for topic in self._retained)

    @property
    def stalled_s(self) -> float:
        """For how long the oldest message has had no PUBACK, in s; 0: there is none."""
        oldest_s = self._window.oldest_s() if self._send else None
        return 0.0 if oldest_s is None else self._clock() - oldest_s

    def _may_send(self, publication: Publication) -> bool:
        if self._send is None or self._is_withheld(publication) or not self._window.has_room(publication.qos):
            return False
        if not self.fits(publication):
            self._warn_too_large(publication)
            return False
        topic = publication.topic
        return not publication.retained or (topic not in self._retained and not self._wait_s(topic))

    def _queue_retained(self, publication: Publication) -> None:
        if self._send and self.fits(publication) and not self._is_withheld(publication):
            self._retained[publication.topic] = publication

    def _is_withheld(self, publication: Publication) -> bool:
        is_large = publication.packet_bytes >= MIN_WITHHELD_BYTES
        return is_large and self._losses.get(publication.topic, 0) >= MAX_LOSSES

    def _wait_s(self, topic: str) -> float:
        return self._rate.wait_s(topic, self._clock())

    def _warn_too_large(self, publication: Publication) -> None:
        if publication.topic not in self._denied:
            self._denied.add(publication.topic)
            size, limit = publication.packet_bytes, self._max_bytes
            log.warning(
                "%s is not published: %d bytes, and the broker takes %s at most", publication.topic, size, limit
            )

    def _transmit(self, send: Send, publication: Publication) -> None:
        if publication.retained:
            self._rate.take(publication.topic, self._clock())
        number = send(publication)
        self._window.sent(number, publication, self._clock())

    def _count(self, published: int, dropped: int) -> None:
        before = self.counters
        self.counters = replace(before, published=before.published + published, dropped=before.dropped + dropped)
