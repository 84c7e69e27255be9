"""Pipecat over one WebSocket: sound as PCM, messages as JSON, both in Protocol Buffers frames.

TCP only: no ICE, no codec; but every lost packet holds up what follows. For a wired box, or a network that lets no UDP
through. Source: Pipecat 1.14 ``/ws-client``; client-js websocket-transport 1.7.
"""

import asyncio
import contextlib
import logging
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import av
import av.error
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus, InvalidURI
from websockets.frames import CloseCode

from callbox.rtvi.errors import (
    InvalidTransportParamsError,
    MalformedMessageError,
    RTVIError,
    SessionLostError,
    TransportStartError,
)
from callbox.rtvi.http_client import redact_url
from callbox.rtvi.media import Media
from callbox.rtvi.protocol import auth_bundle
from callbox.rtvi.protocol.media_errors import CONNECTION
from callbox.rtvi.transport import APIRequest, Participant, TransportListener
from callbox.text import one_line
from callbox.transports import tracks
from callbox.transports.task_set import TaskSet
from callbox.transports.websocket import protobuf_frames

log = logging.getLogger(__name__)

UPLINK_HZ = 16_000
"""What Pipecat's pipelines listen at; the official client sends the same."""
KEEPALIVE_S = 5.0
"""A ping of the WebSocket (RFC 6455) so often; no answer for as long again: the connection is lost."""
MAX_BACKLOG = 25
"""Frames that may wait for a slow network: 0.5 s of sound. More is dropped; messages never are."""
NORMAL_CLOSE_CODES = (1000, 1001)
"""Close codes of a bot that has finished (RFC 6455, 7.4.1)."""


