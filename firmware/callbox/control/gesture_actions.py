"""What a gesture means, by the settings and by the state of the call. Pure.

A press acts at once, unless a double press or a hold means something else in this state: then it acts when it is known
to be neither. That is only so while a call is being made or on, where a press hangs up: so dialling never waits, and a
press that waited never dials, if the call has ended meanwhile.
"""

from dataclasses import dataclass
from enum import StrEnum

from callbox.control.call_control import CallEvent, CallState
from callbox_device.model.gestures import DoublePressed, Gesture, Held, Pressed, Released


class GestureAction(StrEnum):
    """What a double press or a hold can be set to."""

    NONE = "none"
    HANG_UP = "hang_up"
    MUTE = "mute"
    """Mute, and unmute again."""
    INTERRUPT = "interrupt"
    """Stop what the bot is saying."""


class GestureCommand(StrEnum):
    """What the box does by a gesture, beside call control's own events."""

    TOGGLE_MUTE = "toggle mute"
    INTERRUPT = "interrupt the bot"


Effect = CallEvent | GestureCommand

_S, _A = CallState, GestureAction

EFFECTS: dict[tuple[GestureAction, CallState], Effect | None] = {
    **{(_A.NONE, state): None for state in CallState},
    (_A.HANG_UP, _S.IDLE): None,
    (_A.HANG_UP, _S.DIALLING): CallEvent.HANG_UP_ORDERED,
    (_A.HANG_UP, _S.TALKING): CallEvent.HANG_UP_ORDERED,
    (_A.HANG_UP, _S.HANGING_UP): None,
    (_A.HANG_UP, _S.REDIALLING): CallEvent.HANG_UP_ORDERED,
    # Not between calls: no lamp shows it then, and the next call would begin mute without a person knowing.
    (_A.MUTE, _S.IDLE): None,
    (_A.MUTE, _S.DIALLING): GestureCommand.TOGGLE_MUTE,
    (_A.MUTE, _S.TALKING): GestureCommand.TOGGLE_MUTE,
    (_A.MUTE, _S.HANGING_UP): None,
    (_A.MUTE, _S.REDIALLING): None,
    (_A.INTERRUPT, _S.IDLE): None,
    (_A.INTERRUPT, _S.DIALLING): None,
    (_A.INTERRUPT, _S.TALKING): GestureCommand.INTERRUPT,
    (_A.INTERRUPT, _S.HANGING_UP): None,
    (_A.INTERRUPT, _S.REDIALLING): None,
}
"""What an action does in each state of the call; None: nothing."""


@dataclass(frozen=True, slots=True)
class GestureSettings:
    """What the gestures of one button mean beside a press, which calls and hangs up."""

    double_press: GestureAction = GestureAction.NONE
    hold: GestureAction = GestureAction.NONE
    double_press_ms: float = 250.0


@dataclass(frozen=True, slots=True)
class GestureResolver:
    """A press that may still become a double press or a hold. Immutable: each step returns the next."""

    settings: GestureSettings
    is_pending: bool = False
    """A press that has not acted."""
    acts_s: float | None = None
    """When a pending press acts, unless it is pressed again before; None: not before it is released."""

    def gesture(self, gesture: Gesture, state: CallState) -> "tuple[GestureResolver, Effect | None]":
        """What `gesture` does in `state` of the call."""
        match gesture:
            case Pressed():
                if self._waits(state):
                    return GestureResolver(self.settings, is_pending=True), None
                return GestureResolver(self.settings), CallEvent.PRESSED
            case DoublePressed():
                # The first press has acted already, if it could not wait: then its second belongs to it.
                effect = EFFECTS[self.settings.double_press, state] if self.is_pending else None
                if self.is_pending and self.settings.double_press is GestureAction.NONE:
                    effect = CallEvent.HANG_UP_ORDERED
                return GestureResolver(self.settings), effect
            case Held():
                effect = EFFECTS[self.settings.hold, state] if self.is_pending else None
                if self.is_pending and self.settings.hold is GestureAction.NONE:
                    effect = CallEvent.HANG_UP_ORDERED
                return GestureResolver(self.settings), effect
            case Released(at_s=at_s) if self.is_pending:
                if self.settings.double_press is GestureAction.NONE:
                    return GestureResolver(self.settings), CallEvent.HANG_UP_ORDERED
                return GestureResolver(self.settings, True, at_s + self.settings.double_press_ms / 1000), None
            case _:
                return self, None

    def tick(self, now_s: float) -> "tuple[GestureResolver, Effect | None]":
        """Time has passed: a press that was not pressed again acts."""
        if self.is_pending and self.acts_s is not None and now_s >= self.acts_s:
            return GestureResolver(self.settings), CallEvent.HANG_UP_ORDERED
        return self, None

    def _waits(self, state: CallState) -> bool:
        return any(EFFECTS[action, state] is not None for action in (self.settings.double_press, self.settings.hold))
