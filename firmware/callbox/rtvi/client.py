"""RTVIClient: connect, disconnect, init_devices, callbacks and events.

`lifecycle` decides, this performs. At most one *attempt* runs at a time: the task that takes a call from one
state to the next. disconnect() cancels it; its caller then gets `SessionAbortedError`, and nothing of it
ever touches the state again. All methods belong to the event loop's thread.
"""

import asyncio
import logging
import uuid
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from callbox import __version__
from callbox.rtvi import messages, rest
from callbox.rtvi.emitter import Emitter
from callbox.rtvi.errors import (
    BotAlreadyStartedError,
    BotError,
    BotNotReadyError,
    ConnectionTimeoutError,
    MalformedMessageError,
    MessageTooLargeError,
    RTVIError,
    SessionAbortedError,
    SessionLostError,
    StartBotError,
)
from callbox.rtvi.events import Handler, RTVICallbacks, RTVIEvent
from callbox.rtvi.inbound import ROWS
from callbox.rtvi.lifecycle import Effect, Event, TransportState, Verdict, decide
from callbox.rtvi.messages import BotReady, ErrorData, Message
from callbox.rtvi.transport import APIRequest, Media, Transport, TransportFactory

log = logging.getLogger(__name__)
T = TypeVar("T")
Params = APIRequest | Mapping[str, Any]
Steps = Callable[[], Coroutine[Any, Any, T]]


@dataclass(frozen=True, slots=True)
class Deadlines:
    """How long each phase of a connection may take, in seconds. The web client has none of these."""

    devices_s: float = 5.0
    """Opening microphone and loudspeaker; a card that another program holds answers at once."""
    start_s: float = 10.0
    """The start request. A hosted bot may have to be woken."""
    connect_s: float = 15.0
    """Offer, answer, ICE, DTLS, data channel. A server gathers its candidates before it answers: up to 5 s."""
    bot_ready_s: float = 15.0
    """From client-ready to bot-ready."""
    close_s: float = 1.5
    """Taking a transport down; after that it is abandoned."""


