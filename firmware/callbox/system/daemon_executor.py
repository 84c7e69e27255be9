"""Threads for blocking calls that don't keep the process alive."""

import asyncio
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, ParamSpec, TypeVar

from callbox.system.event_loop import call_in_loop

P = ParamSpec("P")
T = TypeVar("T")

MAX_THREADS = 16
"""More calls than this wait for a thread: a name server that doesn't answer holds each for up to 30 s."""
IDLE_S = 10.0
"""A thread without work ends after so long."""


class DaemonExecutor(ThreadPoolExecutor):
    """Default executor of an event loop, whose end waits for no thread: one may hang in getaddrinfo(3), open(2) or
    flock(2). `ThreadPoolExecutor` and `asyncio.run` would wait for it. Any thread.

    A subclass only because `loop.set_default_executor` takes no other; no thread of the base class is ever started.
    """

    def __init__(self) -> None:
        super().__init__(max_workers=MAX_THREADS)
        self._work: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._guard = threading.Lock()
        self._count = self._idle = 0
        self._is_over = False

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> "Future[T]":
        """As `Executor.submit`. RuntimeError after `shutdown`."""
        future: Future[T] = Future()

        def run() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                result = fn(*args, **kwargs)
            except BaseException as error:
                future.set_exception(error)
            else:
                future.set_result(result)

        with self._guard:
            if self._is_over:
                raise RuntimeError("cannot schedule new futures after shutdown")
            self._work.put(run)
            if self._work.qsize() > self._idle and self._count < MAX_THREADS:
                self._count += 1
                threading.Thread(target=self._live, name="executor", daemon=True).start()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more work. Waits for nothing, whatever `wait` says."""
        del wait, cancel_futures
        with self._guard:
            self._is_over = True

    def _live(self) -> None:
        while True:
            with self._guard:
                self._idle += 1
            run = self._next()
            with self._guard:
                self._idle -= 1
                if run is None:
                    if self._work.empty():
                        self._count -= 1
                        return
                    continue
            run()
            del run  # what it holds may live on in its caller only

    def _next(self) -> Callable[[], None] | None:
        try:
            return self._work.get(timeout=IDLE_S)
        except queue.Empty:
            return None


async def in_daemon_thread(work: Callable[[], T], name: str) -> T:
    """`work` in a thread of its own, which may hang: neither the caller's cancellation nor the end of the process waits
    for it, whatever the loop's default executor is. Event loop only.
    """
    future: asyncio.Future[T] = asyncio.get_running_loop().create_future()

    @call_in_loop
    def settle(call: Callable[[Any], None], value: Any) -> None:
        if not future.done():
            call(value)

    def run() -> None:
        try:
            outcome: tuple[Callable[[Any], None], Any] = future.set_result, work()
        except BaseException as error:
            outcome = future.set_exception, error
        settle(*outcome)

    threading.Thread(target=run, name=name, daemon=True).start()
    return await future
