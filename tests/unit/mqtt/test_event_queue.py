"""Events from paho's thread: none is lost, and what waits is bounded."""

import asyncio
import threading

import pytest

from callbox.mqtt.event_queue import EventQueue
from callbox.mqtt.paho_client import Published, Received

MESSAGE = Received("callbox/kitchen/request/mute", b"x" * 1000, retained=False)
EVENTS = 20_000


async def test_no_event_is_lost_and_unread_messages_are_bounded():
    queue, most = EventQueue(max_bytes=10_000), 0

    def put():
        for number in range(EVENTS):
            queue.put(MESSAGE if number % 2 else Published(number))

    thread = threading.Thread(target=put)
    thread.start()
    received = []
    for _ in range(EVENTS):
        most = max(most, queue._unread_bytes)
        received.append(await queue.get())
    thread.join()
    assert [event.number for event in received if isinstance(event, Published)] == list(range(0, EVENTS, 2))
    assert received.count(MESSAGE) == EVENTS // 2
    assert most <= 10_000 + 2000  # one message may go beyond the limit
    assert queue._unread_bytes == 0


async def test_control_events_never_wait():
    queue = EventQueue(max_bytes=1)
    queue.put(MESSAGE)
    for number in range(100):  # on the thread of the event loop: would never return
        queue.put(Published(number))
    assert [await queue.get() for _ in range(101)] == [MESSAGE, *map(Published, range(100))]


@pytest.mark.parametrize("end", [EventQueue.drop_messages, EventQueue.close])
async def test_waiting_thread_goes_on_when_messages_are_dropped(end):
    queue = EventQueue(max_bytes=1)
    queue.put(MESSAGE)

    def put():
        for _ in range(100):
            queue.put(MESSAGE)

    thread = threading.Thread(target=put)
    thread.start()
    end(queue)
    await asyncio.to_thread(thread.join, 60)
    assert not thread.is_alive()


async def test_flood_of_messages_lets_other_tasks_run():
    queue, turns = EventQueue(), 0

    async def count():
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    counting = asyncio.create_task(count())
    for _ in range(200):
        queue.put(MESSAGE)
    for _ in range(200):
        await queue.get()
    counting.cancel()
    assert turns >= 200
