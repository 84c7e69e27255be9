"""Interfaces of a box, without the box: observers, the way to the bot, what can be exchanged."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, runtime_checkable

from callbox.app.chimes import ChimeConfig
from callbox.app.ringing import RingConfig
from callbox.app.standby import Prewarmer
from callbox.app.telephone import TelephoneConfig
from callbox.audio.media import AudioConfig
from callbox.audio.stats import AudioStats
from callbox.control.quiet_hours import QuietHours
from callbox.control.remote_commands import CommandHandler
from callbox.control.status import Status
from callbox.rtvi import APIRequest, Deadlines, RTVIClient, TransportFactory
from callbox.rtvi.client import Params
from callbox.rtvi.http_pool import HttpPool
from callbox_device.interfaces import Microphone, PartFault, Speaker
from callbox_device.model.gestures import Gesture


class Observer(Protocol):
    """Observer of what the box does: MQTT, a terminal. Called in the event loop; must return at once."""

    def attach(self, execute: CommandHandler) -> None:
        """Take the handler by which this observer may give commands; called first."""

    def on_status(self, status: Status) -> None:
        """Take a changed status."""

    def on_gesture(self, gesture: Gesture, button: str) -> None:
        """Take a gesture of the button of this name."""

    def on_audio_stats(self, health: AudioStats) -> None:
        """Take the statistics of the last second of a session's sound."""

    async def run(self) -> None:
        """The observer's own work, until cancelled. Restarted when it ends."""


@runtime_checkable
class ClientObserver(Protocol):
    """An observer that hears the client too."""

    def listen(self, client: RTVIClient) -> None:
        """Take the box's client, which is `client` from now on; other settings make another one."""


@runtime_checkable
class Publisher(Protocol):
    """An observer with a connection to a broker."""

    def publish(self, topic: str, payload: bytes) -> bool:
        """Publish once. False: there is no connection, or no room for another message."""


@dataclass(frozen=True, slots=True)
class ConnectionConfig:
    """Connection to a bot."""

    transport: TransportFactory
    params: Params
    deadlines: Deadlines = field(default_factory=Deadlines)
    allow_remote_connect: bool = False
    """Whether somebody far away may open the microphone."""
    keep_alive: HttpPool | None = None
    """The HTTP connections that `preparation` opens ahead."""
    preparation: Prewarmer | None = None
    """None: a call begins from nothing."""
    hot: bool = False
    """Whether a session stands by while there is no call."""


@dataclass(frozen=True, slots=True)
class Reconfiguration:
    """Parts that a running box can exchange."""

    microphone: Microphone
    speaker: Speaker
    faults: tuple[PartFault, ...]
    """Of the whole board, with these."""
    connection: Mapping[str, ConnectionConfig] | ConnectionConfig
    """Of each bot by its name, or of the only one."""
    audio: AudioConfig | None
    volume_percent: int | None
    """None: as it is set at the moment."""
    observers: Sequence[Observer]
    """All that there shall be. One that is there already goes on undisturbed."""
    chimes: ChimeConfig | None = None
    """None: there are none."""
    max_volume_percent: int = 100
    """The loudest that anything may set."""
    quiet_hours: QuietHours | None = None
    """None: there are none."""
    telephone: TelephoneConfig | None = None
    """None: no bot has a digit."""
    ring: RingConfig | None = None
    """None: rings are refused."""


def endpoints(params: Params) -> tuple[str, ...]:
    """The addresses that the start request or the offer goes to, in the order in which they are tried."""
    request = _request(params)
    return (request.endpoint, *request.fallback_endpoints)


def only(params: Params, endpoint: str) -> Params:
    """The same with this one address."""
    request = replace(_request(params), endpoint=endpoint, fallback_endpoints=())
    return request if isinstance(params, APIRequest) else {**params, _OFFER: request}


def with_ring(params: Params, ring: Mapping[str, Any]) -> Params:
    """The same, and the bot is given `ring`: in the `body` of a start request, or with the offer.

    Beside what the settings give it, of which nothing is replaced but a `ring`.
    """
    request = _request(params)
    data = dict(request.request_data or {})
    if isinstance(params, APIRequest):
        body = data.get("body")
        data["body"] = {**(body if isinstance(body, Mapping) else {}), "ring": ring}
        return replace(request, request_data=data)
    return {**params, _OFFER: replace(request, request_data={**data, "ring": ring})}


_OFFER = "webrtc_request_params"
"""Where an offer goes to whose server takes no start request."""


def _request(params: Params) -> APIRequest:
    request = params if isinstance(params, APIRequest) else params[_OFFER]
    if not isinstance(request, APIRequest):
        raise TypeError(f"{_OFFER} must be an APIRequest, not {type(request).__name__}")
    return request
