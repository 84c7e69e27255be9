"""Supervisor of an optional task: restarts it after a growing, random pause; warns once."""

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable

from callbox.backoff import Backoff

log = logging.getLogger(__name__)

BACKOFF = Backoff(first_s=1.0, max_s=60.0)


async def supervise(
    name: str,
    make: Callable[[], Awaitable[None]],
    *,
    backoff: Backoff = BACKOFF,
) -> None:
    """Run ``make()`` again and again, until cancelled. The pauses: `backoff`.

    For what the box can do without. What is vital runs in the TaskGroup bare, so that its end ends the process
    and systemd starts it afresh.
    """
    failures = 0
    while True:
        began_s = time.monotonic()
        try:
            await make()
            reason = "it ended"
        except Exception as error:
            reason = str(error) or type(error).__name__
            log.debug("%s failed", name, exc_info=True)
        if time.monotonic() - began_s > backoff.max_s:  # it worked for long: this is news
            backoff, failures = backoff.reset(), 0
        backoff, failures = backoff.next(), failures + 1
        log.log(logging.WARNING if failures == 1 else logging.DEBUG, "%s stopped (%s); starting again", name, reason)
        await asyncio.sleep(random.uniform(0, backoff.bound_s))  # noqa: S311 - it keeps no secret
