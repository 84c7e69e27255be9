"""Signalling of a SmallWebRTC bot: where it takes its offer, and what goes over the data channel beside RTVI. Pure.

Source: Pipecat's development runner 1.14 and Pipecat Cloud; client-js small-webrtc-transport 1.10
(``_validateConnectionParams``).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

from callbox.rtvi.errors import InvalidTransportParamsError
from callbox.rtvi.protocol import auth_bundle
from callbox.rtvi.transport import APIRequest
from callbox.text import encodable, one_line, parse_json


@dataclass(frozen=True, slots=True)
class OfferTarget:
    """Address to POST the offer to, and with what."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    request_data: Mapping[str, Any] | None = field(default=None, repr=False)
    ice_servers: tuple[Mapping[str, Any], ...] = field(default=(), repr=False)
    """As WebRTC's ``iceServers``; may hold credentials."""
    fallback_urls: tuple[str, ...] = ()
    answer_s: float = 0.0
    """As of `APIRequest`."""


def offer_target(params: Mapping[str, Any], request: APIRequest | None) -> OfferTarget:
    """Read an auth bundle, or what the application gave to connect().

    Understood, in snake_case or camelCase: ``webrtc_request_params`` (an `APIRequest`), ``webrtc_url``, or
    the ``session_id`` of a start request; ``ice_config``. Raises `InvalidTransportParamsError`.
    """
    fields = auth_bundle.snake_keys(params)
    ice_servers = _ice_servers(fields.get("ice_config"))
    target = fields.get("webrtc_request_params")
    if isinstance(target, APIRequest):
        fallback_urls = tuple(_url(url, None) for url in target.fallback_endpoints)
        first = _url(target.endpoint, None)
        return OfferTarget(first, target.headers, target.request_data, ice_servers, fallback_urls, target.answer_s)
    url = fields.get("webrtc_url") or fields.get("connection_url")
    if url is not None:
        address = _url(url, request)
        return OfferTarget(address, _headers_for(address, request), None, ice_servers)
    session_id = fields.get("session_id")
    if isinstance(session_id, str) and session_id and request is not None:
        return OfferTarget(_session_url(request.endpoint, session_id), request.headers, None, ice_servers)
    if request is None:
        raise InvalidTransportParamsError(
            "The parameters of connect() name no webrtc_url, the address that takes offers, such as "
            "http://192.168.1.20:7860/api/offer."
        )
    raise InvalidTransportParamsError(
        "The start request's answer names no sessionId and no webrtcUrl: this server does not offer SmallWebRTC. "
        "For a Pipecat bot, is it started with `-t webrtc`?"
    )


def signal(kind: str, **fields: Any) -> str:
    """A signalling message for the data channel."""
    return json.dumps({"type": "signalling", "message": {"type": kind, **fields}})


def is_message(text: str) -> bool:
    """Whether `text` is for the bot's application: neither a ping nor a signalling message."""
    return not text.startswith("ping") and read_signal(text) is None


def read_signal(text: str) -> str | None:
    """The type of a signalling message (``peerLeft``, ``renegotiate``); None if `text` is none."""
    if '"signalling"' not in text:
        return None
    try:
        envelope = parse_json(text)
    except ValueError:
        return None
    if not isinstance(envelope, dict) or envelope.get("type") != "signalling":
        return None
    message = envelope.get("message")
    kind = message.get("type") if isinstance(message, dict) else None
    return one_line(kind, 40) if isinstance(kind, str) else ""


def _url(url: object, request: APIRequest | None) -> str:
    return auth_bundle.absolute(url, request, ("http", "https"))


def _headers_for(url: str, request: APIRequest | None) -> Mapping[str, str]:
    """The start request's headers if `url` has its origin: they hold credentials, which go nowhere else."""
    same = request is not None and auth_bundle.origin(url) == auth_bundle.origin(request.endpoint)
    return request.headers if request is not None and same else {}


def _session_url(endpoint: str, session_id: str) -> str:
    parts = urlsplit(_url(endpoint, None))
    base = parts.path.rstrip("/").removesuffix("/start")
    return urlunsplit(parts._replace(path=f"{base}/sessions/{quote(encodable(session_id), safe='')}/api/offer"))


def _ice_servers(config: object) -> tuple[Mapping[str, Any], ...]:
    servers = config.get("iceServers", config.get("ice_servers")) if isinstance(config, Mapping) else None
    if not isinstance(servers, list):
        return ()
    return tuple(server for server in servers if isinstance(server, Mapping) and server.get("urls"))
