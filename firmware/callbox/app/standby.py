"""Standby: what a box does for the next call while there is none. Event loop only.

cold    nothing
armed   runs the preparation of its transport
hot     that, and keeps a session that waits for a press: dialled anew whenever there is none
"""

import asyncio
import logging
import random
from collections.abc import Callable
from typing import Protocol

from callbox.rtvi.media import Media
from callbox.system.clock import boot_time_s
from callbox.system.event_loop import is_set_within
from callbox.system.supervise import BACKOFF, supervise

log = logging.getLogger(__name__)


class Prewarmer(Protocol):
    """Preparation of the next call while there is none."""

    def refresh(self) -> None:
        """Renew what a call has used that has ended."""

    async def run(self, media: Media) -> None:
        """Keep everything ready for calls with `media`, until cancelled."""


MAX_SESSION_AGE_S = 3600.0
"""A session that stands by is made anew after so long: only a start request finds a bot that moved, and brings TURN
credentials that hold (an hour or more: draft-uberti-behave-turn-rest)."""
AGE_PERIOD_S = 60.0
"""Period of looking at its age."""

StandBy = Callable[[], "asyncio.Task[None] | None"]
"""Begins to make a session that stands by; None: a call is on."""


class Standby:
    """`run` it as a task. `stand_by` is given for hot standby only.

    `end_session`: ends the session that stands by, if it still does. `now_s`: the clock of its age.
    """

    def __init__(
        self,
        preparation: Prewarmer | None,
        media: Media,
        stand_by: StandBy | None,
        end_session: Callable[[], None] = lambda: None,
        now_s: Callable[[], float] = boot_time_s,
    ) -> None:
        self._preparation = preparation
        self._media = media
        self._stand_by = stand_by
        self._end_session = end_session
        self._now_s = now_s
        self._idle = asyncio.Event()
        self._calls = 0

    def set_idle(self, idle: bool) -> None:
        """Tell at each change whether there is neither a call nor a session, and none is being made."""
        if idle and not self._idle.is_set():
            self._idle.set()
            if self._preparation:
                self._preparation.refresh()
        elif not idle:
            self._idle.clear()

    def on_call(self) -> None:
        """Note that a call has begun: the session that it ends was of use."""
        self._calls += 1
        self._idle.clear()

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as both:
            if self._preparation:
                preparation = self._preparation
                both.create_task(supervise("armed standby", lambda: preparation.run(self._media)))
            if self._stand_by:
                both.create_task(supervise("hot standby", lambda: self._keep_hot()))

    async def _keep_hot(self) -> None:
        """After a session that was of no use, a pause."""
        backoff = BACKOFF
        while True:
            await self._idle.wait()
            await asyncio.sleep(random.uniform(0, backoff.bound_s))  # noqa: S311 - no secret
            session = self._stand_by() if self._stand_by and self._idle.is_set() else None
            if session is None:  # a call came first
                backoff = backoff.reset().next()
                continue
            calls, began_s = self._calls, self._now_s()
            self._idle.clear()
            await asyncio.wait([session])
            while not await is_set_within(self._idle, AGE_PERIOD_S):
                if self._calls == calls and self._now_s() - began_s >= MAX_SESSION_AGE_S:
                    self._end_session()
            useful = self._calls > calls or self._now_s() - began_s > backoff.max_s
            backoff = backoff.reset() if useful else backoff.next()
