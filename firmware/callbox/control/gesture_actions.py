"""Meaning of a gesture, by the settings and by the state of the call. Pure.

A press acts at once, unless a double press or a hold of the same button means something in this state: then it acts
when it is known to be neither. What a press that waits will do is decided when it begins: one that was to hang up never
calls, if the call has ended meanwhile.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from callbox.control.call_control import CallEvent, CallState
from callbox_device.interfaces import MAIN_BUTTON
from callbox_device.model.gestures import DoublePressed, Gesture, Held, Pressed, Released, Stuck


def button_words(name: str) -> str:
    """Words for the button of this `name`: ``button`` or ``button NAME``."""
    return "button" if name == MAIN_BUTTON else f"button {name}"


class GestureAction(StrEnum):
    """Actions that a gesture can be set to."""

    NONE = "none"
    CALL_OR_HANG_UP = "call_or_hang_up"
    """Call; in a call hang up. In a call with another bot than the button's: that ends, and this one is called."""
    CALL = "call"
    """Call; a call with another bot than the button's ends."""
    HANG_UP = "hang_up"
    MUTE = "mute"
    """Mute, and unmute again."""
    INTERRUPT = "interrupt"
    """Stop what the bot is saying."""
    NEXT_BOT = "next_bot"
    """Choose the next bot; a call that is on goes on with its own."""
    REPEAT_PROBLEM = "repeat_problem"
    """Tell again what went wrong last."""
    VOLUME_UP = "volume_up"
    VOLUME_DOWN = "volume_down"
    PUSH_TO_TALK = "push_to_talk"
    """Call; in a call talk: captured sound leaves while the button is pressed. For a press only."""


CALLING = (GestureAction.CALL_OR_HANG_UP, GestureAction.CALL, GestureAction.PUSH_TO_TALK)
"""Actions that call while no call is on."""


class GestureCommand(StrEnum):
    """Commands by gesture, beside call control's own events."""

    CALL = "call the bot"
    TOGGLE_MUTE = "toggle mute"
    INTERRUPT = "interrupt the bot"
    NEXT_BOT = "choose the next bot"
    REPEAT_PROBLEM = "repeat the last problem"
    VOLUME_UP = "raise the volume"
    VOLUME_DOWN = "lower the volume"
    CALL_AND_TALK = "call the bot, and talk"
    TALK = "talk"
    STOP_TALKING = "stop talking"


Effect = CallEvent | GestureCommand

_S, _A, _C = CallState, GestureAction, GestureCommand
_HANG_UP = CallEvent.HANG_UP_ORDERED

EFFECTS: dict[tuple[GestureAction, CallState], Effect | None] = {
    **{(_A.NONE, state): None for state in CallState},
    (_A.CALL_OR_HANG_UP, _S.IDLE): _C.CALL,
    (_A.CALL_OR_HANG_UP, _S.DIALLING): _HANG_UP,
    (_A.CALL_OR_HANG_UP, _S.TALKING): _HANG_UP,
    (_A.CALL_OR_HANG_UP, _S.HANGING_UP): _C.CALL,
    (_A.CALL_OR_HANG_UP, _S.REDIALLING): _HANG_UP,
    (_A.CALL, _S.IDLE): _C.CALL,
    (_A.CALL, _S.DIALLING): None,
    (_A.CALL, _S.TALKING): None,
    (_A.CALL, _S.HANGING_UP): _C.CALL,
    (_A.CALL, _S.REDIALLING): None,
    (_A.HANG_UP, _S.IDLE): None,
    (_A.HANG_UP, _S.DIALLING): _HANG_UP,
    (_A.HANG_UP, _S.TALKING): _HANG_UP,
    (_A.HANG_UP, _S.HANGING_UP): None,
    (_A.HANG_UP, _S.REDIALLING): _HANG_UP,
    # Not between calls: no lamp shows it then, and the next call would begin mute without a person knowing.
    (_A.MUTE, _S.IDLE): None,
    (_A.MUTE, _S.DIALLING): _C.TOGGLE_MUTE,
    (_A.MUTE, _S.TALKING): _C.TOGGLE_MUTE,
    (_A.MUTE, _S.HANGING_UP): None,
    (_A.MUTE, _S.REDIALLING): None,
    (_A.INTERRUPT, _S.IDLE): None,
    (_A.INTERRUPT, _S.DIALLING): None,
    (_A.INTERRUPT, _S.TALKING): _C.INTERRUPT,
    (_A.INTERRUPT, _S.HANGING_UP): None,
    (_A.INTERRUPT, _S.REDIALLING): None,
    **{(_A.NEXT_BOT, state): _C.NEXT_BOT for state in CallState},
    (_A.REPEAT_PROBLEM, _S.IDLE): _C.REPEAT_PROBLEM,
    # The lamp is needed for the call that is on.
    (_A.REPEAT_PROBLEM, _S.DIALLING): None,
    (_A.REPEAT_PROBLEM, _S.TALKING): None,
    (_A.REPEAT_PROBLEM, _S.HANGING_UP): _C.REPEAT_PROBLEM,
    (_A.REPEAT_PROBLEM, _S.REDIALLING): None,
    **{(_A.VOLUME_UP, state): _C.VOLUME_UP for state in CallState},
    **{(_A.VOLUME_DOWN, state): _C.VOLUME_DOWN for state in CallState},
    (_A.PUSH_TO_TALK, _S.IDLE): _C.CALL_AND_TALK,
    (_A.PUSH_TO_TALK, _S.DIALLING): _C.TALK,
    (_A.PUSH_TO_TALK, _S.TALKING): _C.TALK,
    (_A.PUSH_TO_TALK, _S.HANGING_UP): _C.CALL_AND_TALK,
    (_A.PUSH_TO_TALK, _S.REDIALLING): _C.TALK,
}
"""What an action does in each state of the call; None: nothing."""

