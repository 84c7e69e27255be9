"""Values from foreign threads into the event loop: a bounded queue, copies of futures.

A queue is bounded and drops the oldest when full; it counts what it drops. After `close`, and after the loop itself
has ended, `put_threadsafe` does nothing: a late edge must not raise in a thread whose errors are not read.
"""

import asyncio
from collections import deque
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any, Generic, TypeVar


def resolve(future: "Future[None]", error: BaseException | None) -> None:
    """Set the result of `future`, or `error` as its exception, unless it was cancelled. Any thread."""
    if future.set_running_or_notify_cancel():
        if error is None:
            future.set_result(None)
        else:
            future.set_exception(error)


def copy_future(ended: "Future[None]") -> "Future[None]":
    """A future of the caller's own, which may be cancelled, that ends when `ended` does."""
    waiter: Future[None] = Future()
    ended.add_done_callback(lambda _: resolve(waiter, None))
    return waiter


T = TypeVar("T")


class ThreadQueue(Generic[T]):
    """A bounded queue from any thread to one reader in the event loop.

    Make it in the running loop. `put_threadsafe` and `wake` may be called from any thread, everything else from the
    loop only.
    """

    def __init__(self, limit: int) -> None:
        self._loop = asyncio.get_running_loop()
        self._limit = limit
        self.pending: deque[T] = deque(maxlen=limit)
        """What has not been read, oldest first; for reading without a call."""
        self._arrived = asyncio.Event()
        self._wake_pending = False
        self._closed = False
        self.dropped = 0
        """How many values were dropped unread."""

    def put_threadsafe(self, value: T) -> None:
        """Hand `value` to the reader. Any thread; never blocks, never raises."""
        if self._closed:
            return
        pending = self.pending
        if len(pending) == self._limit:
            self.dropped += 1
        pending.append(value)
        self.wake()

    def wake(self) -> None:
        """Let `wait` return. Any thread; never blocks, never raises."""
        if not self._wake_pending:  # coalesce wake-ups: at most one call_soon_threadsafe pending
            self._wake_pending = True
            try:
                self._loop.call_soon_threadsafe(self._set_arrived)
            except RuntimeError:  # the loop has ended
                self._closed = True

    def _set_arrived(self) -> None:
        self._wake_pending = False
        self._arrived.set()

    async def get(self) -> T:
        """The oldest value; waits for one."""
        while not self.pending:
            await self.wait()
        return self.pending.popleft()

    def wait(self) -> Coroutine[Any, Any, object]:
        """Wait until a value arrives, or `wake` is called; for readers that take from `pending` when it is empty."""
        self._arrived.clear()
        return self._arrived.wait()

    def __len__(self) -> int:
        return len(self.pending)

    def take_all(self) -> list[T]:
        """All values, oldest first; none stays."""
        return [self.pending.popleft() for _ in range(len(self.pending))]

    def clear(self) -> None:
        """Drop what has not been read."""
        self.pending.clear()

    def close(self) -> None:
        """Drop what has not been read, and take nothing more."""
        self._closed = True
        self.pending.clear()
