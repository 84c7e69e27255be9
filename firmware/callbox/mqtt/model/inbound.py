"""Inbound messages of a box, real or simulated: commands, own retained topics, Home Assistant's birth.

Event loop only.
"""

import logging
from collections.abc import Callable

from callbox.control.remote_commands import CommandHandler, CommandResult, Denied
from callbox.mqtt.model import broker_errors, commands, topics
from callbox.mqtt.model.outbox import MAX_QUEUED_RESPONSES, Outbox
from callbox.mqtt.model.publications import BoxPublications

log = logging.getLogger(__name__)

MAX_LOGGED_REFUSALS = 10
"""Warnings for each connection."""
_BUSY = Denied("busy", f"{MAX_QUEUED_RESPONSES} answers wait for the broker: send the next command when one has come.")
_FAILED = Denied("failed", "The command failed; the journal says more.")


class InboundHandler:
    """Handler of inbound messages. No message makes it raise."""

    def __init__(self, publications: BoxPublications, outbox: Outbox) -> None:
        self._publications, self._topics, self._outbox = publications, publications.topics, outbox
        self.execute: CommandHandler | None = None
        """Executes commands; None: not attached yet."""
        self.on_birth: Callable[[], None] = lambda: None
        """Called at Home Assistant's birth message."""
        self._seen_online = self._renamed_reported = False
        self._loopback = publications.loopback
        self._loopback_due_s = 0.0
        self._loopback_awaited = self._loopback_returned = False
        self._refused = self._unanswered = 0
        """Commands of this connection: refused; neither executed nor answered."""
        self._retained: set[str] = set()
        """Topics of commands that the broker retains. What empties one comes as any other message to who is there."""

    @property
    def patterns(self) -> list[str]:
        """Topic filters to subscribe to."""
        return [*self._publications.own_subscriptions, *commands.subscriptions(self._topics)]

    def on_connected(self) -> None:
        """Publish everything; `on_settled` checks later that the broker has the status."""
        self._seen_online, self._refused, self._unanswered = False, 0, 0
        self._retained.clear()
        self._loopback_due_s, self._loopback_awaited, self._loopback_returned = 0.0, False, False
        self._outbox.publish(self._publications.on_connect())

    def on_settled(self) -> None:
        """Publish again unless the own `online` came back: the broker may have lost it, or had a late will after it."""
        if not self._seen_online:
            log.debug("The own status did not come back; published again")
            self._outbox.publish(self._publications.on_connect())

    def check_delivery(self, now_s: float) -> bool:
        """Whether the broker still delivers. When it is due at `now_s`, send the box a message, which must be back by
        the next time; on a connection on which none ever was, as a broker may deny it, that is not asked for.
        """
        if now_s < self._loopback_due_s:
            return True
        if self._loopback_awaited and self._loopback_returned:
            return False
        self._loopback_due_s = now_s + topics.LOOPBACK_PERIOD_S
        sent, _ = self._outbox.publish([self._loopback])
        self._loopback_awaited = sent == 1
        return True

    def on_message(self, topic: str, payload: bytes, *, retained: bool) -> None:
        """Dispatch one message."""
        if topic == self._loopback.topic:
            if payload == self._loopback.payload:
                self._loopback_awaited, self._loopback_returned = False, True
            return
        if command := commands.parse(self._topics, topic, payload, retained=retained):
            if not payload and (retained or topic in self._retained):
                self._retained.discard(topic)  # it only removes what is retained
                return
            if retained and command.name != commands.UNKNOWN:
                self._retained.add(topic)
            self._execute(command)
            return
        if self._publications.is_ha_birth(topic, payload):
            self.on_birth()
            return
        own_status = self._topics.of(topics.STATUS)
        if topic != own_status and topic == own_status.replace(".", "/") and not self._renamed_reported:
            self._renamed_reported = True
            log.warning("%s", broker_errors.renamed_topic(own_status, topic))
        if topic == own_status:
            self._seen_online = payload == topics.ONLINE
        if topic == self._topics.of(topics.INFO) and (
            other := self._publications.other_box(payload, retained=retained)
        ):
            log.warning("%s", other)
        self._outbox.publish(self._publications.on_own_retained(topic, payload))

    def _execute(self, command: commands.ParsedCommand) -> None:
        if not self._outbox.can_respond:
            self._refuse(command)
            return
        if isinstance(command.order, Denied):
            self._refused += 1
            level = logging.WARNING if self._refused <= MAX_LOGGED_REFUSALS else logging.DEBUG
            log.log(level, "A command was refused: %s: %s", command.name, command.order.text)
            self._respond(command, command.order)
            return
        try:
            result = self.execute(command.order) if self.execute else Denied("not_possible", "There is no box yet.")
        except Exception:  # a defect must not end the connection
            log.exception("The command %s failed", command.name)
            result = _FAILED
        if callable(result):
            result(lambda result: self._respond(command, result))
        else:
            self._respond(command, result)

    def _respond(self, command: commands.ParsedCommand, result: CommandResult) -> None:
        response = commands.response(self._topics, command, result)
        if not self._outbox.fits(response):
            text = f"The answer needs {response.packet_bytes} bytes, more than the broker takes."
            response = commands.response(self._topics, command, Denied("too_large", text))
        self._outbox.respond(response)

    def _refuse(self, command: commands.ParsedCommand) -> None:
        if self._outbox.refuse(commands.response(self._topics, command, _BUSY)):
            return
        self._unanswered += 1
        if self._unanswered == 1:
            log.warning("More commands come than can be answered; they are not executed")
