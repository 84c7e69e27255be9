"""The bots of the box, by name, and which of them its client calls."""

from collections.abc import Mapping

from callbox.app.observers import ConnectionConfig
from callbox.control.bot_choice import ONLY_BOT, first_chosen


class BotSelection:
    """Event loop only. `connections`: of each bot by its name, or of the only one."""

    def __init__(self, connections: Mapping[str, ConnectionConfig] | ConnectionConfig) -> None:
        self._connections = _by_name(connections)
        self.choice = first_chosen(self._connections)
        """Which bot is chosen, and which one a call named."""
        self.in_use = self.choice.wanted
        """The bot of the client's session, or of its next one as things are prepared."""

    @property
    def connection(self) -> ConnectionConfig:
        """How the bot in use is reached."""
        return self._connections[self.in_use]

    @property
    def wants_other(self) -> bool:
        """Whether another bot is wanted than the one in use."""
        return self.choice.wanted != self.in_use

    def use_wanted(self) -> ConnectionConfig:
        """How the bot is reached that is wanted, and in use from now on."""
        self.in_use = self.choice.wanted
        return self.connection

    def replace(self, connections: Mapping[str, ConnectionConfig] | ConnectionConfig) -> ConnectionConfig:
        """These are the bots from now on; how the one in use is reached."""
        self._connections = _by_name(connections)
        self.choice = self.choice.with_names(self._connections)
        return self.use_wanted()


def _by_name(connections: Mapping[str, ConnectionConfig] | ConnectionConfig) -> Mapping[str, ConnectionConfig]:
    return {ONLY_BOT: connections} if isinstance(connections, ConnectionConfig) else dict(connections)
