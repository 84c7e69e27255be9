"""Events of one connection, from paho's thread to the event loop."""

import asyncio
import sys
import threading

from callbox.mqtt.paho_client import Event, Received
from callbox_device.threads import ThreadQueue

MAX_UNREAD_BYTES = 1 << 20
"""Of messages that wait for the event loop."""
_OVERHEAD_BYTES = 256
"""Of one message, beside topic and payload."""


class EventQueue:
    """Queue that loses no event. Make it in the running loop.

    A PUBACK that got lost would hold a place in the in-flight window until the connection ends, so nothing is dropped.
    Memory is bounded another way: while `max_bytes` of messages are unread, `put` waits. Then paho's thread doesn't
    read, and TCP holds the broker back. The reader must never wait for the broker in between.
    """

    def __init__(self, max_bytes: int = MAX_UNREAD_BYTES) -> None:
        self._queue: ThreadQueue[Event] = ThreadQueue(sys.maxsize)
        self._max_bytes = max_bytes
        self._unread_bytes = 0
        self._takes_messages = True
        self._changed = threading.Condition()

    def put(self, event: Event) -> None:
        """Hand `event` to the reader. paho's thread; waits only with a message."""
        if isinstance(event, Received):
            with self._changed:
                self._changed.wait_for(lambda: not self._takes_messages or self._unread_bytes < self._max_bytes)
                if not self._takes_messages:
                    return
                self._unread_bytes += _size(event)
        self._queue.put_threadsafe(event)

    async def get(self) -> Event:
        """The oldest event; waits for one. Event loop."""
        event = await self._queue.get()
        if isinstance(event, Received):
            with self._changed:
                self._unread_bytes -= _size(event)
                self._changed.notify()
            await asyncio.sleep(0)  # a flood of messages must not keep the button waiting
        return event

    def drop_messages(self) -> None:
        """From now on drop messages, and take other events only: `put` waits no longer. Event loop."""
        with self._changed:
            self._takes_messages = False
            self._changed.notify_all()

    def close(self) -> None:
        """Drop what has not been read, and take nothing more. Event loop."""
        self._queue.close()
        self.drop_messages()


def _size(message: Received) -> int:
    return len(message.topic) + len(message.payload) + _OVERHEAD_BYTES
