"""RTVIClient, what an application calls: a face of `Session` (states), `MessageChannel` (messages), `Devices`.

All methods belong to the event loop's thread.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit

from callbox.rtvi import failover, http_client
from callbox.rtvi.arguments import check_type, described
from callbox.rtvi.callbacks import Handler, MediaState, RTVICallbacks, callable_handler
from callbox.rtvi.cancellation import is_own_cancellation
from callbox.rtvi.deadlines import with_deadline
from callbox.rtvi.devices import Devices
from callbox.rtvi.emitter import Emitter
from callbox.rtvi.errors import (
    BotAlreadyStartedError,
    BotNotReadyError,
    RTVIError,
    SessionAbortedError,
    StartBotError,
    UnsupportedFeatureError,
)
from callbox.rtvi.functions import FunctionHandler
from callbox.rtvi.http_pool import HttpPool
from callbox.rtvi.listeners import Listeners
from callbox.rtvi.media import DeviceKind, Media, MediaDeviceInfo
from callbox.rtvi.protocol import outbound, versions
from callbox.rtvi.protocol.events import RTVIEvent
from callbox.rtvi.protocol.lifecycle import Event, TransportState
from callbox.rtvi.protocol.messages import Message, Version
from callbox.rtvi.protocol.outbound import File
from callbox.rtvi.protocol.policies import Deadlines, ReconnectionPolicy
from callbox.rtvi.protocol.values import BotReady
from callbox.rtvi.session import Session
from callbox.rtvi.transport import APIRequest, Participant, TransportFactory

T = TypeVar("T")
RESPONSE_TIMEOUT_S = 10.0
"""As the official client."""
_TIMEOUT = "timeout_s takes seconds, or None"
_NO_START = (
    " A Pipecat runner before 0.0.95 takes no start request: its address is http://host:port/api/offer "
    "(webrtc_url of connect(), offer_url of a box)."
)
_NO_PATH = " A Pipecat runner takes the start request at http://host:port/start."
_IS_OFFER = " This address takes offers, no start request: it goes to webrtc_url of connect(), offer_url of a box."
Params = APIRequest | Mapping[str, Any]
ConnectHandler = Callable[[APIRequest], Awaitable[Mapping[str, Any]]]
"""Brings the auth bundle in place of the start request: the seed-era client's ``customConnectHandler``. May raise
anything; a `StartBotError` goes to the caller as it is."""


def _checked(params: object, call: str) -> Params:
    """`params`, if they are what `call` takes. Raises `RTVIError`: a bare URL is a likely slip."""
    if params is None:
        raise RTVIError(f"{call} was given no address, and the client was made without one.")
    if not isinstance(params, APIRequest | Mapping):
        raise RTVIError(f"{call} takes an APIRequest, or a mapping such as an auth bundle, not {described(params)}.")
    return params


def _check_connection(transport: object, params: object, deadlines: object, keep_alive: object) -> None:
    """Raise `RTVIError` for another type than the constructor's."""
    if not callable(transport):
        expected = "RTVIClient() takes a transport's class, such as SmallWebRTCTransport"
        raise RTVIError(f"{expected}, not {described(transport)}.")
    check_type(params, APIRequest | Mapping | None, "params takes an APIRequest, or a mapping such as an auth bundle")
    check_type(deadlines, Deadlines, "deadlines takes Deadlines(start_s=…)")
    check_type(keep_alive, HttpPool | None, "keep_alive takes an HttpPool, such as HttpPool(ca_file)")


def _hint(endpoint: str, status: int | None) -> str:
    """What to do when the server at `endpoint` refuses a start request with `status`; empty: nothing can be said."""
    path = urlsplit(endpoint).path.rstrip("/")
    if path.endswith("/offer") and status in (400, 404, 405, 422):
        return _IS_OFFER
    return (_NO_START if path else _NO_PATH) if status in (404, 405) else ""