class RTVIClient:
    """A client of one RTVI bot; connect() and disconnect() as often as you like.

    `transport` is a factory: a fresh transport is constructed on each connect() and destroyed on
    disconnect(), while `state` belongs to the client and can always be read. `media` are the devices; without
    them only messages flow. `callbacks` maps names such as ``on_bot_ready`` (or ``onBotReady``) to plain or
    async functions. `params` is what connect() uses when it is given nothing.
    """

    def __init__(
        self,
        transport: TransportFactory,
        media: Media | None = None,
        *,
        params: Params | None = None,
        callbacks: RTVICallbacks | Mapping[str, Handler] | None = None,
        deadlines: Deadlines = Deadlines(),
    ) -> None:
        self._new_transport = transport
        self._media = media
        self._params = params
        self._deadlines = deadlines
        self._emitter = Emitter(callbacks or {})
        self._state = TransportState.DISCONNECTED
        self._transport: Transport | None = None
        self._attempt: asyncio.Task[Any] | None = None
        self._closing: asyncio.Task[None] | None = None
        self._ready: asyncio.Future[BotReady] | None = None
        self._bot: BotReady | None = None
        self._error: RTVIError | None = None
        self._request: APIRequest | None = None
        self._bundle: Mapping[str, Any] | None = None

    # -- what can be read ------------------------------------------------------------------------

    @property
    def state(self) -> TransportState:
        """Where the client stands."""
        return self._state

    @property
    def connected(self) -> bool:
        """Whether sound and messages can flow: `connected` or `ready`."""
        return self._state in (TransportState.CONNECTED, TransportState.READY)

    @property
    def bot(self) -> BotReady | None:
        """What bot-ready said, while the bot is ready."""
        return self._bot

    @property
    def bot_version(self) -> tuple[int, int, int] | None:
        """RTVI version that the bot speaks, while it is ready."""
        return self._bot.version if self._bot else None

    @property
    def error(self) -> RTVIError | None:
        """Why the state is `error`; None in every other state."""
        return self._error

    @property
    def is_mic_enabled(self) -> bool:
        """Whether what the microphone hears is sent (else silence is)."""
        return self._media is not None and self._media.mic_enabled

    # -- listeners -------------------------------------------------------------------------------

    def on(self, event: RTVIEvent, handler: Handler) -> None:
        """Call `handler`, plain or async, for every `event` from now on; after the callback of the same name."""
        self._emitter.on(event, handler)

    def off(self, event: RTVIEvent, handler: Handler) -> None:
        """Undo `on`."""
        self._emitter.off(event, handler)

    # -- calls -----------------------------------------------------------------------------------

    async def init_devices(self) -> None:
        """Open microphone and loudspeaker ahead of connect(). Raises `DeviceError`."""
        await self._run(Event.INIT_DEVICES, self._open_devices)

    async def start_bot(self, request: APIRequest | None = None) -> Mapping[str, Any]:
        """Send the start request; returns the auth bundle, which connect() then uses. Raises `StartBotError`."""
        request = request or (self._params if isinstance(self._params, APIRequest) else None)
        if request is None:
            raise StartBotError("start_bot() was given no request, and the client was made without one.")
        return await self._run(Event.START_BOT, lambda: self._start_bot(request), devices_first=True)

    async def connect(self, params: Params | None = None) -> BotReady:
        """Connect and wait until the bot is ready; returns what bot-ready said.

        `params`: an `APIRequest` (start request first), or an auth bundle, or what the transport needs to
        find the bot (`callbox.transports.small_webrtc`: ``webrtc_url``). None: the bundle of start_bot() if
        the state is `authenticated`, else what the client was made with. Opens the devices first if need be.

        Raises `BotAlreadyStartedError` while a session is open, being opened or being closed;
        `SessionAbortedError` if disconnect() intervenes; `ConnectionTimeoutError`, `StartBotError`,
        `TransportStartError`, `DeviceError`, `SessionLostError` and `BotError` as they say. After an error
        the state is `error` and everything is closed. Cancelling the call is a disconnect().
        """
        if params is None and self._state is TransportState.AUTHENTICATED:
            params = self._bundle
        elif params is None:
            params = self._params
        if params is None:
            raise RTVIError("connect() was given no address, and the client was made without one.")
        if isinstance(params, APIRequest):
            request = params
            return await self._run(Event.START_BOT, lambda: self._start_and_connect(request), devices_first=True)
        bundle = params
        if self._state is not TransportState.AUTHENTICATED:
            self._request = None
        return await self._run(Event.CONNECT, lambda: self._connect(bundle), devices_first=True)

    async def start_bot_and_connect(self, request: APIRequest) -> BotReady:
        """start_bot() and connect() in one, as the official client names it."""
        return await self.connect(request)

    async def disconnect(self) -> None:
        """End the session, or abort what is under way; returns when all is closed. Never raises.

        Legal in every state and as often as you like: from `disconnected` nothing happens.
        """
        self._move(Event.DISCONNECT)
        if self._closing and self._closing is not asyncio.current_task():
            await asyncio.shield(self._closing)

    def enable_mic(self, enabled: bool) -> None:
        """Send what the microphone hears, or silence. Holds for later sessions too."""
        if self._media is not None:
            self._media.mic_enabled = enabled
        if self._transport is not None and self.connected:
            self._transport.set_mic_enabled(enabled)

    def send(self, message: Message) -> None:
        """Send `message` to the bot, with a new id if it has none.

        Raises `BotNotReadyError` and `MessageTooLargeError`.
        """
        if self._state is not TransportState.READY:
            raise BotNotReadyError(f"A message can be sent when the bot is ready; the state is {self._state}.")
        self._send(message if message.id else replace(message, id=_new_id()))  # Pipecat takes none without an id

    # -- an attempt ------------------------------------------------------------------------------

    async def _run(self, event: Event, steps: Steps[T], *, devices_first: bool = False) -> T:
        """Perform `steps` as the client's one attempt; the state has moved when this first yields."""
        if self._attempt is not None:
            raise BotAlreadyStartedError(f"Another call is under way; the state is {self._state}.")
        if devices_first and self._media is not None and (self._closing or not self._media.is_open):
            self._move(Event.INIT_DEVICES)
            attempt = asyncio.create_task(self._guard(lambda: self._after_devices(event, steps)), name="rtvi attempt")
        else:
            self._move(event)
            attempt = asyncio.create_task(self._guard(steps), name="rtvi attempt")
        self._attempt = attempt
        try:
            return await asyncio.shield(attempt)
        except asyncio.CancelledError:
            current = asyncio.current_task()
            if attempt.cancelled() and not (current and current.cancelling()):
                raise SessionAbortedError(
                    "The call was aborted: disconnect() was called, or the session ended."
                ) from None
            self._move(Event.DISCONNECT)
            raise

    async def _guard(self, steps: Steps[T]) -> T:
        try:
            if self._closing:
                await asyncio.shield(self._closing)
            return await steps()
        except RTVIError as error:
            self._forget_attempt()
            self._move(Event.FAILED, error)
            raise
        except Exception as error:
            log.exception("A defect in the RTVI client")
            failure = RTVIError(f"Internal error: {type(error).__name__}: {error}")
            self._forget_attempt()
            self._move(Event.FAILED, failure)
            raise failure from error
        finally:
            self._forget_attempt()

    async def _after_devices(self, event: Event, steps: Steps[T]) -> T:
        await self._open_devices()
        self._move(event)
        return await steps()

    async def _open_devices(self) -> None:
        if self._media is not None and not self._media.is_open:
            await self._within("devices", self._deadlines.devices_s, self._media.open())
        self._move(Event.DEVICES_OPENED)

    async def _start_bot(self, request: APIRequest) -> Mapping[str, Any]:
        post = rest.post_json(request.endpoint, request.request_data, request.headers)
        try:
            bundle = await self._within("start request", self._deadlines.start_s, post)
        except rest.Refusal as refusal:
            raise StartBotError(refusal.text, status=refusal.status) from None
        self._request, self._bundle = request, bundle
        self._move(Event.BOT_STARTED)
        return bundle

    async def _start_and_connect(self, request: APIRequest) -> BotReady:
        bundle = await self._start_bot(request)
        self._move(Event.CONNECT)
        return await self._connect(bundle)

    async def _connect(self, params: Mapping[str, Any]) -> BotReady:
        self._ready = asyncio.get_running_loop().create_future()
        self._transport = self._new_transport(self._media, self)
        connecting = self._transport.connect(params, self._request)
        await self._within("connection", self._deadlines.connect_s, connecting)
        if not self._ready.done():  # else lost in the very moment
            self._move(Event.TRANSPORT_CONNECTED)
        return await self._within("bot-ready", self._deadlines.bot_ready_s, self._ready)

    async def _within(self, phase: str, deadline_s: float, work: "Coroutine[Any, Any, T] | asyncio.Future[T]") -> T:
        try:
            async with asyncio.timeout(deadline_s):
                return await work
        except TimeoutError:
            raise ConnectionTimeoutError(_TIMEOUT_SENTENCES[phase].format(deadline_s=deadline_s)) from None

    # -- moves and effects -----------------------------------------------------------------------

    def _move(self, event: Event, error: RTVIError | None = None) -> None:
        """Take the decision for `event`, announce the new state, perform the effects in their order."""
        decision = decide(self._state, event)
        if decision is Verdict.REFUSED:
            raise BotAlreadyStartedError(
                f"{event.value} is refused: the state is {self._state}. Call disconnect() first."
            )
        if isinstance(decision, Verdict):
            log.debug("%s ignored in %s", event.value, self._state)
            return
        if error:
            log.warning("%s", error)
        self._state = decision.to
        if decision.to is not TransportState.READY:
            self._bot = None
        self._error = error
        self._emitter.emit(RTVIEvent.TransportStateChanged, self._state)
        for effect in decision.effects:
            if self._state is not decision.to and effect is not Effect.CLOSE:
                continue  # a listener has moved on; closing is never skipped
            match effect:
                case Effect.CLOSE:
                    self._close()
                case Effect.SEND_CLIENT_READY:
                    self._send(messages.client_ready(_new_id(), "callbox", __version__))
                case Effect.TELL_BOT_STARTED:
                    self._emitter.emit(RTVIEvent.BotStarted, self._bundle)
                case Effect.TELL_CONNECTED:
                    self._emitter.emit(RTVIEvent.Connected)
                    self._emitter.emit(RTVIEvent.BotConnected)
                case Effect.TELL_BOT_READY:
                    self._emitter.emit(RTVIEvent.BotReady, self._bot)
                case Effect.TELL_BOT_DISCONNECTED:
                    self._emitter.emit(RTVIEvent.BotDisconnected)
                case Effect.TELL_DISCONNECTED:
                    self._emitter.emit(RTVIEvent.Disconnected)
                case Effect.TELL_ERROR:
                    self._emitter.emit(RTVIEvent.Error, ErrorData(str(error), fatal=True))
                case Effect.OPEN_DEVICES | Effect.REQUEST_START | Effect.OPEN_TRANSPORT:
                    pass  # the attempt goes on to do it

    def _close(self) -> None:
        transport, self._transport = self._transport, None
        attempt = self._abort_attempt()
        previous = self._closing
        self._closing = asyncio.create_task(self._finish_closing(previous, attempt, transport), name="rtvi close")

    def _abort_attempt(self) -> asyncio.Task[Any] | None:
        attempt = self._attempt
        if attempt is None or attempt is asyncio.current_task():
            return None
        attempt.cancel()
        return attempt

    def _forget_attempt(self) -> None:
        if self._attempt is asyncio.current_task():
            self._attempt = None
            if self._ready is not None and not self._ready.cancel() and not self._ready.cancelled():
                self._ready.exception()  # retrieved: an aborted attempt leaves nobody to tell

    async def _finish_closing(
        self,
        previous: asyncio.Task[None] | None,
        attempt: asyncio.Task[Any] | None,
        transport: Transport | None,
    ) -> None:
        parts = [part for part in (previous, attempt) if part is not None]
        if self._media is not None:
            parts.append(asyncio.ensure_future(self._media.close()))
        if transport is not None:
            parts.append(asyncio.ensure_future(transport.close()))
        try:
            if parts:
                _, late = await asyncio.wait(parts, timeout=self._deadlines.close_s)
                for part in late:
                    log.warning("Closing took more than %g s; abandoned", self._deadlines.close_s)
                    part.cancel()
                for part in parts:
                    if part.done() and not part.cancelled() and part is not attempt and part.exception():
                        log.error("Closing failed", exc_info=part.exception())
        finally:
            if self._closing is asyncio.current_task():
                self._closing = None
                self._move(Event.CLOSED)

    # -- what the transport tells (TransportListener) ------------------------------------------------

    def on_lost(self, error: RTVIError | None) -> None:
        """The transport's session is over."""
        if self._ready is not None and not self._ready.done():
            self._ready.set_exception(error or SessionLostError("The bot left before it was ready."))
        elif error is None:
            self._move(Event.BOT_LEFT)
        else:
            self._move(Event.FAILED, error)

    def on_message(self, text: str) -> None:
        """A message of the bot. Nothing in it can raise here."""
        try:
            message = messages.decode(text)
            if message.type == "bot-ready":
                self._on_bot_ready(messages.parse_bot_ready(message.data))
            elif message.type == "error":
                self._on_error(messages.parse_error(message.data))
            elif (row := ROWS.get(message.type)) is None:
                self._emitter.emit(RTVIEvent.GenericMessage, message)
            else:
                if row.event is RTVIEvent.BotInterrupted and self._media is not None:
                    self._media.flush()
                self._emitter.emit(row.event, *([row.parse(message.data)] if row.parse else []))
        except MalformedMessageError as error:
            log.debug("Ignored what the bot sent: %s", error)

    def _on_bot_ready(self, bot: BotReady) -> None:
        if self._state is not TransportState.CONNECTED or self._ready is None or self._ready.done():
            return
        if bot.version[0] != int(messages.PROTOCOL_VERSION.split(".", maxsplit=1)[0]):
            log.warning("The bot speaks RTVI %s, this client %s", bot.version, messages.PROTOCOL_VERSION)
        self._bot = bot
        self._ready.set_result(bot)
        self._move(Event.BOT_READY)

    def _on_error(self, error: ErrorData) -> None:
        if error.fatal:  # told to the application as the effect of the failure
            self.on_lost(BotError(f"The bot reported a fatal error: {error.message}"))
        else:
            self._emitter.emit(RTVIEvent.Error, error)

    def _send(self, message: Message) -> None:
        if self._transport is None:
            return
        text = messages.encode(message)
        size, limit = len(text.encode()), self._transport.max_message_bytes
        if size > limit:
            raise MessageTooLargeError(f"A {message.type} message of {size} bytes exceeds the limit of {limit} bytes.")
        self._transport.send(text)


_TIMEOUT_SENTENCES = {
    "devices": "Microphone and loudspeaker did not open within {deadline_s:g} s. Does another program hold them?",
    "start request": "The bot's server did not answer the start request within {deadline_s:g} s.",
    "connection": "No connection with the bot within {deadline_s:g} s. Is there a firewall between it and this box?",
    "bot-ready": "The bot was reached, but did not become ready within {deadline_s:g} s. Its log says why.",
}


def _new_id() -> str:
    return uuid.uuid4().hex[:8]
