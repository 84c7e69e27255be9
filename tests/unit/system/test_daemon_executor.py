"""Blocking calls in threads that keep no process alive."""

import asyncio
import queue
import threading

import pytest

from callbox.system import daemon_executor
from callbox.system.daemon_executor import DaemonExecutor


async def test_calls_run_with_their_results_and_errors():
    asyncio.get_running_loop().set_default_executor(DaemonExecutor())
    assert await asyncio.to_thread(lambda: threading.current_thread().daemon)
    with pytest.raises(ZeroDivisionError):
        await asyncio.to_thread(lambda: 1 / 0)


def test_an_end_waits_for_no_call_that_hangs():
    entered, never = threading.Event(), threading.Event()

    def hang():
        entered.set()
        never.wait()

    async def work():
        asyncio.get_running_loop().set_default_executor(DaemonExecutor())
        hanging = asyncio.create_task(asyncio.to_thread(hang))
        while not entered.is_set():
            await asyncio.sleep(0.01)
        hanging.cancel()

    asyncio.run(work())  # hangs if it waits
    never.set()


def test_more_calls_than_threads_wait_and_are_done(monkeypatch):
    monkeypatch.setattr(daemon_executor, "MAX_THREADS", 3)
    executor, names = DaemonExecutor(), set()

    def call(number):
        names.add(threading.get_ident())
        return number

    futures = [executor.submit(call, number) for number in range(200)]
    assert [future.result(60) for future in futures] == list(range(200))
    assert len(names) <= 3
    executor.shutdown()
    with pytest.raises(RuntimeError):
        executor.submit(call, 1)


def test_a_thread_without_work_ends_and_later_work_is_done(monkeypatch):
    monkeypatch.setattr(daemon_executor, "IDLE_S", 0.01)
    executor = DaemonExecutor()
    thread = executor.submit(threading.current_thread).result(60)
    thread.join(60)
    assert not thread.is_alive()
    assert executor.submit(lambda: 5).result(60) == 5


def test_a_call_does_not_wait_for_a_thread_that_has_just_taken_another(monkeypatch):
    waiting, taken, go_on, never = threading.Semaphore(0), threading.Event(), threading.Event(), threading.Event()

    class SlowQueue(queue.SimpleQueue):
        """Between an item and who takes it there is time for another `submit`."""

        def get(self, block=True, timeout=None):
            waiting.release()
            item = super().get(block, timeout)
            if not taken.is_set():
                taken.set()
                go_on.wait(60)
            return item

    monkeypatch.setattr(queue, "SimpleQueue", SlowQueue)
    executor = DaemonExecutor()
    go_on.set()
    executor.submit(int).result(60)
    assert all(waiting.acquire(timeout=60) for _ in range(2)), "the thread is idle"
    go_on.clear()
    taken.clear()
    executor.submit(never.wait)
    assert taken.wait(60)
    second = executor.submit(lambda: 5)
    go_on.set()
    assert second.result(60) == 5
    never.set()
