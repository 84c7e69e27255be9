"""Start requests of the servers that are around: Pipecat's runner, Pipecat Cloud, and those of the seed era. Pure."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from callbox.rtvi.arguments import check_type
from callbox.rtvi.transport import APIRequest

PIPECAT_CLOUD = "https://api.pipecat.daily.co/v1/public"
SEED_CLIENT_VERSION = "0.2.3"
"""Of the last ``realtime-ai``, whose requests `seed_request` makes."""


def pipecat_cloud(
    agent: str,
    public_key: str,
    *,
    transport: str = "webrtc",
    body: Mapping[str, Any] | None = None,
    ice_servers: bool = True,
    base_url: str = PIPECAT_CLOUD,
) -> APIRequest:
    """A start request to Pipecat Cloud; the session's offer goes to its session URL with the same headers.

    `transport`: ``webrtc``, ``websocket`` or ``daily``. `body`: what the bot's code is given. `ice_servers`: ask for
    STUN and TURN servers, without which a box behind a router doesn't reach the bot.
    """
    check_type(agent, str, "pipecat_cloud() takes an agent's name")
    check_type(public_key, str, "pipecat_cloud() takes a public key")
    check_type(transport, str, "transport of pipecat_cloud() takes text")
    check_type(body, Mapping | None, "body of pipecat_cloud() takes a mapping")
    request_data: dict[str, Any] = {"transport": transport, "body": dict(body or {})}
    if transport == "daily":
        request_data["createDailyRoom"] = True
    elif transport == "webrtc":
        request_data["enableDefaultIceServers"] = ice_servers
    return APIRequest(
        f"{base_url.rstrip('/')}/{quote(agent, safe='')}/start", {"Authorization": f"Bearer {public_key}"}, request_data
    )


def seed_request(
    base_url: str,
    *,
    endpoint: str = "/connect",
    headers: Mapping[str, str] | None = None,
    request_data: Mapping[str, Any] | None = None,
    services: Mapping[str, str] | None = None,
    config: list[Mapping[str, Any]] | None = None,
) -> APIRequest:
    """A start request as the first client, ``realtime-ai``, sent it: to ``{base_url}/connect``.

    `services` and `config` go along if given (servers up to RTVI 0.3).
    """
    check_type(base_url, str, "seed_request() takes a base URL")
    for name, given in (("request_data", request_data), ("services", services)):
        check_type(given, Mapping | None, f"{name} of seed_request() takes a mapping")
    for service in config or ():
        check_type(service, Mapping, "config of seed_request() takes a list of mappings")
    body: dict[str, Any] = {}
    if services is not None:
        body["services"] = dict(services)
    if config is not None:
        body["config"] = [dict(service) for service in config]
    body |= {**(request_data or {}), "rtvi_client_version": SEED_CLIENT_VERSION}
    return APIRequest(base_url.rstrip("/") + endpoint, headers or {}, body)