class RTVIClient(Listeners):
    """A client of one RTVI bot; connect() and disconnect() as often as you like. All calls belong to the event loop's
    thread, in which listeners are called too. ``async with client`` disconnects at its end, however that comes.

    `transport` is a factory: a fresh transport is constructed on each connect() and destroyed on
    disconnect(), while `state` belongs to the client and can always be read. `media` are the devices; without
    them only messages flow. `callbacks` maps names such as ``on_bot_ready`` (or ``onBotReady``) to plain or
    async functions. `params` is what connect() uses when it is given nothing. `connect_handler` takes the place of
    the start request. `keep_alive`: HTTP connections that somebody opens ahead; None: there are none before connect().
    Raises `RTVIError` for an argument of another type.
    """

    def __init__(
        self,
        transport: TransportFactory,
        media: Media | None = None,
        *,
        params: Params | None = None,
        callbacks: RTVICallbacks | Mapping[str, Handler] | None = None,
        deadlines: Deadlines = Deadlines(),
        reconnection: ReconnectionPolicy = ReconnectionPolicy(),
        connect_handler: ConnectHandler | None = None,
        keep_alive: HttpPool | None = None,
    ) -> None:
        _check_connection(transport, params, deadlines, keep_alive)
        check_type(media, Media | None, "RTVIClient() takes media such as alsa_media(), or None")
        check_type(reconnection, ReconnectionPolicy, "reconnection takes a ReconnectionPolicy; NO_RECONNECTION is none")
        self._params = params
        self._standby_params: Params = {}
        """Of the last `stand_by`."""
        self._deadlines = deadlines
        self._connect_handler = connect_handler and callable_handler(connect_handler, "the start request")
        self._emitter = Emitter(callbacks or {})
        self._devices = Devices(media, self._emitter)
        self._keep_alive = keep_alive or HttpPool()
        self._session = Session(transport, self._devices, self._emitter, deadlines, reconnection, self._keep_alive)

    # -- what can be read ------------------------------------------------------------------------

    @property
    def state(self) -> TransportState:
        """State of the client."""
        return self._session.state

    @property
    def connected(self) -> bool:
        """Whether sound and messages can flow: `connected` or `ready`."""
        return self._session.connected

    @property
    def bot(self) -> BotReady | None:
        """Content of bot-ready while the session lasts; else None."""
        return self._session.bot

    def supports(self, call: str) -> bool:
        """Whether the bot that is ready knows `call`, a name in `versions.FEATURES` such as ``"send_dtmf"``.

        By its RTVI version; a bot that told none is taken to know all. No bot: False. Another name: `KeyError`.
        """
        return self.bot is not None and versions.supports(call, self.bot.version)

    @property
    def bot_version(self) -> Version | None:
        """RTVI version that the bot speaks; zeros: it didn't say; None: there is no session."""
        return self.bot.version if self.bot else None

    @property
    def bot_participant(self) -> Participant | None:
        """Other end of the transport; None: there is no session."""
        transport = self._session.transport
        return transport.bot if transport else None

    @property
    def endpoint(self) -> str | None:
        """URL that answered the start request, or the offer where there was none; None: no session, or no such URL."""
        session = self._session
        if not session.connected:
            return None
        if session.request:
            return session.request.endpoint
        return session.transport.endpoint if session.transport else None

    @property
    def error(self) -> RTVIError | None:
        """Reason why the state is `error`; None in every other state."""
        return self._session.error

    # -- lifecycle -------------------------------------------------------------------------------

    async def init_devices(self) -> None:
        """Open microphone and loudspeaker ahead of connect(). Raises `DeviceError`."""
        await self._session.run(Event.INIT_DEVICES, self._session.open_devices)

    async def start_bot(self, request: APIRequest | None = None) -> Mapping[str, Any]:
        """Send the start request; returns the auth bundle, which connect() then uses. Raises `StartBotError`."""
        request = request or (self._params if isinstance(self._params, APIRequest) else None)
        if request is None:
            raise StartBotError("start_bot() was given no request, and the client was made without one.")
        if not isinstance(request, APIRequest):
            raise StartBotError(f"start_bot() takes an APIRequest, not {described(request)}.")
        return await self._session.run(Event.START_BOT, lambda: self._start_bot(request), devices_first=True)

    async def connect(self, params: Params | None = None) -> BotReady:
        """Connect and wait until the bot is ready; returns what bot-ready said.

        `params`: an `APIRequest` (start request first), or an auth bundle, or what the transport needs to
        find the bot (`callbox.transports.small_webrtc`: ``webrtc_url``). None: the bundle of start_bot() if
        the state is `authenticated`, else what the client was made with. Opens the devices first if need be.

        While a session stands by (stand_by()), connect() without `params` takes it up: client-ready goes at once, and
        the devices are opened meanwhile. While one is being made for that, it is taken up when it is there. If it is
        lost before its bot is ready (a server that was restarted), another session is made in its place.

        Raises `BotAlreadyStartedError` while a session is open, being opened or being closed;
        `SessionAbortedError` if disconnect() intervenes; `ConnectionTimeoutError`, `StartBotError`,
        `InvalidTransportParamsError`, `TransportStartError`, `DeviceError`, `SessionLostError` and `BotError` as they
        say; `RTVIError` for `params` of another type, or none at all. After an error of the session
        the state is `error` and everything is closed. Cancelling the call is a disconnect(), which it waits for.
        """
        session = self._session
        if params is None and (session.stands_by or session.is_making_standby):
            return await session.activate(self._dial)
        authenticated = self.state is TransportState.AUTHENTICATED
        if params is None:
            params = session.bundle if authenticated else self._params
        params = _checked(params, "connect()")
        if isinstance(params, APIRequest):
            request = params
            return await session.run(Event.START_BOT, lambda: self._start_and_connect(request), devices_first=True)
        bundle = params

        async def connect() -> BotReady:
            if not authenticated:
                session.request = None
            return await session.open_transport(bundle)

        return await session.run(Event.CONNECT, connect, devices_first=True)

    async def _dial(self) -> BotReady:
        """A step: make a session in place of the one that stood by."""
        session, params = self._session, self._standby_params
        session.keep_alive.forget_cookies()
        if isinstance(params, APIRequest):
            session.move(Event.START_BOT)
            return await self._start_and_connect(params)
        session.move(Event.CONNECT)
        session.request = None
        return await session.open_transport(params)

    @property
    def stands_by(self) -> bool:
        """Whether a session waits in `connected` for connect(): the bot has not heard client-ready."""
        return self._session.stands_by

    async def stand_by(self, params: Params | None = None) -> None:
        """Connect, and wait in `connected`: client-ready is not sent, the devices stay closed, no sound leaves.

        `params` and errors as for connect(), which then takes the session up. The official client has no such call: its
        connect() sends client-ready as soon as it can. A server may end a session that waits: the state says so.
        """
        session = self._session
        params = params if params is not None else self._params
        params = _checked(params, "stand_by()")
        self._standby_params = params
        if isinstance(params, APIRequest):
            request = params

            async def start_and_stand_by() -> None:
                bundle = await self._start_bot(request)
                session.move(Event.CONNECT)
                await session.open_and_stand_by(bundle)

            await session.run(Event.START_BOT, start_and_stand_by, stand_by=True)
            return
        bundle = params

        async def stand_by() -> None:
            session.request = None
            await session.open_and_stand_by(bundle)

        await session.run(Event.CONNECT, stand_by, stand_by=True)

    async def start_bot_and_connect(self, request: APIRequest | None = None) -> BotReady:
        """start_bot() and connect() in one, as the official client names it."""
        return await self.connect(request)

    async def disconnect(self) -> None:
        """End the session, or abort what is under way; returns when all is closed.

        Never raises, but `RTVIError` in another event loop than that of the session. Legal in every state and
        as often as you like: from `disconnected` nothing happens.
        """
        await self._session.disconnect()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.disconnect()

    def use_connection(
        self, transport: TransportFactory, params: Params, deadlines: Deadlines, keep_alive: HttpPool | None = None
    ) -> None:
        """Reach another bot by these, from the next connect() or stand_by() on; each as for the constructor.

        Legal while there is no session: in `disconnected` and `error`. Raises `BotAlreadyStartedError` in other states,
        `RTVIError` as the constructor.
        """
        _check_connection(transport, params, deadlines, keep_alive)
        if self.state not in (TransportState.DISCONNECTED, TransportState.ERROR):
            raise BotAlreadyStartedError(f"The connection can't be changed in a session; the state is {self.state}.")
        self._params, self._deadlines, self._keep_alive = params, deadlines, keep_alive or HttpPool()
        self._session.use_connection(transport, deadlines, self._keep_alive)

    # -- messages ----------------------------------------------------------------------------------

    # All raise `BotNotReadyError` without a bot that is ready, `UnsupportedFeatureError` where its version doesn't know
    # them, `InvalidMessageError` for data that is not JSON, and `MessageTooLargeError`.

    def send(self, message: Message) -> str:
        """Send any message, with a new id if it has none; returns the id."""
        check_type(message, Message, "send() takes a Message(type, data)")
        check_type(message.type, str, "send() takes a Message whose type is text")
        check_type(message.id, str | None, "send() takes a Message whose id is text, or None")
        self._bot_version()
        return self._session.channel.send(message)

    async def request(self, kind: str, data: Any = None, *, timeout_s: float | None = RESPONSE_TIMEOUT_S) -> Message:
        """Send any message and return the one that answers it; servers before RTVI 1.0 know ``describe-config``…

        `timeout_s`: how long the answer is waited for, in s; None: as long as the session lasts. Raises
        `BotResponseError`, `ResponseTimeoutError`; and, at once when the session ends, `SessionAbortedError` or what it
        failed with.
        """
        check_type(kind, str, "request() takes a message's type as text")
        check_type(timeout_s, int | float | None, _TIMEOUT)
        self._bot_version()
        return await self._session.channel.request(Message(kind, data), timeout_s, kind)

    def send_client_message(self, kind: str, data: Any = None) -> str:
        """Tell the bot's application something, expecting nothing; returns the message's id."""
        return self._send(lambda version: outbound.client_message(kind, data, version))

    async def send_client_request(
        self, kind: str, data: Any = None, *, timeout_s: float | None = RESPONSE_TIMEOUT_S
    ) -> Any:
        """Ask the bot's application something; returns the data of its answer. Raises as `request`."""
        check_type(timeout_s, int | float | None, _TIMEOUT)
        call = "send_client_request"
        message = self._make(lambda version: outbound.client_message(kind, data, version, call=call))
        answer = await self._session.channel.request(message, timeout_s, kind)
        return answer.data.get("d") if isinstance(answer.data, dict) else None

    def send_text(self, content: str, *, run_immediately: bool = True, audio_response: bool = True) -> str:
        """Say something in writing. `run_immediately` interrupts the bot; else it waits for its turn."""
        return self._send(
            lambda version: outbound.text(
                content, version, run_immediately=run_immediately, audio_response=audio_response
            )
        )

    def send_dtmf(self, buttons: str) -> None:
        """Press telephone keys, in their order: ``"12#"``. Raises `RTVIError` for what is no key."""
        for message in self._make(lambda version: outbound.dtmf(buttons, version)):
            self._session.channel.send(message)

    def send_file(self, content: str, file: File, *, run_immediately: bool = True, audio_response: bool = True) -> str:
        """Hand the bot a file, with some words to it. A large one must be uploaded first, and sent by its URL."""
        return self._send(
            lambda version: outbound.file(
                content, file, version, run_immediately=run_immediately, audio_response=audio_response
            )
        )

    def append_to_context(self, role: str, content: str, *, run_immediately: bool = False) -> str:
        """Put words into the context of a 1.0 or 1.1 bot; newer ones take send_text()."""
        return self._send(
            lambda version: outbound.append_to_context(role, content, version, run_immediately=run_immediately)
        )

    def send_ui_event(self, event: str, payload: Any = None) -> str:
        """Tell the bot what happened on the user's interface."""
        return self._send(lambda version: outbound.ui_event(event, payload, version))

    def cancel_ui_job_group(self, job_id: str, reason: str | None = None) -> str:
        """Ask the bot to give up a group of jobs."""
        return self._send(lambda version: outbound.cancel_ui_job_group(job_id, reason, version))

    def disconnect_bot(self) -> str:
        """Ask the bot to end the session. It falls silent first, some 2 s; then BotDisconnected follows."""
        return self._send(outbound.disconnect_bot)

    # -- functions that the bot's model may call ---------------------------------------------------

    def register_function_call_handler(self, name: str, handler: FunctionHandler) -> None:
        """Perform the function `name` by `handler`, plain or async; see `FunctionHandler`. Legal in every state.

        Raises `RTVIError` for what is no function.
        """
        self._session.channel.functions.register(name, handler)

    def unregister_function_call_handler(self, name: str) -> None:
        """Perform `name` no more."""
        self._session.channel.functions.unregister(name)

    def unregister_all_function_call_handlers(self) -> None:
        """Perform none any more."""
        self._session.channel.functions.unregister()

    # -- devices; legal in every state -------------------------------------------------------------

    @property
    def media_state(self) -> MediaState:
        """State of both devices, as `RTVIEvent.MediaStateUpdated` told it last."""
        return self._devices.state

    @property
    def is_mic_enabled(self) -> bool:
        """Whether what the microphone hears is sent (else silence is)."""
        return self._devices.media is not None and self._devices.media.mic_enabled

    def enable_mic(self, enabled: bool) -> None:
        """Send what the microphone hears, or silence. Holds for later sessions too. The bot is told (trackStatus)."""
        check_type(enabled, bool, "enable_mic() takes True or False")
        if self._devices.media is None:
            return
        self._devices.media.mic_enabled = enabled
        session = self._session
        if session.transport is not None and session.connected:
            session.transport.set_mic_enabled(enabled)

    async def get_all_mics(self) -> Sequence[MediaDeviceInfo]:
        """The microphones that can be chosen."""
        return await self._devices.all(DeviceKind.MIC)

    async def get_all_speakers(self) -> Sequence[MediaDeviceInfo]:
        """The loudspeakers that can be chosen."""
        return await self._devices.all(DeviceKind.SPEAKER)

    @property
    def selected_mic(self) -> MediaDeviceInfo | None:
        """Microphone in use, or to be used; None: nothing can be said."""
        return self._devices.selected(DeviceKind.MIC)

    @property
    def selected_speaker(self) -> MediaDeviceInfo | None:
        """Loudspeaker in use, or to be used; None: nothing can be said."""
        return self._devices.selected(DeviceKind.SPEAKER)

    async def update_mic(self, device_id: str) -> None:
        """Use another microphone, also in mid-session. Raises `DeviceError`; the one before is used on then."""
        await self._devices.select(DeviceKind.MIC, device_id)

    async def update_speaker(self, device_id: str) -> None:
        """Use another loudspeaker, also in mid-session. Raises `DeviceError`; the one before is used on then."""
        await self._devices.select(DeviceKind.SPEAKER, device_id)

    # -- steps and helpers -------------------------------------------------------------------------

    async def _start_bot(self, request: APIRequest) -> Mapping[str, Any]:
        session = self._session
        if self._connect_handler is None:
            await http_client.imported()  # before the deadline: the bot's server waits for none of that
        bundle, request = await with_deadline(
            "start request", self._deadlines.start_s, self._fetch(request), self._keep_alive
        )
        if self.state is not TransportState.AUTHENTICATING:
            raise SessionAbortedError("The call was aborted: the connect handler called disconnect().")
        session.request, session.bundle = request, bundle
        session.move(Event.BOT_STARTED)
        return bundle

    async def _fetch(self, request: APIRequest) -> tuple[Mapping[str, Any], APIRequest]:
        """The auth bundle, and the request as it was answered."""
        if self._connect_handler is None:
            try:
                return await failover.post_first(request, self._keep_alive)
            except http_client.HttpError as error:
                raise StartBotError(error.text + _hint(request.endpoint, error.status), status=error.status) from None
        try:
            bundle = await self._connect_handler(request)
        except RTVIError:
            raise
        except (Exception, asyncio.CancelledError) as error:
            if is_own_cancellation(error):
                raise
            raise StartBotError(f"The connect handler failed: {type(error).__name__}: {error}") from error
        if not isinstance(bundle, Mapping):
            raise StartBotError(f"The connect handler returned {described(bundle)}, not an auth bundle.")
        return bundle, request

    async def _start_and_connect(self, request: APIRequest) -> BotReady:
        bundle = await self._start_bot(request)
        self._session.move(Event.CONNECT)
        return await self._session.open_transport(bundle)

    def _send(self, make: Callable[[Version], Message]) -> str:
        return self._session.channel.send(self._make(make))

    def _make(self, make: Callable[[Version], T]) -> T:
        try:
            return make(self._bot_version())
        except UnsupportedFeatureError as error:
            self._emitter.emit(RTVIEvent.UnsupportedFeature, error)
            raise

    def _bot_version(self) -> Version:
        self._session.check_loop()
        bot, state = self._session.bot, self._session.state
        if bot is None or state is not TransportState.READY:
            raise BotNotReadyError(f"The bot can be talked to when it is ready; the state is {state}.")
        return bot.version
