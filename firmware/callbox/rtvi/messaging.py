"""Messages between client and bot: in, told as events; out; answers matched to requests.

Knows nothing of states; `Session` does. Event loop only.
"""

import logging
import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from callbox.rtvi.emitter import Emitter
from callbox.rtvi.errors import InvalidMessageError, MalformedMessageError, MessageTooLargeError, RTVIError
from callbox.rtvi.functions import Functions
from callbox.rtvi.protocol import inbound, messages
from callbox.rtvi.protocol.events import RTVIEvent
from callbox.rtvi.protocol.messages import Message
from callbox.rtvi.protocol.values import BotReady, ErrorData, FunctionCall, FunctionCallStopped
from callbox.rtvi.requests import Requests
from callbox.rtvi.transport import Transport
from callbox.text import one_line

log = logging.getLogger(__name__)


class SessionEvents(Protocol):
    """Listener to the few messages that do more than tell."""

    def on_bot_ready(self, bot: BotReady) -> None:
        """The bot listens."""

    def on_bot_error(self, error: ErrorData) -> None:
        """Take an error of the bot's own."""


class MessageChannel:
    """Lives as long as the client. `on_interrupted` is called before the event of that name."""

    def __init__(self, emitter: Emitter, events: SessionEvents, on_interrupted: Callable[[], None]) -> None:
        self._emitter = emitter
        self._events = events
        self._on_interrupted = on_interrupted
        self._transport: Transport | None = None
        self.requests = Requests()
        self.functions = Functions(self.send)

    def begin(self, transport: Transport) -> None:
        """Talk over `transport` from now on."""
        self._transport = transport

    def end(self, error: RTVIError) -> None:
        """End the session: requests end with `error`, running functions are cancelled."""
        self._transport = None
        self.requests.reject_all(error)
        self.functions.cancel_all()

    def send(self, message: Message) -> str:
        """Send `message`, with a new id if it has none; returns the id.

        Raises `InvalidMessageError` and `MessageTooLargeError`. Silent without a transport.
        """
        identity = message.id or new_id()  # Pipecat takes none without an id
        try:
            text = messages.encode(replace(message, id=identity))
            size = len(text.encode())
        except (TypeError, ValueError, RecursionError) as error:
            raise InvalidMessageError(f"The data of a {message.type} message is not JSON: {error}") from None
        if self._transport is not None:
            limit = self._transport.max_message_bytes
            if size > limit:
                raise MessageTooLargeError(
                    f"A {message.type} message of {size} bytes exceeds the transport's limit of {limit} bytes."
                )
            self._transport.send(text)
        return identity

    async def request(self, message: Message, timeout_s: float | None, kind: str) -> Message:
        """Send `message` and wait for its answer; raises as `Requests.wait` and `send`. `kind`: as errors call it."""
        identity = message.id or new_id()
        self.requests.open(identity)
        try:
            self.send(replace(message, id=identity))
        except RTVIError:
            self.requests.forget(identity)
            raise
        return await self.requests.wait(identity, kind, timeout_s)

    def on_text(self, text: str) -> None:
        """A text of the bot. Nothing in it can raise here."""
        try:
            message = messages.decode(text)
        except MalformedMessageError as error:
            log.debug("Ignored what the bot sent: %s", error)
            return
        try:
            self._dispatch(message)
        except MalformedMessageError as error:
            log.debug("Data of %s can't be read: %s", one_line(message.type, 60), error)
            self._emitter.emit(RTVIEvent.GenericMessage, message)
        except Exception:  # whatever a bot sends, it ends no call
            log.exception("A %s message of the bot was not understood", one_line(message.type, 60))

    def _dispatch(self, message: Message) -> None:
        match message.type:
            case "bot-ready":
                self._events.on_bot_ready(inbound.bot_ready(message.data))
            case "error":
                self._events.on_bot_error(inbound.error(message.data))
            case "error-response":
                self.requests.settle(message)
                self._emitter.emit(RTVIEvent.MessageError, inbound.message_error(message))
            case "server-response":
                self.requests.settle(message)
                self._emitter.emit(RTVIEvent.ServerResponse, message)
            case kind if row := inbound.ROWS.get(kind):
                self._tell(row, message)
            case _:
                self.requests.settle(message)  # action-response and its like, of servers before 1.0
                self._emitter.emit(RTVIEvent.GenericMessage, message)

    def _tell(self, row: inbound.Row, message: Message) -> None:
        if row.parse is None:
            if row.event is RTVIEvent.BotInterrupted:
                self._on_interrupted()
            self._emitter.emit(row.event)
            return
        found = row.parse(message.data)
        self._emitter.emit(row.event, found)
        if isinstance(found, FunctionCall):
            self.functions.call(found)
        elif isinstance(found, FunctionCallStopped) and found.cancelled:
            self.functions.cancel(found.tool_call_id)


def new_id() -> str:
    """An id for a message; the official client's are as long."""
    return uuid.uuid4().hex[:8]
