"""From contacts to events: reads their changes from a queue and wakes when an event's time has come."""

import asyncio
import functools
from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

from callbox_device.model.edge_order import Arrival, Lateness, in_order
from callbox_device.threads import ThreadQueue

EDGES = 512
"""For a contact. A dialled 0 has 20 changes of a dozen edges each, and a busy loop reads them all at once; what is more
than that is noise. An edge that is dropped would be a pulse less, and so another digit.
"""
LATE_S = 0.02
"""Later than this we were stopped, and the edges of meanwhile need time to come through the contact's thread."""

E = TypeVar("E", covariant=True)


class Decoder(Protocol[E]):
    """A state machine of contacts, from `callbox_device.model`: its clock is that of `Edge`."""

    @property
    def next_deadline_s(self) -> float | None:
        """Deadline of `tick`, in seconds of `time.monotonic()`; None: not before the next edge."""

    def tick(self, now_s: float, /) -> Sequence[E]:
        """Decode the passing of time; returns the events."""


F = TypeVar("F")
C = TypeVar("C", covariant=True)


class Contact(Protocol[C]):
    """Contact that reports its changes: `callbox_device.interfaces.Button`, whose changes are `Edge`."""

    def start(self, on_change: Callable[[C], None], /) -> object:
        """Report every change from now on, on a thread of its own; returns how it is at this moment."""


async def run_contacts(
    contacts: Sequence[tuple[Contact[Any], Callable[[Any], Sequence[F]]]],
    decoder: Decoder[F],
    start: Callable[..., None],
    on_event: Callable[[F], None],
    *,
    hold_s: float = 0.0,
) -> None:
    """Tell `on_event` what `decoder` makes of the changes of `contacts`, until cancelled.

    `contacts`: each with the method that takes its changes, which have a time `at_s`. `start` takes how they are, then
    the time. `hold_s`: how late they are decoded, in the order of their times; `REORDER_S` where
    an event is made of several edges, 0 where it has to act at once.
    """
    loop = asyncio.get_running_loop()  # its clock, that of `Edge` and time.monotonic() are one
    arrivals: ThreadQueue[Arrival[Any]] = ThreadQueue(EDGES * len(contacts))
    held: list[Arrival[Any]] = []
    lateness = Lateness(hold_s)

    def put(number: int, change: Any) -> None:
        arrivals.put_threadsafe(Arrival(number, change, change.at_s, loop.time()))

    try:
        states = [contact.start(functools.partial(put, number)) for number, (contact, _) in enumerate(contacts)]
        start(*states, loop.time())
        while True:
            due_s, timed_out = decoder.next_deadline_s, False
            wake_s = lateness.wake_s(due_s, loop.time())
            if held:
                wake_s = min(arrival.arrived_s for arrival in held) + hold_s
            try:
                async with asyncio.timeout_at(wake_s):
                    held.append(await arrivals.get())
            except TimeoutError:
                timed_out = True
            now_s = loop.time()
            if wake_s is not None and now_s - wake_s > LATE_S:
                lateness.stopped(now_s - wake_s, due_s, now_s)
                if timed_out:
                    await asyncio.sleep(LATE_S)
            elif timed_out and wake_s is not None:
                now_s = max(now_s, wake_s)  # timers are due a little early
            held += arrivals.take_all()
            for arrival in held:
                lateness.came(arrival.arrived_s - arrival.at_s)
            # If something came: what has happened by now is told by the times of the changes.
            if timed_out and due_s is not None and not held and now_s >= lateness.of(due_s):
                _tell(decoder.tick(max(due_s, lateness.decoded_s(now_s))), on_event)
            due, held = in_order(held, now_s, hold_s)
            for arrival in due:
                _tell(contacts[arrival.contact][1](arrival.change), on_event)
            if not held and decoder.next_deadline_s is None:
                lateness.forget()
    finally:
        arrivals.close()


def _tell(events: Sequence[F], on_event: Callable[[F], None]) -> None:
    for event in events:
        on_event(event)
