"""Transport: what it is, and what it is given; the interface behind which WebRTC lives.

A transport carries messages and sound between one client and one bot, once: the client constructs it on
connect() and drops it after close(). It knows nothing of states.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from callbox.rtvi.arguments import check_type
from callbox.rtvi.errors import RTVIError
from callbox.rtvi.http_pool import HttpPool
from callbox.rtvi.media import Media
from callbox.rtvi.protocol.policies import ReconnectionPolicy


@dataclass(frozen=True, slots=True)
class APIRequest:
    """A request to the bot's server that starts a bot and answers with the auth bundle.

    `headers` and `request_data` may hold secrets and are left out of the repr. Raises `RTVIError` for another type.
    """

    endpoint: str
    """http(s) URL, for a Pipecat server ``http://host:7860/start``. Blanks and line ends around it are left out."""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    request_data: Mapping[str, Any] | None = field(default=None, repr=False)
    """JSON body, sent as it is."""
    fallback_endpoints: tuple[str, ...] = ()
    """Further URLs of the same bot, tried in turn when the one before doesn't answer (`callbox.rtvi.failover`); headers
    and body go there too."""
    answer_s: float = 5.0
    """How long each endpoint but the last is waited for; the last for as long as the caller's deadline allows."""

    def __post_init__(self) -> None:
        check_type(self.endpoint, str, "endpoint of an APIRequest takes a URL")
        check_type(self.headers, Mapping, "headers of an APIRequest takes a mapping")
        check_type(self.request_data, Mapping | None, "request_data of an APIRequest takes a mapping, or None")
        check_type(self.fallback_endpoints, list | tuple, "fallback_endpoints of an APIRequest takes a tuple of URLs")
        for endpoint in self.fallback_endpoints:
            check_type(endpoint, str, "fallback_endpoints of an APIRequest takes URLs")
        object.__setattr__(self, "endpoint", self.endpoint.strip())
        object.__setattr__(self, "fallback_endpoints", tuple(endpoint.strip() for endpoint in self.fallback_endpoints))
        check_type(self.answer_s, int | float, "answer_s of an APIRequest takes seconds")


@dataclass(frozen=True, slots=True)
class Participant:
    """Participant at one end of a session."""

    id: str
    """The transport's name for it; opaque. A SmallWebRTC bot's is its ``pc_id``."""
    name: str = ""
    local: bool = False


class TransportListener(Protocol):
    """The client, as a transport sees it. All methods are called in the event loop."""

    @property
    def reconnection(self) -> ReconnectionPolicy:
        """Policy for a session whose network has gone: how hard the transport tries to keep it."""

    @property
    def keep_alive(self) -> HttpPool:
        """The client's HTTP connections."""

    @property
    def in_haste(self) -> bool:
        """Whether client-ready follows as soon as `Transport.connect` returns, which needn't see that texts arrive."""

    def on_message(self, text: str) -> None:
        """A text arrived that claims to be an RTVI message."""

    def on_lost(self, error: RTVIError | None) -> None:
        """Take the end of the connected session: the bot left (None), or the connection broke. Told once.

        Never told before `Transport.connect` has returned, nor after `close` was called.
        """

    def on_reconnecting(self, reason: str) -> None:
        """Take the loss of the connected session's network, which the transport tries to get back.

        `on_lost` or `on_reconnected` follows.
        """

    def on_reconnected(self, carried: Collection[str] | None = ()) -> None:
        """Take the recovery: the same session goes on with the same bot, and knows that we are ready if it knew before.

        `carried`: the texts that went out anew, when another connection has taken the place of the old one, with which
        the bot's unacknowledged texts are lost; None: the connection is the same, and has lost nothing.
        """

    def on_track(self, participant: Participant, *, started: bool) -> None:
        """Take the beginning or end of the sound of `participant`."""

    def on_participant(self, participant: Participant, *, joined: bool) -> None:
        """Take a participant's coming or leaving, in a session of more than two; never told by transports that have two
        ends.
        """


class Transport(Protocol):
    """One connection to one bot."""

    @property
    def bot(self) -> Participant:
        """The other end, once `connect` has returned."""

    @property
    def endpoint(self) -> str | None:
        """URL that answered the offer; None: there is no such thing."""

    @property
    def max_message_bytes(self) -> int:
        """The longest message that can be sent, in bytes of UTF-8."""

    async def connect(self, params: Mapping[str, Any], request: APIRequest | None) -> None:
        """Connect; returns when sound can flow and messages are taken.

        `params` is the auth bundle, or what the application gave to connect(); `request` the start request
        that brought the bundle. Raises `RTVIError`. May be cancelled at any point; `close` follows.
        """

    def send(self, text: str) -> None:
        """Send one message. Silent when the connection is gone: `on_lost` says so."""

    def set_mic_enabled(self, enabled: bool) -> None:
        """Tell the bot whether our microphone is on."""

    async def is_alive(self, within_s: float) -> bool:
        """Whether anything arrives from the bot within `within_s`, s; True where that can't be told."""

    async def close(self) -> None:
        """Let go of everything. Legal at any time, also before and during `connect`."""


TransportFactory = Callable[[Media | None, TransportListener], Transport]
"""Constructs a transport; called once for each connect()."""
