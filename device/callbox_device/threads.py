"""Calls from foreign threads into the event loop: a bounded queue, a callback, copies of futures.

gpiozero's callbacks, the ALSA threads and paho's network thread all come in by `ThreadQueue.post`, and by nothing
else. An inbox is bounded and drops the oldest when full; it counts what it drops. After `close`, and after
the loop itself has ended, `post` is silent: a late edge must not raise in a thread that nobody watches.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, Generic, TypeVar


def settle(future: "Future[None]", error: BaseException | None) -> None:
    """End `future`, unless nobody wants it any more."""
    if future.set_running_or_notify_cancel():
        if error is None:
            future.set_result(None)
        else:
            future.set_exception(error)


def own(ended: "Future[None]") -> "Future[None]":
    """A future of the caller's own, which may be cancelled, that ends when `ended` does."""
    waiter: Future[None] = Future()
    ended.add_done_callback(lambda _: settle(waiter, None))
    return waiter


T = TypeVar("T")


class ThreadQueue(Generic[T]):
    """A bounded queue from any thread to one reader in the event loop.

    Make it in the running loop. `post` may be called from any thread, everything else from the loop only.
    """

    def __init__(self, limit: int) -> None:
        self._loop = asyncio.get_running_loop()
        self._limit = limit
        self.waiting: deque[T] = deque(maxlen=limit)
        """What has not been read, oldest first. To look into."""
        self._arrived = asyncio.Event()
        self._knocked = False
        self._closed = False
        self.dropped = 0
        """How many values were pushed out unread."""

    def post(self, value: T) -> None:
        """Hand `value` to the reader. Any thread; never blocks, never raises."""
        if self._closed:
            return
        waiting = self.waiting
        if len(waiting) == self._limit:
            self.dropped += 1
        waiting.append(value)
        self.knock()

    def knock(self) -> None:
        """Let the reader look. Any thread; never blocks, never raises."""
        if not self._knocked:  # coalesce wake-ups: at most one call_soon_threadsafe pending
            self._knocked = True
            try:
                self._loop.call_soon_threadsafe(self._open)
            except RuntimeError:  # the loop has ended
                self._closed = True

    def _open(self) -> None:
        self._knocked = False
        self._arrived.set()

    async def get(self) -> T:
        """The oldest value; waits for one."""
        while not self.waiting:
            await self.arrival()
        return self.waiting.popleft()

    def arrival(self) -> Coroutine[Any, Any, object]:
        """Waits until a value has come, for who takes from `waiting` by itself. Only if none waits."""
        self._arrived.clear()
        return self._arrived.wait()

    def __len__(self) -> int:
        return len(self.waiting)

    def take_all(self) -> list[T]:
        """All values, oldest first."""
        return [self.waiting.popleft() for _ in range(len(self.waiting))]

    def clear(self) -> None:
        """Forget what has not been read."""
        self.waiting.clear()

    def close(self) -> None:
        """Accept nothing more."""
        self._closed = True
        self.waiting.clear()


def call_in_loop(call: Callable[[T], None]) -> Callable[[T], None]:
    """`call` as any thread may call it: it runs in the event loop that is running now; silent once that ended.

    For the rare single word (a card broke); what comes often goes into an `ThreadQueue`, which is bounded.
    """
    loop = asyncio.get_running_loop()

    def knock(value: T) -> None:
        try:
            loop.call_soon_threadsafe(call, value)
        except RuntimeError:  # the loop has ended
            pass

    return knock
