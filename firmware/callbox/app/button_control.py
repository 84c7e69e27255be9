"""One button: from its gestures to what they do."""

import asyncio
from dataclasses import dataclass, field
from typing import Protocol

from callbox.control.call_control import CallState
from callbox.control.gesture_actions import Effect, GestureResolver, GestureSettings
from callbox_device.model.gestures import Gesture, Gestures


@dataclass(frozen=True, slots=True)
class ButtonConfig:
    """When a contact is which gesture, and what that means."""

    gestures: Gestures
    """Of this button alone: it has a state."""
    settings: GestureSettings = field(default_factory=GestureSettings)


class GestureTarget(Protocol):
    """What gestures act upon: `callbox.app.appliance.Appliance`."""

    @property
    def call_state(self) -> CallState:
        """Where the telephone line stands."""

    def is_other_bot(self, bot: str | None) -> bool:
        """Whether `bot` is another one than that of the call which is on; None: no bot in particular."""

    def perform(self, effect: Effect, bot: str | None, at_s: float) -> None:
        """Do what a gesture means; `bot`: whom it calls, None: the chosen one; `at_s`: when it was (monotonic)."""


class ButtonControl:
    """Event loop only."""

    def __init__(self, name: str, config: ButtonConfig, target: GestureTarget) -> None:
        self.name, self.gestures = name, config.gestures
        self._bot, self._target = config.settings.bot, target
        self._resolver = GestureResolver(config.settings)
        self._timer: asyncio.TimerHandle | None = None

    def on_gesture(self, gesture: Gesture) -> None:
        """Do what `gesture` means, or wait whether it becomes another one."""
        target = self._target
        self._resolver, effect = self._resolver.gesture(
            gesture, target.call_state, is_other_bot=target.is_other_bot(self._bot)
        )
        self._perform(effect, gesture.at_s)

    def _perform(self, effect: Effect | None, at_s: float) -> None:
        if effect is not None:
            self._target.perform(effect, self._bot, at_s)
        if self._timer:
            self._timer.cancel()
            self._timer = None
        if (acts_s := self._resolver.acts_s) is not None:
            self._timer = asyncio.get_running_loop().call_at(acts_s, self._on_time)

    def _on_time(self) -> None:
        # Its clock is that of asyncio's loop and of gestures: time.monotonic().
        self._timer = None
        now_s = asyncio.get_running_loop().time()
        self._resolver, effect = self._resolver.tick(now_s)
        self._perform(effect, now_s)