EFFECTS_ON_OTHER_BOT: dict[tuple[GestureAction, CallState], Effect] = {
    (action, state): effect
    for action, effect in (
        (_A.CALL_OR_HANG_UP, _C.CALL),
        (_A.CALL, _C.CALL),
        (_A.PUSH_TO_TALK, _C.CALL_AND_TALK),
    )
    for state in (_S.DIALLING, _S.TALKING, _S.REDIALLING)
}
"""What takes the place of that while a call is on with another bot than the button's."""


def effect_of(action: GestureAction, state: CallState, *, is_other_bot: bool = False) -> Effect | None:
    """Effect of `action` in `state`; None: none. `is_other_bot`: the call that is on is not with the button's bot."""
    if is_other_bot and (other := EFFECTS_ON_OTHER_BOT.get((action, state))):
        return other
    return EFFECTS[action, state]


@dataclass(frozen=True, slots=True)
class GestureSettings:
    """Meaning of one button's gestures."""

    double_press: GestureAction = GestureAction.NONE
    hold: GestureAction = GestureAction.NONE
    double_press_ms: float = 250.0
    press: GestureAction = GestureAction.CALL_OR_HANG_UP
    bot: str | None = None
    """The bot that it calls; None: the chosen one."""

    @property
    def is_push_to_talk(self) -> bool:
        """Whether a press talks: then it never waits, and its end ends that."""
        return self.press is GestureAction.PUSH_TO_TALK


@dataclass(frozen=True, slots=True)
class GestureResolver:
    """A press that may still become a double press or a hold. Immutable: each step returns the next."""

    settings: GestureSettings
    is_pending: bool = False
    """A press that has not acted."""
    pending: Effect | None = None
    """What it does, if it stays one."""
    acts_s: float | None = None
    """When a pending press acts, unless it is pressed again before; None: not before it is released."""

    def gesture(
        self, gesture: Gesture, state: CallState, *, is_other_bot: bool = False
    ) -> "tuple[GestureResolver, Effect | None]":
        """Resolve `gesture` in `state` of the call; None: no effect yet. `is_other_bot` as for `effect_of`."""
        settings, done = self.settings, GestureResolver(self.settings)

        def acts_as(action: GestureAction) -> Effect | None:
            return self.pending if action is GestureAction.NONE else effect_of(action, state, is_other_bot=is_other_bot)

        match gesture:
            case Released() | Stuck() if settings.is_push_to_talk:
                return done, GestureCommand.STOP_TALKING
            case DoublePressed() if settings.is_push_to_talk:
                action = settings.press if settings.double_press is GestureAction.NONE else settings.double_press
                return done, effect_of(action, state, is_other_bot=is_other_bot)
            case Pressed():
                press = effect_of(settings.press, state, is_other_bot=is_other_bot)
                if self._waits(state, is_other_bot=is_other_bot):
                    return GestureResolver(settings, is_pending=True, pending=press), None
                return done, press
            case DoublePressed():
                # The first press has acted already, if it did not wait: then its second belongs to it.
                return done, acts_as(settings.double_press) if self.is_pending else None
            case Held():
                return done, acts_as(settings.hold) if self.is_pending else None
            case Released(at_s=at_s) if self.is_pending:
                if settings.double_press is GestureAction.NONE:
                    return done, self.pending
                acts_s = at_s + settings.double_press_ms / 1000
                return GestureResolver(settings, is_pending=True, pending=self.pending, acts_s=acts_s), None
            case _:
                return self, None

    def tick(self, now_s: float) -> "tuple[GestureResolver, Effect | None]":
        """Resolve the passing of time: a press that was not pressed again acts. None: no effect."""
        if self.is_pending and self.acts_s is not None and now_s >= self.acts_s:
            return GestureResolver(self.settings), self.pending
        return self, None

    def _waits(self, state: CallState, *, is_other_bot: bool) -> bool:
        if self.settings.is_push_to_talk:
            return False
        others = (self.settings.double_press, self.settings.hold)
        return any(effect_of(action, state, is_other_bot=is_other_bot) is not None for action in others)


def markdown() -> str:
    """The table, one row for each action, as in docs/gestures.md."""
    head = "| Action | " + " | ".join(state.value for state in CallState) + " |\n"
    return head + "|---" * (len(CallState) + 1) + "|\n" + "".join(f"{row}\n" for row in _rows())


def _rows() -> Iterator[str]:
    for action in GestureAction:
        cells = [_cell(action, state) for state in CallState]
        yield f"| `{action.value}` | {' | '.join(cells)} |"


def _cell(action: GestureAction, state: CallState) -> str:
    same, other = effect_of(action, state), effect_of(action, state, is_other_bot=True)
    words = _words(same)
    return words if other == same else f"{words}; with another bot: {_words(other)}"


def _words(effect: Effect | None) -> str:
    return "hang up" if effect is _HANG_UP else effect.value if effect else "–"
