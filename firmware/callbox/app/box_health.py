"""Health of the box as a trial of settings or of the package asks for it."""

import asyncio
from collections.abc import Callable, Collection, Coroutine
from contextlib import suppress
from dataclasses import replace
from typing import Any, Protocol

from callbox.app.observers import BrokerObserver, Observer
from callbox.control.rollout import Readings
from callbox.control.status import Status

BOT_CHECK_PAUSE_S = 60.0


class HealthTarget(Protocol):
    """The box: `callbox.app.appliance.Appliance`."""

    @property
    def status(self) -> Status:
        """Status as it was reported last."""

    @property
    def observers(self) -> list[Observer]:
        """Its observers."""

    @property
    def is_idle(self) -> bool:
        """Whether no call is on, being made or being ended."""


class BoxHealth:
    """Readings of one box. Event loop only.

    `check_bot`: whether each bot lets the box connect. It is called until it says so once, and again after `reset`.
    """

    def __init__(self, box: HealthTarget, check_bot: Callable[[], Coroutine[Any, Any, bool]]) -> None:
        self._box, self._make_check = box, check_bot
        self._bot_answers = False
        self._bot_check: asyncio.Task[bool] | None = None
        self._bot_check_due_s = 0.0

    def readings(self, known: Collection[str], now_s: float, *, check_bot: bool, in_force: bool = True) -> Readings:
        """Readings at `now_s`. If nothing but the bot check is missing to be healthy, it is made, if `check_bot`.

        `known`, `in_force`: as of `Readings`.
        """
        problem = self._box.status.problem
        connections = [one.is_connected for one in self._box.observers if isinstance(one, BrokerObserver)]
        broker = all(connections) if connections else None
        readings = Readings(problem.code if problem else None, broker, None, in_force)
        if not check_bot:
            return readings
        if readings.missing(known) is None and not self._bot_answers:
            self._check_bot(now_s)
        return replace(readings, bot=self._bot_answers)

    def _check_bot(self, now_s: float) -> None:
        """Begin a bot check, or see what became of it; a call ends it."""
        if self._bot_check and not self._box.is_idle:
            self._bot_check.cancel()
            self._bot_check = None
        elif self._bot_check and self._bot_check.done():
            with suppress(OSError):  # no process could be made
                self._bot_answers = self._bot_check.result()
            self._bot_check, self._bot_check_due_s = None, now_s + BOT_CHECK_PAUSE_S
        elif self._bot_check is None and self._box.is_idle and now_s >= self._bot_check_due_s:
            self._bot_check = asyncio.create_task(self._make_check(), name="bot check")

    def reset(self) -> None:
        """Ask the bots anew: other settings are in force."""
        self.stop()
        self._bot_answers, self._bot_check_due_s = False, 0.0

    def stop(self) -> None:
        """End a bot check that is on."""
        if self._bot_check:
            self._bot_check.cancel()
            self._bot_check = None
