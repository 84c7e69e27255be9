"""What a transport is, and what it is given: the wall behind which WebRTC lives.

A transport carries messages and sound between one client and one bot, once: the client constructs it on
connect() and drops it after close(). It knows nothing of states.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from callbox.rtvi.errors import RTVIError


@dataclass(frozen=True, slots=True)
class APIRequest:
    """A request to the bot's server that starts a bot and answers with the auth bundle.

    `headers` and `request_data` may hold secrets and are left out of the repr.
    """

    endpoint: str
    """http(s) URL, for a Pipecat server ``http://host:7860/start``."""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    request_data: Mapping[str, Any] | None = field(default=None, repr=False)
    """JSON body, sent as it is."""


class Media(Protocol):
    """The devices: sound in, sound out. Format on both sides: s16le mono 48 kHz in pieces of 20 ms.

    Outlives transports. All methods are called in the event loop.
    """

    @property
    def mic_enabled(self) -> bool:
        """False: `read` gives silence."""

    @mic_enabled.setter
    def mic_enabled(self, enabled: bool) -> None:
        """May be set at any time."""

    @property
    def is_open(self) -> bool:
        """Whether the devices are open."""

    async def open(self) -> None:
        """Open microphone and loudspeaker. Raises `DeviceError`, with nothing left open."""

    async def close(self) -> None:
        """Close both. Legal at any time; when it returns, nothing is captured any more."""

    async def read(self) -> bytes:
        """The next 20 ms of captured sound (1920 bytes); waits for it."""

    def write(self, pcm: bytes) -> None:
        """Take sound of the bot to play, any length."""

    def flush(self) -> None:
        """Drop what has not been played yet."""


class TransportListener(Protocol):
    """The client, as a transport sees it. All methods are called in the event loop."""

    def on_message(self, text: str) -> None:
        """A text arrived that claims to be an RTVI message."""

    def on_lost(self, error: RTVIError | None) -> None:
        """The connected session is over: the bot left (None), or the connection broke. Told once.

        Never told before `Transport.connect` has returned, nor after `close` was called.
        """


class Transport(Protocol):
    """One connection to one bot."""

    @property
    def max_message_bytes(self) -> int:
        """The longest message that can be sent, in bytes of UTF-8."""

    async def connect(self, params: Mapping[str, Any], request: APIRequest | None) -> None:
        """Connect; returns when sound and messages can flow.

        `params` is the auth bundle, or what the application gave to connect(); `request` the start request
        that brought the bundle. Raises `RTVIError`. May be cancelled at any point; `close` follows.
        """

    def send(self, text: str) -> None:
        """Send one message. Silent when the connection is gone: `on_lost` says so."""

    def set_mic_enabled(self, enabled: bool) -> None:
        """Tell the bot whether our microphone is on."""

    async def close(self) -> None:
        """Let go of everything. Legal at any time, also before and during `connect`."""


TransportFactory = Callable[[Media | None, TransportListener], Transport]
"""Constructs a transport; called once for each connect()."""
