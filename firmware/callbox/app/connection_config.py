"""Connection to a bot: transport, request, deadlines, and what is prepared for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from callbox.app.standby import Prewarmer
from callbox.rtvi import APIRequest, Deadlines, TransportFactory
from callbox.rtvi.client import Params
from callbox.rtvi.http_pool import HttpPool


@dataclass(frozen=True, slots=True)
class ConnectionConfig:
    """Connection to a bot."""

    transport: TransportFactory
    params: Params
    deadlines: Deadlines = field(default_factory=Deadlines)
    allow_remote_connect: bool = False
    """Whether a remote command may call the bot, which opens the microphone."""
    keep_alive: HttpPool | None = None
    """The HTTP connections that `preparation` opens ahead."""
    preparation: Prewarmer | None = None
    """None: a call begins from nothing."""
    hot: bool = False
    """Whether a session stands by while there is no call."""


def endpoints(params: Params) -> tuple[str, ...]:
    """The addresses that the start request or the offer goes to, in the order in which they are tried."""
    request = _request(params)
    return (request.endpoint, *request.fallback_endpoints)


def only(params: Params, endpoint: str) -> Params:
    """The same with this one address."""
    request = replace(_request(params), endpoint=endpoint, fallback_endpoints=())
    return request if isinstance(params, APIRequest) else {**params, _OFFER: request}


def with_field(params: Params, name: str, value: Mapping[str, Any]) -> Params:
    """The same, and the bot is given `value` as `name`: in the `body` of a start request, or with the offer.

    Beside what the settings give it, of which nothing else is replaced.
    """
    request = _request(params)
    data = dict(request.request_data or {})
    if isinstance(params, APIRequest):
        body = data.get("body")
        data["body"] = {**(body if isinstance(body, Mapping) else {}), name: value}
        return replace(request, request_data=data)
    return {**params, _OFFER: replace(request, request_data={**data, name: value})}


_OFFER = "webrtc_request_params"
"""Where an offer goes to whose server takes no start request."""


def _request(params: Params) -> APIRequest:
    request = params if isinstance(params, APIRequest) else params[_OFFER]
    if not isinstance(request, APIRequest):
        raise TypeError(f"{_OFFER} must be an APIRequest, not {type(request).__name__}")
    return request
