"""Keeps an optional task going: restarts it after a growing, random pause; warns once."""

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable

log = logging.getLogger(__name__)

FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 60.0


async def supervise(
    name: str,
    make: Callable[[], Awaitable[None]],
    *,
    first_pause_s: float = FIRST_PAUSE_S,
) -> None:
    """Run ``make()`` again and again, until cancelled. Full jitter: 0 to the pause, which doubles up to 60 s.

    For what the box can do without. What is vital runs in the TaskGroup bare, so that its end ends the process
    and systemd starts it afresh.
    """
    pause_s = first_pause_s
    failures = 0
    while True:
        began_s = time.monotonic()
        try:
            await make()
            reason = "it ended"
        except Exception as error:
            reason = str(error) or type(error).__name__
            log.debug("%s failed", name, exc_info=True)
        if time.monotonic() - began_s > LONGEST_PAUSE_S:  # it worked for long: this is news
            pause_s, failures = first_pause_s, 0
        failures += 1
        log.log(logging.WARNING if failures == 1 else logging.DEBUG, "%s stopped (%s); starting again", name, reason)
        await asyncio.sleep(random.uniform(0, pause_s))  # noqa: S311 - it keeps no secret
        pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
