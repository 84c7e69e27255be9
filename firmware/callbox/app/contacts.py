"""From contacts to events: reads edges from their queue and wakes when an event's time has come."""

import asyncio
import functools
import time
from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from callbox_device.interfaces import Button, Edge
from callbox_device.threads import ThreadQueue

EDGES = 512
"""For a contact. A dialled 0 has 20 changes of a dozen edges each, and a busy loop reads them all at once; what is more
than that is noise. An edge that is dropped would be a pulse less, and so another digit.
"""
LATE_S = 0.02
"""Later than this we were stopped, and the edges of meanwhile need as long to come through the contact's thread."""

E = TypeVar("E", covariant=True)


class Decoder(Protocol[E]):
    """A state machine of contacts, from `callbox_device.model`: its clock is that of `Edge`."""

    @property
    def next_deadline_s(self) -> float | None:
        """When `tick` has something to do; None: not before the next edge."""

    def tick(self, now_s: float, /) -> Sequence[E]:
        """Time has passed: what happened."""


F = TypeVar("F")


async def run_contacts(
    contacts: Sequence[tuple[Button, Callable[[Edge], Sequence[F]]]],
    decoder: Decoder[F],
    start: Callable[..., None],
    on_event: Callable[[F], None],
) -> None:
    """Tell `on_event` what `decoder` makes of the edges of `contacts`, until cancelled.

    `contacts`: each with the method that takes its edges. `start` takes their levels as they are, then the time.
    """
    edges: ThreadQueue[tuple[int, Edge]] = ThreadQueue(EDGES * len(contacts))

    def put(number: int, edge: Edge) -> None:
        edges.put_threadsafe((number, edge))

    try:
        levels = [contact.start(functools.partial(put, number)) for number, (contact, _) in enumerate(contacts)]
        start(*levels, time.monotonic())
        while True:
            deadline_s = decoder.next_deadline_s
            try:
                # The clock of asyncio's loop and of Edge are both time.monotonic().
                async with asyncio.timeout_at(deadline_s):
                    number, edge = await edges.get()
                    found = contacts[number][1](edge)
            except TimeoutError:
                now_s = time.monotonic()
                if deadline_s is not None and now_s - deadline_s > LATE_S:
                    await asyncio.sleep(LATE_S)
                if edges:  # we are late: what has happened by then is told by the edges' own times
                    continue
                found = decoder.tick(now_s)
            for event in found:
                on_event(event)
    finally:
        edges.close()
