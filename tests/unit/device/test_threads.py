import asyncio
import threading

import pytest

from callbox_device.threads import ThreadQueue


async def test_what_comes_is_read_in_its_order():
    inbox: ThreadQueue[int] = ThreadQueue(10)
    for value in range(5):
        inbox.put_threadsafe(value)
    assert [await inbox.get() for _ in range(5)] == [0, 1, 2, 3, 4]


async def test_a_full_inbox_drops_the_oldest_and_counts():
    inbox: ThreadQueue[int] = ThreadQueue(3)
    for value in range(10):
        inbox.put_threadsafe(value)
    assert inbox.dropped == 7
    assert [await inbox.get() for _ in range(3)] == [7, 8, 9]


async def test_many_threads_lose_nothing_within_the_limit():
    inbox: ThreadQueue[tuple[int, int]] = ThreadQueue(4000)

    def post_all(name):
        for count in range(1000):
            inbox.put_threadsafe((name, count))

    threads = [threading.Thread(target=post_all, args=[name]) for name in range(4)]
    for thread in threads:
        thread.start()
    async with asyncio.timeout(60):
        read = [await inbox.get() for _ in range(4000)]
    for thread in threads:
        thread.join()
    for name in range(4):
        assert [count for who, count in read if who == name] == list(range(1000))
    assert inbox.dropped == 0


async def test_a_late_loop_is_woken_once_only():
    loop = asyncio.get_running_loop()
    wake_ups = []
    call = loop.call_soon_threadsafe

    def counted(*arguments):
        wake_ups.append(1)
        return call(*arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loop, "call_soon_threadsafe", counted)
        inbox: ThreadQueue[int] = ThreadQueue(100)
        for value in range(50):
            inbox.put_threadsafe(value)
    assert len(wake_ups) == 1
    assert await inbox.get() == 0


async def test_a_closed_inbox_is_silent():
    inbox: ThreadQueue[int] = ThreadQueue(3)
    inbox.put_threadsafe(1)
    inbox.close()
    inbox.put_threadsafe(2)
    async with asyncio.timeout(0.05) as deadline:
        try:
            await inbox.get()
        except asyncio.CancelledError:
            pass
    assert deadline.expired()


def test_calls_after_the_loop_has_ended_do_nothing():
    async def make():
        return ThreadQueue[int](3)

    asyncio.run(make()).put_threadsafe(1)