class WebSocketTransport:
    """Transport (`callbox.rtvi.Transport`) over a WebSocket. Understands ``ws_url`` and ``token`` in the auth bundle.

    A session ends with its socket: there is nothing to reconnect to.
    """

    def __init__(self, media: Media | None, listener: TransportListener) -> None:
        self._media = media
        self._listener = listener
        self._socket: ClientConnection | None = None
        self._outgoing: asyncio.Queue[bytes] = asyncio.Queue()
        self._tasks = TaskSet(self._lost)
        self._resampler: tuple[tuple[int, int], av.AudioResampler] | None = None
        self._closed = False

    @property
    def bot(self) -> Participant:
        """The one at the other end."""
        return Participant("bot", "bot")

    @property
    def endpoint(self) -> str | None:
        """None: there is no offer."""
        return None

    @property
    def max_message_bytes(self) -> int:
        """Limit of Pipecat's server by default, less the frame around it, in bytes."""
        return (1 << 20) - 64

    async def connect(self, params: Mapping[str, Any], request: APIRequest | None) -> None:
        """Open the socket."""
        url = socket_url(params, request)
        try:
            self._socket = await connect(
                url,
                ssl=self._listener.keep_alive.tls if url.startswith("wss:") else None,
                open_timeout=None,  # the client has a deadline for all of it
                ping_interval=KEEPALIVE_S,
                ping_timeout=KEEPALIVE_S,
                close_timeout=1.0,
                max_size=1 << 20,
                compression=None,  # sound doesn't get smaller
                proxy=None,
            )
        except InvalidStatus as error:
            status = error.response.status_code
            advice = " Is the token right, and still fresh?" if status in (401, 403) else ""
            raise TransportStartError(
                f"{redact_url(url)} answered {status}: no session.{advice}", status=status
            ) from None
        except (OSError, UnicodeError, InvalidHandshake, InvalidURI, ConnectionClosed, EOFError) as error:
            reason = one_line(str(error) or type(error).__name__, 200)
            raise TransportStartError(f"{redact_url(url)} gives no WebSocket: {reason}.") from None
        self._tasks.spawn(self._send_all(self._socket), "websocket send")
        self._tasks.spawn(self._receive(self._socket), "websocket receive")
        if self._media is not None:
            self._tasks.spawn(self._capture(self._media), "websocket capture")

    def send(self, text: str) -> None:
        """Send one message."""
        self._outgoing.put_nowait(protobuf_frames.encode(text))

    def set_mic_enabled(self, enabled: bool) -> None:
        """Do nothing: the bot hears silence."""

    async def is_alive(self, within_s: float) -> bool:  # noqa: ARG002
        """True: TCP tells the end of the connection."""
        return True

    async def close(self) -> None:
        """Close the socket with a close frame, within 1 s."""
        self._closed = True
        self._tasks.cancel()
        if self._socket is not None:
            await self._socket.close()

    # -- sound and messages ------------------------------------------------------------------------

    async def _capture(self, media: Media) -> None:
        to_uplink = av.AudioResampler(format="s16", layout="mono", rate=UPLINK_HZ)
        pts = 0
        while True:
            frame = tracks.audio_frame(await media.read(), pts)
            pts += frame.samples
            for piece in to_uplink.resample(frame):
                if self._outgoing.qsize() < MAX_BACKLOG:
                    self._outgoing.put_nowait(
                        protobuf_frames.encode(protobuf_frames.Sound(tracks.mono_bytes(piece), UPLINK_HZ))
                    )

    async def _send_all(self, socket: ClientConnection) -> None:
        with contextlib.suppress(ConnectionClosed):  # `_receive` tells
            while True:
                await socket.send(await self._outgoing.get())

    async def _receive(self, socket: ClientConnection) -> None:
        try:
            async for data in socket:
                self._on_frame(data)
        except ConnectionClosed as error:
            # websockets itself has closed it: a ping had no answer.
            if error.rcvd is None and error.sent is not None and error.sent.code == CloseCode.INTERNAL_ERROR:
                self._lost(SessionLostError(CONNECTION["gone"].text(limit_s=f"{KEEPALIVE_S:g}")))
                return
        code = socket.close_code
        self._lost(
            None if code in NORMAL_CLOSE_CODES else SessionLostError(f"The connection to the bot broke (code {code}).")
        )

    def _on_frame(self, data: str | bytes) -> None:
        try:
            content = protobuf_frames.decode(data) if isinstance(data, bytes) else None
            match content:
                case str():
                    self._listener.on_message(content)
                case protobuf_frames.Sound():
                    self._play(content)
                case protobuf_frames.Interruption() if self._media is not None:
                    self._media.flush()
        except (MalformedMessageError, av.error.FFmpegError, ValueError) as error:
            log.debug("Ignored what the bot sent: %s", error)

    def _play(self, sound: protobuf_frames.Sound) -> None:
        if self._media is None or not sound.pcm:
            return
        shape = (sound.rate_hz, sound.channels)
        if self._resampler is None or self._resampler[0] != shape:
            if self._resampler is None:
                self._listener.on_track(self.bot, started=True)
            self._resampler = shape, av.AudioResampler(format="s16", layout="mono", rate=tracks.RATE_HZ)
        for frame in self._resampler[1].resample(tracks.received_frame(sound.pcm, *shape)):
            self._media.write(tracks.mono_bytes(frame))

    # ----------------------------------------------------------------------------------------------

    def _lost(self, error: RTVIError | None) -> None:
        if not self._closed:
            self._closed = True
            self._listener.on_lost(error)


def socket_url(params: Mapping[str, Any], request: APIRequest | None) -> str:
    """URL of the socket. Pure. Raises `InvalidTransportParamsError`.

    Pipecat's runner names itself as it was told to listen, ``wss://0.0.0.0:7860/ws-client`` and the like, also where it
    speaks no TLS: a URL that names the start request's own port means the start request's own server.
    """
    fields = auth_bundle.snake_keys(params)
    if fields.get("ws_url") is None:
        raise InvalidTransportParamsError(
            "The start request's answer names no wsUrl: this server does not offer a WebSocket. "
            'For a Pipecat bot, does the start request say `"transport": "websocket"`?'
        )
    parts = urlsplit(auth_bundle.absolute(fields["ws_url"], request, ("ws", "wss", "http", "https")))
    parts = parts._replace(scheme=parts.scheme.lower().replace("http", "ws"))
    if request is not None:
        start = urlsplit(request.endpoint)
        if start.port == parts.port is not None:
            parts = parts._replace(scheme=start.scheme.lower().replace("http", "ws"), netloc=start.netloc)
    token = fields.get("token")
    if isinstance(token, str) and token:
        query = [(name, value) for name, value in parse_qsl(parts.query) if name != "token"]
        parts = parts._replace(query=urlencode([*query, ("token", token)]))
    return urlunsplit(parts)
