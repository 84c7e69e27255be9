"""RTCP that goes on after an exception.

A sender and a receiver of aiortc (1.16) have a task each that reports about once a second. One that an exception ends
reports nothing any more, and `stop`, which waits for its last line, never returns: a call that can't be closed.
"""

import asyncio
import functools
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from aiortc import RTCRtpReceiver, RTCRtpSender

log = logging.getLogger(__name__)


@functools.cache
def keep_running() -> None:
    """Let the tasks go on with their next report. Idempotent; without effect on an aiortc without them."""
    for kind in (RTCRtpSender, RTCRtpReceiver):
        if run := getattr(kind, "_run_rtcp", None):
            setattr(kind, "_run_rtcp", _guarded(run))  # noqa: B010 - not ours


def _guarded(run: Callable[[Any], Awaitable[None]]) -> Callable[[Any], Awaitable[None]]:
    @functools.wraps(run)
    async def run_rtcp(self: Any) -> None:
        is_logged = False
        while True:
            try:
                return await run(self)
            except Exception:
                log.log(logging.DEBUG if is_logged else logging.WARNING, "A report of RTCP failed", exc_info=True)
                is_logged = True
            task = asyncio.current_task()
            if task and task.cancelling():  # what failed was its BYE
                if exited := getattr(self, f"_{type(self).__name__}__rtcp_exited", None):
                    exited.set()
                return None

    return run_rtcp
