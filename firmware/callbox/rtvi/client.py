"""RTVIClient: what an application calls. Its parts: `Connection` takes it from state to state, `Dialogue` talks.

All methods belong to the event loop's thread.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from callbox.rtvi import http_client
from callbox.rtvi.callbacks import Handler, RTVICallbacks
from callbox.rtvi.deadlines import within
from callbox.rtvi.device_calls import DeviceCalls
from callbox.rtvi.devices import Devices
from callbox.rtvi.emitter import Emitter
from callbox.rtvi.errors import RTVIError, StartBotError
from callbox.rtvi.http_pool import KeepAlive
from callbox.rtvi.media import Media
from callbox.rtvi.message_calls import MessageCalls
from callbox.rtvi.protocol.events import RTVIEvent
from callbox.rtvi.protocol.lifecycle import Event, TransportState
from callbox.rtvi.protocol.messages import Version
from callbox.rtvi.protocol.policies import Deadlines, ReconnectionPolicy
from callbox.rtvi.protocol.values import BotReady
from callbox.rtvi.session import Connection
from callbox.rtvi.transport import APIRequest, Participant, TransportFactory

Params = APIRequest | Mapping[str, Any]
ConnectHandler = Callable[[APIRequest], Awaitable[Mapping[str, Any]]]
"""Brings the auth bundle in place of the start request: the seed-era client's ``customConnectHandler``. May raise
anything; a `StartBotError` goes to the caller as it is."""


class RTVIClient(MessageCalls, DeviceCalls):
    """A client of one RTVI bot; connect() and disconnect() as often as you like.

    `transport` is a factory: a fresh transport is constructed on each connect() and destroyed on
    disconnect(), while `state` belongs to the client and can always be read. `media` are the devices; without
    them only messages flow. `callbacks` maps names such as ``on_bot_ready`` (or ``onBotReady``) to plain or
    async functions. `params` is what connect() uses when it is given nothing. `connect_handler` takes the place of
    the start request. `keep_alive`: HTTP connections that somebody opens ahead; None: there are none before connect().
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
        keep_alive: KeepAlive | None = None,
    ) -> None:
        self._params = params
        self._deadlines = deadlines
        self._connect_handler = connect_handler
        self._emitter = Emitter(callbacks or {})
        self._devices = Devices(media, self._emitter)
        self._keep_alive = keep_alive or KeepAlive()
        self._connection = Connection(
            transport, self._devices, self._emitter, deadlines, reconnection, self._keep_alive
        )

    # -- what can be read ------------------------------------------------------------------------

    @property
    def state(self) -> TransportState:
        """Where the client stands."""
        return self._connection.state

    @property
    def connected(self) -> bool:
        """Whether sound and messages can flow: `connected` or `ready`."""
        return self._connection.connected

    @property
    def bot(self) -> BotReady | None:
        """What bot-ready said, while the session lasts."""
        return self._connection.bot

    @property
    def bot_version(self) -> Version | None:
        """RTVI version that the bot speaks, while the session lasts; zeros: it didn't say."""
        return self.bot.version if self.bot else None

    @property
    def bot_participant(self) -> Participant | None:
        """The other end of the transport, while there is one."""
        transport = self._connection.transport
        return transport.bot if transport else None

    @property
    def error(self) -> RTVIError | None:
        """Why the state is `error`; None in every other state."""
        return self._connection.error

    # -- listeners -------------------------------------------------------------------------------

    def on(self, event: RTVIEvent, handler: Handler) -> None:
        """Call `handler`, plain or async, for every `event` from now on; after the callback of the same name."""
        self._emitter.on(event, handler)

    def off(self, event: RTVIEvent, handler: Handler) -> None:
        """Undo `on`."""
        self._emitter.off(event, handler)

    # -- lifecycle -------------------------------------------------------------------------------

    async def init_devices(self) -> None:
        """Open microphone and loudspeaker ahead of connect(). Raises `DeviceError`."""
        await self._connection.run(Event.INIT_DEVICES, self._connection.open_devices)

    async def start_bot(self, request: APIRequest | None = None) -> Mapping[str, Any]:
        """Send the start request; returns the auth bundle, which connect() then uses. Raises `StartBotError`."""
        request = request or (self._params if isinstance(self._params, APIRequest) else None)
        if request is None:
            raise StartBotError("start_bot() was given no request, and the client was made without one.")
        return await self._connection.run(Event.START_BOT, lambda: self._start_bot(request), devices_first=True)

    async def connect(self, params: Params | None = None) -> BotReady:
        """Connect and wait until the bot is ready; returns what bot-ready said.

        `params`: an `APIRequest` (start request first), or an auth bundle, or what the transport needs to
        find the bot (`callbox.transports.small_webrtc`: ``webrtc_url``). None: the bundle of start_bot() if
        the state is `authenticated`, else what the client was made with. Opens the devices first if need be.

        While a session stands by (stand_by()), connect() without `params` takes it up: client-ready goes at once, and
        the devices are opened meanwhile. While one is being made for that, it is taken up when it is there.

        Raises `BotAlreadyStartedError` while a session is open, being opened or being closed;
        `SessionAbortedError` if disconnect() intervenes; `ConnectionTimeoutError`, `StartBotError`,
        `TransportStartError`, `DeviceError`, `SessionLostError` and `BotError` as they say. After an error
        the state is `error` and everything is closed. Cancelling the call is a disconnect().
        """
        line = self._connection
        if params is None and (line.stands_by or line.is_getting_ready_to_stand_by):
            return await line.take_up()
        authenticated = self.state is TransportState.AUTHENTICATED
        if params is None:
            params = line.bundle if authenticated else self._params
        if params is None:
            raise RTVIError("connect() was given no address, and the client was made without one.")
        if isinstance(params, APIRequest):
            request = params
            return await line.run(Event.START_BOT, lambda: self._start_and_connect(request), devices_first=True)
        bundle = params

        async def connect() -> BotReady:
            if not authenticated:
                line.request = None
            return await line.open_transport(bundle)

        return await line.run(Event.CONNECT, connect, devices_first=True)

    @property
    def stands_by(self) -> bool:
        """Whether a session waits in `connected` for connect(): the bot has not heard client-ready."""
        return self._connection.stands_by

    async def stand_by(self, params: Params | None = None) -> None:
        """Connect, and wait in `connected`: client-ready is not sent, the devices stay closed, no sound leaves.

        `params` and errors as for connect(), which then takes the session up. The official client has no such call: its
        connect() sends client-ready as soon as it can. A server may end a session that waits: the state says so.
        """
        line = self._connection
        params = params if params is not None else self._params
        if params is None:
            raise RTVIError("stand_by() was given no address, and the client was made without one.")
        if isinstance(params, APIRequest):
            request = params

            async def start_and_stand_by() -> None:
                bundle = await self._start_bot(request)
                line.move(Event.CONNECT)
                await line.open_and_stand_by(bundle)

            await line.run(Event.START_BOT, start_and_stand_by, stand_by=True)
            return
        bundle = params

        async def stand_by() -> None:
            line.request = None
            await line.open_and_stand_by(bundle)

        await line.run(Event.CONNECT, stand_by, stand_by=True)

    async def start_bot_and_connect(self, request: APIRequest | None = None) -> BotReady:
        """start_bot() and connect() in one, as the official client names it."""
        return await self.connect(request)

    async def disconnect(self) -> None:
        """End the session, or abort what is under way; returns when all is closed. Never raises.

        Legal in every state and as often as you like: from `disconnected` nothing happens.
        """
        await self._connection.disconnect()

    async def _start_bot(self, request: APIRequest) -> Mapping[str, Any]:
        line = self._connection
        bundle = await within("start request", self._deadlines.start_s, self._fetch(request))
        line.request, line.bundle = request, bundle
        line.move(Event.BOT_STARTED)
        return bundle

    async def _fetch(self, request: APIRequest) -> Mapping[str, Any]:
        if self._connect_handler is None:
            try:
                return await http_client.post_json(
                    request.endpoint, request.request_data, request.headers, self._keep_alive
                )
            except http_client.Refusal as refusal:
                raise StartBotError(refusal.text, status=refusal.status) from None
        try:
            bundle = await self._connect_handler(request)
        except (RTVIError, TimeoutError):
            raise
        except Exception as error:
            raise StartBotError(f"The connect handler failed: {type(error).__name__}: {error}") from error
        if not isinstance(bundle, Mapping):
            raise StartBotError(f"The connect handler returned a {type(bundle).__name__}, not an auth bundle.")
        return bundle

    async def _start_and_connect(self, request: APIRequest) -> BotReady:
        bundle = await self._start_bot(request)
        self._connection.move(Event.CONNECT)
        return await self._connection.open_transport(bundle)
