"""The bots of the box, by name: which of them its client calls, and calls that name one."""

import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Protocol

from callbox.app.connection_config import ConnectionConfig, with_field
from callbox.control.bot_choice import ONLY_BOT, BotChoice, call_events, first_chosen
from callbox.control.call_control import CallEvent, CallState

log = logging.getLogger(__name__)
Connections = Mapping[str, ConnectionConfig] | ConnectionConfig
"""Of each bot by its name, or of the only one."""


class BotTarget(Protocol):
    """Caller of the bots: `callbox.app.appliance.Appliance`."""

    @property
    def call_state(self) -> CallState:
        """State of the call."""

    @property
    def is_down(self) -> bool:
        """Whether there is no session, not even one that stands by."""

    def dispatch(self, event: CallEvent) -> None:
        """Something happened to the call."""

    def end_standby(self) -> None:
        """End the session that stands by, or is being made for that."""

    def on_bot_wanted(self) -> None:
        """Show a bot that may be chosen or wanted anew, and prepare for it if no call is on."""


class BotSelection:
    """Selection of the bot that is called. Event loop only."""

    def __init__(self, connections: Connections, target: BotTarget) -> None:
        self._connections = _by_name(connections)
        self._target = target
        self._choice = first_chosen(self._connections)
        self.in_use = self._choice.wanted
        """The bot of the client's session, or of its next one as things are prepared."""
        self._ring: Mapping[str, Any] | None = None
        """What the bot that is wanted is given of a ring; None: nothing."""
        self._ring_in_use: Mapping[str, Any] | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all bots, in the order of the settings."""
        return tuple(self._connections)

    @property
    def chosen(self) -> str:
        """The bot that is called unless a call names another one."""
        return self._choice.chosen

    @property
    def wanted(self) -> str:
        """The bot of the call that is on, or of the next one."""
        return self._choice.wanted

    @property
    def connection(self) -> ConnectionConfig:
        """Connection to the bot in use."""
        connection = self._connections[self.in_use]
        if self._ring_in_use is None:
            return connection
        return replace(connection, params=with_field(connection.params, "ring", self._ring_in_use))

    @property
    def chosen_connection(self) -> ConnectionConfig:
        """Connection to the chosen bot, for a session beside calls."""
        return self._connections[self.chosen]

    @property
    def wants_other(self) -> bool:
        """Whether another bot is wanted than the one in use, or with what another ring says."""
        return self.wanted != self.in_use or self._ring != self._ring_in_use

    def use_wanted(self) -> ConnectionConfig:
        """Use the bot that is wanted from now on; returns the connection to it."""
        self.in_use, self._ring_in_use = self.wanted, self._ring
        return self.connection

    def replace(self, connections: Connections) -> ConnectionConfig:
        """Replace the bots by these; returns the connection to the one in use."""
        self._connections = _by_name(connections)
        self._choice = self._choice.with_names(self._connections)
        return self.use_wanted()

    def is_other(self, bot: str | None) -> bool:
        """Whether `bot` is another one than that of the call which is on, or the next; None: no bot in particular."""
        return bot is not None and bot != self.wanted

    def choose(self, name: str) -> str | None:
        """Call `name` from now on; a call that is on goes on with its own bot. A sentence: there is no such bot."""
        if wrong := self._choice.unknown(name):
            return wrong
        self._choose(self._choice.choose(name))
        return None

    def choose_next(self) -> None:
        """Choose the next one, in the order of the settings."""
        self._choose(self._choice.next())

    def _choose(self, choice: BotChoice) -> None:
        if choice != self._choice:
            log.info("The bot is %s", choice.chosen)
        self._choice = choice
        self._target.on_bot_wanted()

    def unknown(self, name: str) -> str | None:
        """A sentence if there is no bot `name`; None: there is."""
        return self._choice.unknown(name)

    def prepare(self, bot: str | None, ring: Mapping[str, Any] | None) -> None:
        """Want `bot`, which is given `ring`, for the next call; None: the chosen one. In a call nothing happens."""
        if self._target.call_state is CallState.IDLE and (bot is None or not self._choice.unknown(bot)):
            self._choice, self._ring = self._choice.calling(bot), ring
            self._target.on_bot_wanted()

    def call(self, bot: str | None, ring: Mapping[str, Any] | None = None) -> str | None:
        """As `callbox.app.remote.CommandTarget.call`; the bot is given `ring`."""
        if bot is not None and (wrong := self._choice.unknown(bot)):
            return wrong
        target = self._target
        events = call_events(target.call_state, is_other=self.is_other(bot))
        if events:
            self._choice, self._ring = self._choice.calling(bot), ring
            if self.wants_other and target.call_state is CallState.IDLE and not target.is_down:
                target.end_standby()  # of another bot, also if it is being made; the call is made after that
            target.on_bot_wanted()
            for event in events:
                target.dispatch(event)
        return None

    def on_call(self) -> None:
        """Note that a call begins: whatever is chosen from now on is for the next."""
        self._choice = self._choice.calling(self.wanted)

    def on_call_ended(self) -> None:
        """Note that the call has ended: the chosen bot is wanted again."""
        self._choice, self._ring = self._choice.calling(None), None


def _by_name(connections: Connections) -> Mapping[str, ConnectionConfig]:
    return {ONLY_BOT: connections} if isinstance(connections, ConnectionConfig) else dict(connections)
