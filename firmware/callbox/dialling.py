"""From settings to the way to the bot: which transport, which request. The only place that picks a transport."""

import functools
import importlib.util
from collections.abc import Mapping, Sequence
from typing import Any

from callbox.rtvi import APIRequest, Deadlines, TransportFactory
from callbox.rtvi.keep_alive import KeepAlive
from callbox.service.parts import Dialling
from callbox.service.standby import Preparation
from callbox.settings import Loaded
from callbox.settings.secrets import SecretRef

_LIBRARIES = {"webrtc": (), "websocket": ("websockets", "google.protobuf"), "daily": ("daily",)}
"""What a transport needs beyond Callbox's own dependencies: the extra of its name."""
_REQUESTS: dict[str, dict[str, Any]] = {
    "webrtc": {"transport": "webrtc"},
    "websocket": {"transport": "websocket"},
    "daily": {"transport": "daily", "createDailyRoom": True},
}
"""What a start request says unless the file says otherwise; Pipecat's runner and Pipecat Cloud read it."""


def dialling(loaded: Loaded) -> Dialling:
    """How these settings reach the bot. Raises `SettingsError` for a secret or a library that isn't there."""
    bot = loaded.settings.bot
    headers = {
        name: loaded.fetch(value, "bot", "headers", name) if isinstance(value, SecretRef) else value
        for name, value in bot.headers.items()
    }
    ice_servers = [
        {
            "urls": server.urls,
            "username": server.username,
            "credential": server.credential and loaded.fetch(server.credential, "bot", "ice_servers", number),
        }
        for number, server in enumerate(bot.ice_servers)
    ]
    for library in _LIBRARIES[bot.transport]:
        if not _has(library):
            needs = f"{bot.transport} needs {library}: pip install 'callbox[{bot.transport}]'"
            raise loaded.error(needs, "bot", "transport")
    url = bot.start_url or bot.offer_url or ""
    keep_alive = KeepAlive()
    transport, preparation = _transport(bot.transport, ice_servers, keep_alive, url, armed=bot.standby != "cold")
    mqtt = loaded.settings.mqtt
    params: APIRequest | dict[str, Any]
    if bot.start_url:
        params = APIRequest(url, headers, {**_REQUESTS[bot.transport], **bot.request_data})
    else:
        params = {"webrtc_request_params": APIRequest(url, headers, bot.request_data)}
    return Dialling(
        transport,
        params,
        Deadlines(**bot.deadlines.model_dump()),
        allow_remote_connect=mqtt is not None and mqtt.allow_remote_connect,
        keep_alive=keep_alive,
        preparation=preparation,
        hot=bot.standby == "hot",
    )


def _transport(
    kind: str, ice_servers: Sequence[Mapping[str, Any]], keep_alive: KeepAlive, url: str, *, armed: bool
) -> tuple[TransportFactory, Preparation | None]:
    # Late: each brings a library of its own, and a box uses one.
    if kind == "webrtc":
        from callbox.transports.small_webrtc import SmallWebRTCTransport

        if not armed:
            return functools.partial(SmallWebRTCTransport, ice_servers=ice_servers), None
        from callbox.transports.armed import ArmedSmallWebRTC

        ready = ArmedSmallWebRTC(keep_alive, url, ice_servers)
        return ready, ready
    from callbox.transports.warm import WarmLine

    line = WarmLine(keep_alive, url) if armed else None
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
