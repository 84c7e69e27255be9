"""What the broker tells a box, and what the box does about it: the same for a simulated one. Event loop only."""

import logging
from collections.abc import Callable, Iterable

from callbox.control.remote_commands import CommandHandler, CommandResult, Denied
from callbox.mqtt.model import commands, topics
from callbox.mqtt.model.publications import BoxPublications
from callbox.mqtt.model.topics import Publication

log = logging.getLogger(__name__)


class InboundHandler:
    """`publish` takes what there is to say then."""

    def __init__(self, reporter: BoxPublications, publish: Callable[[Iterable[Publication]], object]) -> None:
        self._reporter, self._topics, self._publish = reporter, reporter.topics, publish
        self.obey: CommandHandler | None = None
        """Commands go there."""
        self.on_birth: Callable[[], None] = lambda: None
        """Home Assistant has started."""
        self._seen_online = False

    @property
    def patterns(self) -> list[str]:
        """What to subscribe to."""
        return [*self._reporter.reads_back, *commands.subscriptions(self._topics)]

    def on_connected(self) -> None:
        """There is a connection: say hello, and look in a while whether the broker believes it."""
        self._seen_online = False
        self._publish(self._reporter.hello())

    def look_again(self) -> None:
        """Say it again, unless it has come back: a broker may lose what it had, or hear another's word."""
        if not self._seen_online:
            log.debug("Our own status did not come back; told again")
            self._publish(self._reporter.hello())

    def on_message(self, topic: str, payload: bytes, *, retained: bool) -> None:
        """A message came."""
        if asked := commands.parse(self._topics, topic, payload, retained=retained):
            if not (retained and not payload):  # not what removes a retained one
                self._carry_out(asked)
            return
        if self._reporter.is_birth(topic, payload):
            self.on_birth()
            return
        if topic == self._topics.of(topics.STATUS):
            self._seen_online = payload == topics.ONLINE
        self._publish(self._reporter.read_back(topic, payload))

    def _carry_out(self, asked: commands.ParsedCommand) -> None:
        if isinstance(asked.order, Denied):
            log.warning("A command was refused: %s: %s", asked.name, asked.order.text)
            self._publish([commands.response(self._topics, asked, asked.order)])
            return
        outcome = self.obey(asked.order) if self.obey else Denied("not_possible", "There is no box yet.")

        def tell(outcome: CommandResult) -> None:
            self._publish([commands.response(self._topics, asked, outcome)])

        if callable(outcome):
            outcome(tell)
        else:
            tell(outcome)
