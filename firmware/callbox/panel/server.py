"""Serves the panel: the files of `static/`, and a WebSocket to each page. The port of the panel, and nothing else."""

import asyncio
import contextlib
import http
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import cache
from pathlib import Path

from websockets.asyncio.server import ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from callbox.panel.connection import Page
from callbox.panel.model.access import HEADERS, Guard
from callbox.panel.model.client_messages import LONGEST_TEXT
from callbox_device.model import pcm

MOST_PAGES = 20
_STATIC = Path(__file__).with_name("static")
_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_quiet = logging.getLogger("callbox.panel.websockets")
_quiet.setLevel(logging.CRITICAL)  # what strangers knock with is no news

Visit = Callable[[Page, AsyncIterator[str | bytes]], Awaitable[None]]
"""What is done while a page is open, with what it says."""


class PanelError(Exception):
    """The panel can't be served. The message says why, and what to do."""


@contextlib.asynccontextmanager
async def served(guard: Guard, port: int, visit: Visit) -> AsyncIterator[None]:
    """Serve at `guard.address` and `port` while the block runs. Raises `PanelError`."""
    pages: set[Page] = set()

    async def handle(connection: ServerConnection) -> None:
        page = Page(connection)
        pages.add(page)
        writing = asyncio.create_task(page.write(), name="to a page")
        try:
            with contextlib.suppress(ConnectionClosed):
                await visit(page, _said(connection))
        finally:
            pages.discard(page)
            writing.cancel()
            with contextlib.suppress(asyncio.CancelledError, ConnectionClosed):
                await writing

    def answer(connection: ServerConnection, request: Request) -> Response | None:
        headers = request.headers
        host = headers.get("Host")
        if not guard.is_ours(host):
            return _refuse(connection, http.HTTPStatus.MISDIRECTED_REQUEST, "This is not the name of this panel.\n")
        path = request.path.partition("?")[0]
        if path != "/ws":
            return _file(connection, path)
        if not guard.is_our_page(headers.get("Origin"), host):
            return _refuse(connection, http.HTTPStatus.FORBIDDEN, "Only the panel's own page may connect.\n")
        if len(pages) >= MOST_PAGES:
            return _refuse(connection, http.HTTPStatus.SERVICE_UNAVAILABLE, f"{MOST_PAGES} pages are open already.\n")
        return None

    try:
        server = await serve(
            handle,
            guard.address,
            port,
            process_request=answer,
            compression=None,
            max_size=max(LONGEST_TEXT, pcm.PERIOD_BYTES),
            server_header=None,
            open_timeout=5,
            close_timeout=0.2,
            logger=_quiet,
        )
    except OSError as error:
        reason = f"the panel can't listen at {guard.address} port {port}: {error.strerror or error}; see panel.port"
        raise PanelError(reason) from None
    async with server:
        yield


async def _said(connection: ServerConnection) -> AsyncIterator[str | bytes]:
    async for message in connection:
        yield message


def _file(connection: ServerConnection, path: str) -> Response:
    found = _files().get(path)
    if found is None:
        return _refuse(connection, http.HTTPStatus.NOT_FOUND, "There is no such page.\n")
    type_, body = found
    headers = Headers({**HEADERS, "Content-Type": f"{type_}; charset=utf-8", "Content-Length": str(len(body))})
    return Response(200, "OK", headers, body)


def _refuse(connection: ServerConnection, status: http.HTTPStatus, text: str) -> Response:
    response = connection.respond(status, text)
    response.headers.update(HEADERS)
    return response


@cache
def _files() -> dict[str, tuple[str, bytes]]:
    files = {f"/{file.name}": (_TYPES[file.suffix], file.read_bytes()) for file in _STATIC.iterdir()}
    return files | {"/": files["/index.html"]}
