"""A `CancelledError`: the task's own, or of what it waited for."""

import asyncio


def is_own_cancellation(error: BaseException) -> bool:
    """Whether `error`, raised in the current task, ends that task; False: what it waited for was cancelled."""
    task = asyncio.current_task()
    return isinstance(error, asyncio.CancelledError) and task is not None and task.cancelling() > 0
