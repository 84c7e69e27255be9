"""HTTP server of the panel: the files of `static/`, and a WebSocket to each page."""

import asyncio
import contextlib
import http
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from websockets.asyncio.server import ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from callbox.mqtt.model.topics import encoded
from callbox.panel import http_commands
from callbox.panel.connection import PageConnection
from callbox.panel.model.access import HEADERS, AccessPolicy
from callbox.panel.model.client_messages import MAX_TEXT_CHARS
from callbox_device.model import pcm

MAX_PAGES = 20
MAX_CONNECTIONS = 64
"""At one time; further ones are closed. Each takes a file, and the box needs some for its calls."""
MAX_FRAME_BYTES = max(MAX_TEXT_CHARS, pcm.PERIOD_BYTES)
"""A page that sends a larger one is disconnected."""
_STATIC = Path(__file__).with_name("static")
_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_quiet = logging.getLogger("callbox.panel.websockets")
_quiet.setLevel(logging.CRITICAL)  # a malformed request from the network is no event of the box

ServePage = Callable[[PageConnection, AsyncIterator[str | bytes]], Awaitable[None]]
"""Run while a page is open, with the messages that it sends."""

ServeCommand = Callable[[str, str, str], Awaitable[http_commands.Answer]]
"""Carries out a command: name, query, token."""


class PanelError(Exception):
    """Error: the panel can't be served. The text says why, and what to do."""


@contextlib.asynccontextmanager
async def served(
    policy: AccessPolicy, port: int, serve_page: ServePage, serve_command: ServeCommand | None = None
) -> AsyncIterator[None]:
    """Serve at `policy.address` and `port` while the block runs. Raises `PanelError`.

    `serve_command`: of commands by POST; None: there are none.
    """
    pages: set[PageConnection] = set()

    async def handle(connection: ServerConnection) -> None:
        page = PageConnection(connection)
        pages.add(page)
        writing = asyncio.create_task(page.write(), name="to a page")
        try:
            with contextlib.suppress(ConnectionClosed):
                await serve_page(page, _messages(connection))
        finally:
            pages.discard(page)
            writing.cancel()
            with contextlib.suppress(asyncio.CancelledError, ConnectionClosed):
                await writing

    async def answer(connection: ServerConnection, request: Request) -> Response | None:
        headers, (path, _, query) = request.headers, request.path.partition("?")
        is_websocket = path == "/ws"
        given = (headers.get_all(name) for name in ("Host", "Origin", "X-Forwarded-Host"))
        refusal = policy.refuse(*given, is_websocket=is_websocket)
        if refusal:
            return _refuse(connection, refusal.status, refusal.text + "\n")
        if serve_command and path in http_commands.PATHS:
            if getattr(request, "method", "GET") != "POST":  # before 17 websockets takes GET alone
                return _refuse(connection, http.HTTPStatus.METHOD_NOT_ALLOWED, "A command is sent by POST.\n")
            token = "".join(headers.get_all("Authorization")).removeprefix("Bearer ")
            token = token.encode("iso-8859-1").decode(errors="replace")  # websockets has taken each byte as a character
            status, fields = await serve_command(http_commands.PATHS[path], query, token)
            return _json(status, fields)
        if not is_websocket:
            return _file(connection, path)
        if len(pages) >= MAX_PAGES:
            return _refuse(connection, http.HTTPStatus.SERVICE_UNAVAILABLE, f"{MAX_PAGES} pages are open already.\n")
        return None

    try:
        server = await serve(
            handle,
            policy.address,
            port,
            process_request=answer,
            compression=None,
            max_size=MAX_FRAME_BYTES,
            server_header=None,
            open_timeout=5,
            close_timeout=0.2,
            logger=_quiet,
            create_connection=_bounded_connection(),
        )
    except OSError as error:
        reason = f"the panel can't listen at {policy.address} port {port}: {error.strerror or error}; see panel.port"
        raise PanelError(reason) from None
    async with server:
        yield


def _bounded_connection() -> type[ServerConnection]:
    """A class of connections of which `MAX_CONNECTIONS` may be open."""
    taken: set[ServerConnection] = set()

    class BoundedConnection(ServerConnection):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            super().connection_made(transport)
            taken.add(self)
            if len(taken) > MAX_CONNECTIONS:
                self.transport.abort()

        def connection_lost(self, exc: Exception | None) -> None:
            taken.discard(self)
            super().connection_lost(exc)

    return BoundedConnection


async def _messages(connection: ServerConnection) -> AsyncIterator[str | bytes]:
    async for message in connection:
        yield message


def _file(connection: ServerConnection, path: str) -> Response:
    found = _files().get(path)
    if found is None:
        return _refuse(connection, http.HTTPStatus.NOT_FOUND, "There is no such page.\n")
    type_, body = found
    headers = Headers({**HEADERS, "Content-Type": f"{type_}; charset=utf-8", "Content-Length": str(len(body))})
    return Response(200, "OK", headers, body)


def _json(status: http.HTTPStatus, fields: Mapping[str, Any]) -> Response:
    body = encoded(fields)
    headers = Headers({**HEADERS, "Content-Type": "application/json", "Content-Length": str(len(body))})
    return Response(status.value, status.phrase, headers, body)


def _refuse(connection: ServerConnection, status: http.HTTPStatus, text: str) -> Response:
    response = connection.respond(status, text)
    response.headers.update(HEADERS)
    return response


@cache
def _files() -> dict[str, tuple[str, bytes]]:
    files = {f"/{file.name}": (_TYPES[file.suffix], file.read_bytes()) for file in _STATIC.iterdir()}
    return files | {"/": files["/index.html"]}
