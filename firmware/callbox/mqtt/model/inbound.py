"""Inbound messages of a box, real or simulated: commands, own retained topics, Home Assistant's birth.

Event loop only.
"""

import logging
from collections.abc import Callable, Iterable

from callbox.control.remote_commands import CommandHandler, CommandResult, Denied
from callbox.mqtt.model import commands, topics
from callbox.mqtt.model.publications import BoxPublications
from callbox.mqtt.model.topics import Publication

log = logging.getLogger(__name__)


class InboundHandler:
    """Handler of inbound messages; `publish` gets the responses."""

    def __init__(self, publications: BoxPublications, publish: Callable[[Iterable[Publication]], object]) -> None:
        self._publications, self._topics, self._publish = publications, publications.topics, publish
        self.execute: CommandHandler | None = None
        """Executes commands; None: not attached yet."""
        self.on_birth: Callable[[], None] = lambda: None
        """Called at Home Assistant's birth message."""
        self._seen_online = False

    @property
    def patterns(self) -> list[str]:
        """Topic filters to subscribe to."""
        return [*self._publications.own_subscriptions, *commands.subscriptions(self._topics)]

    def on_connected(self) -> None:
        """Publish everything; `on_settled` checks later that the broker has the status."""
        self._seen_online = False
        self._publish(self._publications.on_connect())

    def on_settled(self) -> None:
        """Publish again unless the own `online` came back: the broker may have lost it, or had a late will after it."""
        if not self._seen_online:
            log.debug("The own status did not come back; published again")
            self._publish(self._publications.on_connect())

    def on_message(self, topic: str, payload: bytes, *, retained: bool) -> None:
        """Dispatch one message."""
        if command := commands.parse(self._topics, topic, payload, retained=retained):
            if not (retained and not payload):  # an empty retained message only removes one
                self._execute(command)
            return
        if self._publications.is_ha_birth(topic, payload):
            self.on_birth()
            return
        if topic == self._topics.of(topics.STATUS):
            self._seen_online = payload == topics.ONLINE
        self._publish(self._publications.on_own_retained(topic, payload))

    def _execute(self, command: commands.ParsedCommand) -> None:
        if isinstance(command.order, Denied):
            log.warning("A command was refused: %s: %s", command.name, command.order.text)
            self._publish([commands.response(self._topics, command, command.order)])
            return
        result = self.execute(command.order) if self.execute else Denied("not_possible", "There is no box yet.")

        def respond(result: CommandResult) -> None:
            self._publish([commands.response(self._topics, command, result)])

        if callable(result):
            result(respond)
        else:
            respond(result)
