"""Performs the lifecycle: attempts, moves, effects, closing.

`lifecycle` decides, this performs. At most one *attempt* runs at a time: the task that takes a call from one
state to the next. disconnect() cancels it; its caller then gets `SessionAbortedError`, and nothing of it
ever touches the state again. Event loop only.
"""

import asyncio
import logging
from collections.abc import Callable, Collection, Coroutine, Mapping, Sequence
from typing import Any, TypeVar

from callbox import __version__
from callbox.rtvi.cancellation import is_own_cancellation
from callbox.rtvi.deadlines import with_deadline
from callbox.rtvi.devices import Devices
from callbox.rtvi.emitter import Emitter
from callbox.rtvi.errors import BotAlreadyStartedError, BotError, RTVIError, SessionAbortedError, SessionLostError
from callbox.rtvi.http_pool import HttpPool
from callbox.rtvi.messaging import MessageChannel, new_id
from callbox.rtvi.protocol import messages
from callbox.rtvi.protocol.events import RTVIEvent
from callbox.rtvi.protocol.lifecycle import Effect, Event, TransportState, Verdict, decide
from callbox.rtvi.protocol.messages import Message
from callbox.rtvi.protocol.policies import Deadlines, ReconnectionPolicy
from callbox.rtvi.protocol.values import BotReady, ErrorData
from callbox.rtvi.transport import APIRequest, Participant, Transport, TransportFactory

log = logging.getLogger(__name__)
T = TypeVar("T")
Steps = Callable[[], Coroutine[Any, Any, T]]
_STANDBY_LOST = "The session that stood by was lost before the bot answered."
_SILENT = "Nothing came from the bot for {:g} s."
_ABORTED = "The call was aborted: disconnect() was called, or the session ended."
_OTHER_LOOP = (
    "The session belongs to the event loop in which connect() was called. From another thread: "
    "loop.call_soon_threadsafe(client.send_text, …), asyncio.run_coroutine_threadsafe(client.disconnect(), loop)."
)


