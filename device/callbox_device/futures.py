"""Futures between a part's thread and whoever waits for it."""

from concurrent.futures import Future


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
