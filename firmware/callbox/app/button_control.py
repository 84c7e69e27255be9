"""One button: from its gestures to what they do."""

import asyncio
import logging
from dataclasses import dataclass, field
from typing import Protocol

from callbox.app.bot_selection import BotSelection
from callbox.control.call_control import CallEvent, CallState
from callbox.control.gesture_actions import Effect, GestureCommand, GestureResolver, GestureSettings
from callbox_device.model.gestures import Gesture, Gestures

log = logging.getLogger(__name__)

VOLUME_STEP_PERCENT = 5
"""Of a press of a volume button."""


@dataclass(frozen=True, slots=True)
class ButtonConfig:
    """Timing of a contact's gestures, and their meaning."""

    gestures: Gestures
    """Of this button alone: it has a state."""
    settings: GestureSettings = field(default_factory=GestureSettings)


class GestureTarget(Protocol):
    """Target of gestures: `callbox.app.appliance.Appliance`."""

    bots: BotSelection
    """The bots of the settings."""

    @property
    def call_state(self) -> CallState:
        """State of the call."""

    def dispatch(self, event: CallEvent) -> None:
        """Something happened to the call."""

    def call(self, bot: str | None = None) -> str | None:
        """Call `bot`, None: the chosen one. Returns what is wrong; None: nothing."""

    def interrupt_bot(self) -> None:
        """Play no more of what the bot says now, and tell it."""

    def toggle_soft_mute(self) -> None:
        """Send silence in place of the microphone, or no more."""

    def start_talking(self, pressed_s: float) -> None:
        """Send the microphone: a button that talks was pressed at `pressed_s` (monotonic)."""

    def stop_talking(self, released_s: float) -> None:
        """Send silence: it was released at `released_s`."""

    def change_volume(self, percent: int) -> None:
        """Change the volume by `percent`, which may be negative."""

    def repeat_problem(self) -> None:
        """Tell the last problem again."""


class ButtonControl:
    """Control of the box by one button. Event loop only."""

    def __init__(self, name: str, config: ButtonConfig, target: GestureTarget) -> None:
        self.name, self.gestures, self.settings = name, config.gestures, config.settings
        self._bot, self._target = config.settings.bot, target
        self._resolver = GestureResolver(config.settings)
        self._timer: asyncio.TimerHandle | None = None

    def on_gesture(self, gesture: Gesture) -> None:
        """Do what `gesture` means, or wait whether it becomes another one."""
        target = self._target
        self._resolver, effect = self._resolver.gesture(
            gesture, target.call_state, is_other_bot=target.bots.is_other(self._bot)
        )
        self._perform(effect, gesture.at_s)

    def _perform(self, effect: Effect | None, at_s: float) -> None:
        if effect is not None:
            self._carry_out(effect, at_s)
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

    def _carry_out(self, effect: Effect, at_s: float) -> None:
        target = self._target
        match effect:
            case CallEvent():
                target.dispatch(effect)
            case GestureCommand.CALL:
                self._call()
            case GestureCommand.TOGGLE_MUTE:
                target.toggle_soft_mute()
            case GestureCommand.INTERRUPT:
                target.interrupt_bot()
            case GestureCommand.NEXT_BOT:
                target.bots.choose_next()
            case GestureCommand.REPEAT_PROBLEM:
                target.repeat_problem()
            case GestureCommand.VOLUME_UP:
                target.change_volume(VOLUME_STEP_PERCENT)
            case GestureCommand.VOLUME_DOWN:
                target.change_volume(-VOLUME_STEP_PERCENT)
            case GestureCommand.CALL_AND_TALK:
                self._call()
                target.start_talking(at_s)
            case GestureCommand.TALK:
                target.interrupt_bot()
                target.start_talking(at_s)
            case GestureCommand.STOP_TALKING:
                target.stop_talking(at_s)

    def _call(self) -> None:
        if wrong := self._target.call(self._bot):  # other settings have taken it away, and the button needs a restart
            log.warning("%s", wrong)
