"""Choice of the bot that is called, of several. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from callbox.control.call_control import CallEvent, CallState

ONLY_BOT = "bot"
"""The name of a bot that is the only one, and was given none: its key in the settings."""


@dataclass(frozen=True, slots=True)
class BotChoice:
    """The bots of the box, and which of them is called. Immutable: each step returns the next."""

    names: tuple[str, ...]
    """All, at least one; the first is chosen unless another one is."""
    chosen: str
    """The one that is called unless a call names another one."""
    for_call: str | None = None
    """The one of the call that is on, or that is ordered, until it has ended; None: the chosen one."""

    @property
    def wanted(self) -> str:
        """The bot of this call, or of the next one."""
        return self.for_call or self.chosen

    def unknown(self, name: str) -> str | None:
        """A sentence if there is no bot `name`; None: there is."""
        return None if name in self.names else f"There is no bot {name}; there are {', '.join(self.names)}."

    def choose(self, name: str) -> "BotChoice":
        """Choose `name`, which is one of them."""
        return replace(self, chosen=name)

    def next(self) -> "BotChoice":
        """Choose the next one in the order of the settings; after the last, the first."""
        return replace(self, chosen=self.names[(self.names.index(self.chosen) + 1) % len(self.names)])

    def calling(self, name: str | None) -> "BotChoice":
        """Call `name`; None: the call has ended, or is for the chosen one."""
        return replace(self, for_call=name)

    def with_names(self, names: Iterable[str]) -> "BotChoice":
        """Take other settings' bots: what is still there stays chosen."""
        new = first_chosen(names)
        return new.choose(self.chosen) if self.chosen in new.names else new


def first_chosen(names: Iterable[str]) -> BotChoice:
    """Choose the first of `names`."""
    names = tuple(names)
    return BotChoice(names, names[0])


def call_events(state: CallState, *, is_other: bool) -> tuple[CallEvent, ...]:
    """Events of the call that lead to one with the bot; empty: it is on already.

    `is_other`: the call is for another bot than that of the call which is on, which then ends.
    """
    match state:
        case CallState.IDLE | CallState.HANGING_UP:
            return (CallEvent.CALL_ORDERED,)
        case CallState.REDIALLING:  # it is made as soon as the line is free
            return (CallEvent.CALL_ORDERED,) if is_other else ()
        case _:  # dialling, talking
            return (CallEvent.HANG_UP_ORDERED, CallEvent.CALL_ORDERED) if is_other else ()
