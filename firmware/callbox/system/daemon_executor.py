"""Threads for blocking calls that don't keep the process alive."""

import asyncio
import functools
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
        self._work: queue.SimpleQueue[Callable[[], Callable[[], None]]] = queue.SimpleQueue()
        """Each makes its call, and returns what tells the outcome."""
        self._guard = threading.Lock()
        self._count = 0
        self._unfinished = 0
        """Calls that wait for a thread or are being made: for each there is a thread, up to `MAX_THREADS`."""
        self._is_over = False

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> "Future[T]":
        """As `Executor.submit`. RuntimeError after `shutdown`."""
        future: Future[T] = Future()

        def run() -> Callable[[], None]:
            if not future.set_running_or_notify_cancel():
                return lambda: None
            try:
                return functools.partial(future.set_result, fn(*args, **kwargs))
            except BaseException as error:
                return functools.partial(future.set_exception, error)

        with self._guard:
            if self._is_over:
                raise RuntimeError("cannot schedule new futures after shutdown")
            self._work.put(run)
            self._unfinished += 1
            if self._count < min(self._unfinished, MAX_THREADS):
                threading.Thread(target=self._live, name="executor", daemon=True).start()
                self._count += 1
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more work. Waits for nothing, whatever `wait` says."""
        del wait, cancel_futures
        with self._guard:
            self._is_over = True

    def _live(self) -> None:
        while True:
            try:
                run = self._work.get(timeout=IDLE_S)
            except queue.Empty:
                with self._guard:
                    if self._work.empty():
                        self._count -= 1
                        return
                continue
            tell = run()
            with self._guard:
                self._unfinished -= 1  # before who waits for it may submit the next one
            tell()
            del run, tell  # what they hold may live on in their caller only


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