class Session:
    """Session of a client: its state, and what takes it further. Fulfils `TransportListener` and
    `messaging.SessionEvents`.
    """

    def __init__(
        self,
        new_transport: TransportFactory,
        devices: Devices,
        emitter: Emitter,
        deadlines: Deadlines,
        reconnection: ReconnectionPolicy,
        keep_alive: HttpPool,
    ) -> None:
        self._new_transport = new_transport
        self._devices = devices
        self._emitter = emitter
        self._deadlines = deadlines
        self.reconnection = reconnection
        self.keep_alive = keep_alive
        self.channel = MessageChannel(emitter, self, devices.flush)
        self.state = TransportState.DISCONNECTED
        self.transport: Transport | None = None
        self.bot: BotReady | None = None
        self.error: RTVIError | None = None
        self.request: APIRequest | None = None
        self.bundle: Mapping[str, Any] | None = None
        self.stands_by = False
        """Whether the session waits in `connected` for `activate`."""
        self._attempt: asyncio.Task[Any] | None = None
        self._attempt_is_standby = False
        self._joined: asyncio.Task[None] | None = None
        """Opens the devices of a call that waits for the attempt, which makes a session that shall stand by."""
        self._opening = False
        self._closing: asyncio.Task[None] | None = None
        self._dropping: asyncio.Task[None] | None = None
        """The end of a transport whose session stood by and was lost."""
        self._loop: asyncio.AbstractEventLoop | None = None
        """Of the last attempt."""
        self._loop_end: asyncio.Task[None] | None = None
        """Waits for the event loop's end, while there is a session."""
        self._ready: asyncio.Future[BotReady] | None = None
        self._client_ready: Message | None = None
        self._early_ready: BotReady | None = None
        """A bot-ready that came while the session stood by."""
        self._stall: asyncio.TimerHandle | None = None
        self._stalled = False
        self._track_owner: Participant | None = None
        self._participant = Participant("bot", "bot")

    def use_connection(self, new_transport: TransportFactory, deadlines: Deadlines, keep_alive: HttpPool) -> None:
        """Use these for the next session. Only while there is none."""
        self._new_transport, self._deadlines, self.keep_alive = new_transport, deadlines, keep_alive
        self.request = self.bundle = None

    @property
    def connected(self) -> bool:
        """Whether sound and messages can flow."""
        return self.state in (TransportState.CONNECTED, TransportState.READY)

    # -- attempts --------------------------------------------------------------------------------

    async def run(self, event: Event, steps: Steps[T], *, devices_first: bool = False, stand_by: bool = False) -> T:
        """Perform `steps` as the one attempt; the state has moved when this first yields."""
        self.check_loop()
        if self._attempt is not None:
            raise BotAlreadyStartedError(f"Another call is under way; the state is {self.state}.")
        if event is Event.START_BOT or (event is Event.CONNECT and self.state is not TransportState.AUTHENTICATED):
            self.keep_alive.forget_cookies()  # those of a session before it
        if devices_first and self._devices.need_opening(closing=self._closing is not None):
            self.move(Event.INIT_DEVICES)
            attempt = self._start(event, lambda: self._after_devices(event, steps))
        else:
            self.move(event)
            attempt = self._start(event, steps)
        self._attempt, self._attempt_is_standby = attempt, stand_by
        self._loop = asyncio.get_running_loop()
        return await self._result(attempt)

    def _start(self, event: Event, steps: Steps[T]) -> asyncio.Task[T]:
        task = asyncio.create_task(self._guard(event, steps), name="rtvi attempt")
        task.add_done_callback(lambda ended: ended.cancelled() or ended.exception())  # whose caller may be cancelled
        return task

    async def _result(self, attempt: asyncio.Task[T]) -> T:
        """Result of `attempt`. Raises `SessionAbortedError` if it was aborted.

        Cancelled, it ends `attempt`, and returns when all is closed: the event loop's end may be next (Ctrl-C).
        """
        try:
            await asyncio.wait([attempt])
        except asyncio.CancelledError:
            await self.disconnect()
            raise
        if attempt.cancelled():
            raise SessionAbortedError(_ABORTED)
        return attempt.result()

    def _has_failed(self) -> bool:
        return self.state is TransportState.ERROR

    def check_loop(self) -> None:
        """Raise `RTVIError` while there is a session in another event loop."""
        if self._loop is None or self._loop.is_closed() or self.state is TransportState.DISCONNECTED:
            return
        try:
            running = asyncio.get_running_loop()
        except RuntimeError:
            running = None
        if running is not self._loop:
            raise RTVIError(_OTHER_LOOP)

    async def _end_with_loop(self) -> None:
        """Disconnect when the event loop ends, whose end waits for this: `asyncio.run` cancels what it leaves behind.

        The transport's tasks are cancelled too: its bot may have to notice by itself.
        """
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            if self._loop_end is asyncio.current_task():  # else the session has ended
                await self.disconnect()

    async def disconnect(self) -> None:
        """End what is; returns when all is closed."""
        self.check_loop()
        if self._has_failed() and self._closing and self._closing is not asyncio.current_task():
            # `disconnected` says that the microphone is closed, which takes a moment after an error.
            await asyncio.shield(self._closing)
            if not self._has_failed():  # another call has begun meanwhile
                return
        self.move(Event.DISCONNECT)
        if self._closing and self._closing is not asyncio.current_task():
            await asyncio.shield(self._closing)

    async def open_devices(self) -> None:
        """A step: open microphone and loudspeaker."""
        await self._open()
        self.move(Event.DEVICES_OPENED)

    async def open_transport(self, params: Mapping[str, Any]) -> BotReady:
        """A step: construct and connect a transport, shake hands with the bot."""
        self._ready = asyncio.get_running_loop().create_future()
        await self._connect(params, Event.TRANSPORT_CONNECTED)
        return await with_deadline("bot-ready", self._deadlines.bot_ready_s, self._ready)

    async def open_and_stand_by(self, params: Mapping[str, Any]) -> None:
        """A step: construct and connect a transport, and leave it at that."""
        self._ready = None
        await self._connect(params, Event.STANDS_BY)

    async def _connect(self, params: Mapping[str, Any], connected: Event) -> None:
        transport = self.transport = self._new_transport(self._devices.media, self)
        connecting = transport.connect(params, self.request)
        await with_deadline("connection", self._deadlines.connect_s, connecting, self.keep_alive)
        if self._ready is None or not self._ready.done():  # else lost in the very moment
            self._participant = transport.bot
            self.channel.begin(transport)
            self._loop_end = asyncio.create_task(self._end_with_loop(), name="rtvi end of the event loop")
            self.stands_by = connected is Event.STANDS_BY
            self.move(connected)
        await self.keep_alive.close_idle()  # a later request must not go over a connection of before the network went

    @property
    def is_making_standby(self) -> bool:
        """Whether a session that shall stand by is being made."""
        return self._attempt is not None and self._attempt_is_standby

    @property
    def in_haste(self) -> bool:
        """Whether client-ready follows at once: not when a session shall stand by."""
        return not self.is_making_standby

    async def activate(self, dial: Steps[BotReady]) -> BotReady:
        """Shake hands in the session that stands by, and open the devices meanwhile; or do so when it is made.

        `dial`: makes another session, if this one turns out to be lost: its server was restarted, say.
        """
        if self._joined is not None:
            raise BotAlreadyStartedError(f"Another call is under way; the state is {self.state}.")
        if self._attempt is not None:
            await self._join(self._attempt)
        if not self.stands_by:
            raise SessionAbortedError(_ABORTED)
        self.stands_by = False
        self._ready = asyncio.get_running_loop().create_future()
        return await self.run(Event.ACTIVATE, lambda: self._handshake_or(dial))

    async def _join(self, attempt: asyncio.Task[Any]) -> None:
        """Wait for `attempt` and the devices. Raises what either fails with; returns too when the session ends."""
        self._devices.hold()  # what is said from now on is not lost
        self._joined = opening = self._start(Event.ACTIVATE, self._open)
        try:
            await asyncio.wait([attempt, opening], return_when=asyncio.FIRST_EXCEPTION)
        except asyncio.CancelledError:
            self.move(Event.DISCONNECT)
            raise
        finally:
            self._joined = None
        for part in (opening, attempt):
            if part.done() and not part.cancelled():
                part.result()

    async def _handshake_or(self, dial: Steps[BotReady]) -> BotReady:
        try:
            return await self._handshake()
        except SessionLostError as error:
            if self._attempt is not asyncio.current_task():  # disconnect() too: gather() tells the first of both
                raise SessionAbortedError(_ABORTED) from None
            log.info("The session that stood by is lost, another one is made: %s", error)
        self.move(Event.STANDBY_LOST)
        if self._dropping is not None:
            await asyncio.wait([self._dropping], timeout=self._deadlines.close_s)
        await self._open()
        return await dial()

    async def _handshake(self) -> BotReady:
        if self._ready is None:
            raise RuntimeError("_handshake() outside activate()")
        opening = asyncio.create_task(self._open(), name="rtvi devices")
        answer = asyncio.ensure_future(with_deadline("bot-ready", self._deadlines.bot_ready_s, self._ready))
        proof = asyncio.create_task(self._require_proof(self._ready), name="rtvi proof")
        self._opening = True
        try:
            _, bot = await asyncio.gather(opening, answer)
        finally:
            self._opening = False
            for task in (opening, answer, proof):
                task.cancel()
        self._finish_handshake()
        return bot

    async def _require_proof(self, ready: asyncio.Future[BotReady]) -> None:
        """End the wait for bot-ready if the session turns out to have been lost while it stood by."""
        within_s = self.reconnection.proof_s
        if self.transport is not None and not await self.transport.is_alive(within_s) and not ready.done():
            ready.set_exception(SessionLostError(_SILENT.format(within_s)))

    async def _open(self) -> None:
        await with_deadline("devices", self._deadlines.devices_s, self._devices.open())

    async def _after_devices(self, event: Event, steps: Steps[T]) -> T:
        await self.open_devices()
        self.move(event)
        return await steps()

    async def _guard(self, event: Event, steps: Steps[T]) -> T:
        try:
            if self._closing:
                await asyncio.shield(self._closing)
            if event is not Event.INIT_DEVICES and not self._attempt_is_standby:
                self._devices.hold()
            return await steps()
        except RTVIError as error:
            self._clear_attempt(asyncio.current_task())
            self.move(Event.FAILED, error)
            raise
        except (Exception, asyncio.CancelledError) as error:
            if is_own_cancellation(error):
                raise
            log.exception("A defect in the RTVI client")
            failure = RTVIError(f"Internal error: {type(error).__name__}: {error}")
            self._clear_attempt(asyncio.current_task())
            self.move(Event.FAILED, failure)
            raise failure from error
        finally:
            self._clear_attempt(asyncio.current_task())

    def _clear_attempt(self, attempt: asyncio.Task[Any] | None) -> None:
        if self._attempt is attempt:
            self._attempt = None
            if self._ready is not None and not self._ready.cancel() and not self._ready.cancelled():
                self._ready.exception()  # retrieved: an aborted attempt has no caller to raise in

    # -- moves and effects -----------------------------------------------------------------------

    def move(self, event: Event, error: RTVIError | None = None) -> None:
        """Take the decision for `event`, announce the new state, perform the effects in their order."""
        decision = decide(self.state, event)
        if decision is Verdict.REFUSED:
            raise BotAlreadyStartedError(f"The call is refused: the state is {self.state}. Await disconnect() first.")
        if isinstance(decision, Verdict):
            log.debug("%s ignored in %s", event.value, self.state)
            return
        changed, self.state = self.state is not decision.to, decision.to
        self.error = error
        if Effect.CLOSE in decision.effects or Effect.DROP in decision.effects:
            self.bot = self._client_ready = self._early_ready = None
            self.stands_by = False
        if changed:
            self._emitter.emit(RTVIEvent.TransportStateChanged, self.state)
        for effect in decision.effects:
            if self.state is not decision.to and effect not in (Effect.CLOSE, Effect.DROP):
                continue  # a listener has moved on; closing is never skipped
            self._perform(effect, error)

    def _perform(self, effect: Effect, error: RTVIError | None) -> None:
        emit = self._emitter.emit
        match effect:
            case Effect.CLOSE:
                self._close(error)
            case Effect.DROP:
                transport = self._detach_transport(SessionAbortedError(_STANDBY_LOST))
                if transport is not None:
                    self._dropping = asyncio.create_task(transport.close(), name="rtvi close")
            case Effect.SEND_CLIENT_READY:
                self._client_ready = messages.client_ready(new_id(), "callbox", __version__)
                self.channel.send(self._client_ready)
                if self._early_ready is not None:
                    self.on_bot_ready(self._early_ready)
            case Effect.EMIT_BOT_STARTED:
                emit(RTVIEvent.BotStarted, self.bundle)
            case Effect.EMIT_CONNECTED:
                emit(RTVIEvent.Connected)
                emit(RTVIEvent.BotConnected, self._participant)
            case Effect.EMIT_BOT_READY:
                emit(RTVIEvent.BotReady, self.bot)
            case Effect.EMIT_BOT_DISCONNECTED:
                emit(RTVIEvent.BotDisconnected, self._participant)
            case Effect.EMIT_DISCONNECTED:
                emit(RTVIEvent.Disconnected)
            case Effect.EMIT_ERROR:
                emit(RTVIEvent.Error, ErrorData(str(error), fatal=True))

    # -- closing ---------------------------------------------------------------------------------

    def _close(self, error: RTVIError | None) -> None:
        transport = self._detach_transport(
            error or SessionAbortedError("The session has ended before the bot answered.")
        )
        running: list[asyncio.Task[Any]] = []
        for task in (self._attempt, self._joined):
            if task is not None and task is not asyncio.current_task():
                self._clear_attempt(task)  # at once: cancelled before it has begun, it never gets to do that itself
                task.cancel()
                running.append(task)
        previous = self._closing
        self._closing = asyncio.create_task(self._finish_closing(previous, running, transport), name="rtvi close")

    def _detach_transport(self, error: RTVIError) -> Transport | None:
        """The transport, which the caller closes; requests of its session end with `error`."""
        self.channel.end(error)
        self._clear_stall()
        loop_end, self._loop_end = self._loop_end, None
        if loop_end is not None and loop_end is not asyncio.current_task():
            loop_end.cancel()
        if self._track_owner:
            self.on_track(self._track_owner, started=False)
        transport, self.transport = self.transport, None
        return transport

    async def _finish_closing(
        self,
        previous: asyncio.Task[None] | None,
        running: Sequence[asyncio.Task[Any]],
        transport: Transport | None,
    ) -> None:
        parts: list[asyncio.Future[Any]] = [*running]
        if previous is not None:
            parts.append(previous)
        parts.append(asyncio.ensure_future(self._devices.close()))
        parts.append(asyncio.ensure_future(self.keep_alive.close_idle()))
        if transport is not None:
            parts.append(asyncio.ensure_future(transport.close()))
        try:
            _, late = await asyncio.wait(parts, timeout=self._deadlines.close_s)
            for part in late:
                log.warning("Closing took more than %g s; abandoned", self._deadlines.close_s)
                part.cancel()
            for part in parts:
                if part.done() and not part.cancelled() and part.exception() and part not in running:
                    log.error("Closing failed", exc_info=part.exception())
        finally:
            if self._closing is asyncio.current_task():
                self._closing = None
                self.move(Event.CLOSED)

    # -- what the transport tells (TransportListener) ------------------------------------------------

    def on_lost(self, error: RTVIError | None) -> None:
        """End the session: the transport's is over."""
        if self.transport is None:  # being closed
            return
        if self._loop_end is not None and self._loop_end.cancelling():  # so are the transport's tasks
            self.move(Event.DISCONNECT)
        elif self._ready is not None and not self._ready.done():
            self._ready.set_exception(error or SessionLostError("The bot left before it was ready."))
        elif error is None:
            self.move(Event.BOT_LEFT)
        else:
            log.warning("%s", error)  # no call is under way that raises it
            self.move(Event.FAILED, error)

    def on_message(self, text: str) -> None:
        """A text of the bot."""
        self.channel.on_text(text)

    def on_reconnecting(self, reason: str) -> None:
        """Note that the network has gone; the state says so when it stays away."""
        log.info("%s", reason)
        self._clear_stall()
        self._stall = asyncio.get_running_loop().call_later(self.reconnection.quiet_s, self._on_stalled)
        self._emitter.emit(RTVIEvent.Reconnecting, reason)

    def on_reconnected(self, carried: Collection[str] | None = ()) -> None:
        """Note that the network is back. A client-ready without answer is sent again: its answer may be lost."""
        unanswered = self._client_ready if self._waits_for_bot_ready else None
        if carried is not None and unanswered is not None and messages.encode(unanswered) not in carried:
            self.channel.send(unanswered)
        if self._stalled:
            self.move(Event.RECOVERED)
        self._clear_stall()
        self._emitter.emit(RTVIEvent.Reconnected)

    def on_track(self, participant: Participant, *, started: bool) -> None:
        """Tell that sound began or ended to flow."""
        self._track_owner = participant if started else None
        self._emitter.emit(RTVIEvent.TrackStarted if started else RTVIEvent.TrackStopped, "audio", participant)

    def on_participant(self, participant: Participant, *, joined: bool) -> None:
        """Tell that somebody came or went."""
        self._emitter.emit(RTVIEvent.ParticipantConnected if joined else RTVIEvent.ParticipantLeft, participant)

    def _on_stalled(self) -> None:
        self._stalled = self.state is TransportState.READY
        self.move(Event.STALLED)

    def _clear_stall(self) -> None:
        self._stalled = False
        if self._stall is not None:
            self._stall.cancel()
            self._stall = None

    # -- what the bot says that moves (channel.SessionEvents) -----------------------------------------------

    def on_bot_ready(self, bot: BotReady) -> None:
        """The bot listens. A second bot-ready changes nothing."""
        if self.state is TransportState.CONNECTED and self.stands_by:
            self._early_ready = bot  # for `activate`
            return
        if not self._waits_for_bot_ready or self._ready is None:
            return
        if bot.version[0] != messages.parse_version(messages.PROTOCOL_VERSION)[0]:
            log.warning("The bot speaks RTVI %s, this client %s", bot.version, messages.PROTOCOL_VERSION)
        self.bot = bot
        self._ready.set_result(bot)
        if not self._opening:  # else it is ready when the devices are open too
            self._finish_handshake()

    @property
    def _waits_for_bot_ready(self) -> bool:
        """Whether client-ready went out and bot-ready has not come."""
        return self.state is TransportState.CONNECTED and self._ready is not None and not self._ready.done()

    def _finish_handshake(self) -> None:
        self._devices.release()
        self.move(Event.BOT_READY)

    def on_bot_error(self, error: ErrorData) -> None:
        """The bot reports an error; a fatal one is told to the application as the effect of the failure."""
        if error.fatal:
            self.on_lost(BotError(f"The bot reported a fatal error: {error.message}"))
        else:
            self._emitter.emit(RTVIEvent.Error, error)
