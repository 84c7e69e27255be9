"""Connection to each bot: transport, request and deadlines, from its settings."""

import functools
import importlib.util
import ssl
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from callbox.app.connection_config import ConnectionConfig
from callbox.app.standby import Prewarmer
from callbox.config import Loaded
from callbox.config.schema import Bot, header_problem
from callbox.config.secrets import SecretRef
from callbox.rtvi import APIRequest, Deadlines, TransportFactory
from callbox.rtvi.client import Params
from callbox.rtvi.http_pool import HttpPool
from callbox.rtvi.protocol import failover
from callbox.system.extras import install_command

_LIBRARIES = {"webrtc": (), "websocket": ("websockets", "google.protobuf"), "daily": ("daily",)}
"""What a transport needs beyond Callbox's own dependencies: the extra of its name."""

_REQUESTS: dict[str, dict[str, Any]] = {
    "webrtc": {"transport": "webrtc"},
    "websocket": {"transport": "websocket"},
    "daily": {"transport": "daily", "createDailyRoom": True},
}
"""What a start request says unless the file says otherwise; Pipecat's runner and Pipecat Cloud read it."""


def connection_configs(loaded: Loaded) -> dict[str, ConnectionConfig]:
    """Connection to each bot of these settings, by its name. Raises `SettingsError` for a secret or a library that
    isn't there.
    """
    return {place[-1]: _connection_config(loaded, place, bot) for place, bot in loaded.settings.all_bots.items()}


def _connection_config(loaded: Loaded, place: tuple[str, ...], bot: Bot) -> ConnectionConfig:
    headers = {name: _header(loaded, (*place, "headers", name), value) for name, value in bot.headers.items()}
    ice_servers = [
        {
            "urls": server.urls,
            "username": server.username,
            "credential": server.credential and loaded.fetch(server.credential, *place, "ice_servers", number),
        }
        for number, server in enumerate(bot.ice_servers)
    ]
    for library in _LIBRARIES[bot.transport]:
        if not _has(library):
            needs = f"{bot.transport} needs {library}, which is not installed: {install_command(bot.transport)}"
            raise loaded.error(needs, *place, "transport")
    url = bot.start_url or bot.offer_url or ""
    keep_alive = _http_pool(loaded, place, bot)
    transport, preparation = _transport(bot.transport, ice_servers, keep_alive, url, armed=bot.standby != "cold")
    mqtt = loaded.settings.mqtt
    deadline_s = bot.deadlines.start_s if bot.start_url else bot.deadlines.connect_s
    data = {**_REQUESTS[bot.transport], **bot.request_data} if bot.start_url else bot.request_data
    share_s = failover.share_s(deadline_s, 1 + len(bot.fallback_urls))
    request = APIRequest(url, headers, data, bot.fallback_urls, share_s)
    params: Params = request if bot.start_url else {"webrtc_request_params": request}
    return ConnectionConfig(
        transport,
        params,
        Deadlines(**msgspec.structs.asdict(bot.deadlines)),
        allow_remote_connect=mqtt is not None and mqtt.allow_remote_connect,
        keep_alive=keep_alive,
        preparation=preparation,
        hot=bot.standby == "hot",
    )


def _header(loaded: Loaded, place: tuple[str, ...], value: str | SecretRef) -> str:
    """The value of a header. Raises `SettingsError` for a secret that isn't there, or can't be sent."""
    found = loaded.fetch(value, *place) if isinstance(value, SecretRef) else value
    if problem := header_problem(place[-1], found):
        raise loaded.error(problem, *place)
    return found


def _http_pool(loaded: Loaded, place: tuple[str, ...], bot: Bot) -> HttpPool:
    """The HTTP connections to a bot. Raises `SettingsError` for a `tls.ca_file` that can't be used."""
    ca_file = bot.tls.ca_file if bot.tls else None
    pool = HttpPool(ca_file)
    if ca_file is not None:
        try:
            _ = pool.tls
        except OSError as error:  # ssl.SSLError is one
            why = "it holds no certificate (PEM)" if isinstance(error, ssl.SSLError) else error.strerror
            raise loaded.error(f"{ca_file}: {why}", *place, "tls", "ca_file") from None
    return pool


def _transport(
    kind: str, ice_servers: Sequence[Mapping[str, Any]], keep_alive: HttpPool, url: str, *, armed: bool
) -> tuple[TransportFactory, Prewarmer | None]:
    # Late: each brings a library of its own, and a box uses one.
    if kind == "webrtc":
        from callbox.transports.aiortc_patches import lazy_imports

        lazy_imports.import_aiortc()
        from callbox.transports.small_webrtc import SmallWebRTCTransport

        if not armed:
            return functools.partial(SmallWebRTCTransport, ice_servers=ice_servers), None
        from callbox.transports.small_webrtc.prewarm import PrewarmedSmallWebRTC

        ready = PrewarmedSmallWebRTC(keep_alive, url, ice_servers)
        return ready, ready
    from callbox.transports.http_preconnect import HttpPreconnect

    line = HttpPreconnect(keep_alive, url) if armed else None
    if kind == "websocket":
        from callbox.transports.websocket import WebSocketTransport

        return WebSocketTransport, line
    from callbox.transports.daily import DailyTransport

    return DailyTransport, line


def _has(library: str) -> bool:
    try:
        return importlib.util.find_spec(library) is not None
    except ModuleNotFoundError:  # not even its parent package
        return False
